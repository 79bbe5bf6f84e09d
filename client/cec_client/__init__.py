"""The reference client for CEC's click-to-call API."""
