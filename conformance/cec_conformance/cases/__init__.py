"""The cases: what a client is put through."""
