"""The asynchronous wire: requests over httpx; aborting one is cancelling its task."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from cec_client.transport import Place, answer_of, failure_of

if TYPE_CHECKING:
    from cec_client.answers import Answer
    from cec_client.requests import Request


class AsyncWire:
    """Sends requests, each in the task that asks for it.

    Args:
        place: Where to.
        transport: An httpx transport in place of the network, for tests.
    """

    def __init__(self, place: Place, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._place = place
        self._client = place.make(httpx.AsyncClient, place.certificates(), transport=transport)

    async def exchange(self, request: Request) -> Answer:
        """Send a request and wait for what comes of it; a failing network is an answer too."""
        try:
            prepared = self._place.http_request(self._client, request)
            return answer_of(request, await self._client.send(prepared))
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return failure_of(request, error)

    async def close(self) -> None:
        """Close idle connections; call it when nothing is under way."""
        await self._client.aclose()
