"""An emulator of CEC's click-to-call API for offline development and CI."""

__version__ = "0.1.0"
