"""Serving: the one package that owns uvicorn, its ports, its protocol and its way to stop."""

from mock_cec.serving.background import BackgroundServer
from mock_cec.serving.listening import Listeners, PortTaken, base_url, listen, listen_all
from mock_cec.serving.protocol import Connection, Protocol
from mock_cec.serving.server import CecServer, OwnPort, run

__all__ = [
    "BackgroundServer",
    "CecServer",
    "Connection",
    "Listeners",
    "OwnPort",
    "PortTaken",
    "Protocol",
    "base_url",
    "listen",
    "listen_all",
    "run",
]
