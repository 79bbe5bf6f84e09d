"""The emulator inside someone's own process: the Python API, and what the pytest plugin is made of."""
