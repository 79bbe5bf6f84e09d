"""Scenarios: their format, how they are found and read, and how they are told to people."""
