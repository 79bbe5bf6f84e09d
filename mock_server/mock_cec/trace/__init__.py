"""Traces for people and other programs: masked, as HAR, as a diagram, and read back from any of these."""
