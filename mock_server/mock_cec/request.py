"""A request as the emulator's rooms see it: bytes that have been read, and nothing that can be awaited."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from msgspec import Struct

if TYPE_CHECKING:
    from cec_client.protocol import Endpoint


class Request(Struct, frozen=True):
    """One request to one endpoint.

    Attributes:
        endpoint: Which endpoint, judged by the path.
        method: The HTTP method as sent.
        query: The query as sent, without the question mark.
        headers: Header values by name in lower case.
        body: The whole body, or as much of it as may be read.
        body_size: How many bytes the body really had.
        origin: Scheme and host under which the client reached the emulator: `http://127.0.0.1:8360`.
    """

    endpoint: Endpoint
    method: str
    query: bytes
    headers: dict[bytes, bytes]
    body: bytes
    body_size: int
    origin: str

    def header(self, name: str) -> str | None:
        """Give a header's value; `None` if it was not sent."""
        value = self.headers.get(name.encode("ascii"))
        return None if value is None else value.decode("latin-1").strip(" \t")  # as RFC 9110 §5.5 wants

    def parameter(self, name: str) -> str | None:
        """Give a query parameter; `None` if it was not sent."""
        pairs = parse_qsl(self.query.decode("latin-1"), keep_blank_values=True)
        return next((value for key, value in pairs if key == name), None)
