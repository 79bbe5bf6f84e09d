"""Targets: the ways in which a client is brought to place the call of a case."""
