"""The reports: consumers of the stream of events, for a terminal, for programs, for browsers and for auditors."""
