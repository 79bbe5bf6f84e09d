"""The faulty twins of the rules on odd answers that a client should survive."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import httpx
from cec_client.protocol import TERMINAL

from cec_conformance.twins.original import Answer, Original

if TYPE_CHECKING:
    from cec_client.protocol import Endpoint

_LOGIN: Final = {"AccessToken", "ApplyType", "CreateTime", "Expires", "Scope", "AppKey", "UserID", "token"}
_CALL: Final = {"resultCode", "resultDesc", "webRTCSupported", "clickToCallSupported", "eventId", "content"}
_ERROR: Final = {"errorCode", "exceptionInfo"}
KNOWN: Final = _LOGIN | _CALL | _ERROR
"""The members that it knows."""


class DecodesStrictly(Original):
    """Fails on members that it does not know."""

    def read(self, response: httpx.Response) -> Answer:
        answer = super().read(response)
        return answer if answer.data.keys() <= KNOWN else Answer(0, {})


class ComparesNumbersAlone(Original):
    """Knows no event whose number comes as text."""

    def read(self, response: httpx.Response) -> Answer:
        answer = super().read(response)
        as_text = isinstance(answer.data.get("eventId"), str)
        return replace(answer, data={**answer.data, "eventId": -1}) if as_text else answer


class WantsTheCause(Original):
    """Crashes where the end of a call has no cause."""

    async def polled(self, answer: Answer) -> str | None:
        if answer.event in TERMINAL:
            answer.data["content"]["causeId"]
        return await super().polled(answer)


class DecodesFirst(Original):
    """Takes every answer that is no JSON for a broken connection."""

    def read(self, response: httpx.Response) -> Answer:
        answer = super().read(response)
        return answer if answer.data else Answer(0, {})


class ReadsOnePiece(Original):
    """Reads no more of a body than its first piece."""

    async def exchange(self, endpoint: Endpoint) -> Answer:
        request = self._http.build_request(
            self.method(endpoint), self.url(endpoint), headers=self.headers(endpoint), json=self.body(endpoint)
        )
        try:
            response = await self._http.send(request, stream=True)
            piece = await anext(response.aiter_bytes(), b"")
            await response.aclose()
        except httpx.TransportError:
            return Answer(0, {})
        return self.read(httpx.Response(response.status_code, content=piece))


TWINS: Final[dict[str, type[Original]]] = {
    "C-ROB-01": DecodesStrictly,
    "C-ROB-02": ComparesNumbersAlone,
    "C-ROB-03": WantsTheCause,
    "C-ROB-04": DecodesFirst,
    "C-ROB-05": ReadsOnePiece,
}
"""Each twin by the rule that it breaks."""
