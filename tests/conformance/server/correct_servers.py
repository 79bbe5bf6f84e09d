"""Correct servers that differ from the emulator in what the guide leaves open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint
from cec_conformance.server.twins.original import Original, Reply, answered
from msgspec.structs import replace

if TYPE_CHECKING:
    from cec_conformance.server.twins.original import Question
    from mock_cec.platform import Platform

BY_CODE = {400, 404, 405, 415}


class FailsByCode(Original):
    """Answers what is wrong with a step by 200 and a resultCode, and what is wrong with applyToken by a status."""

    async def replied(self, question: Question, reply: Reply) -> Reply:
        if question.endpoint is Endpoint.APPLY_TOKEN and reply.status == 200 and reply.json["resultCode"] != "0":
            return answered(400, {"errorCode": "400", "exceptionInfo": "bad parameter"})
        if question.endpoint in {None, Endpoint.TOKEN, Endpoint.APPLY_TOKEN} or reply.status not in BY_CODE:
            return reply
        return answered(200, {"resultCode": "1", "resultDesc": reply.json["exceptionInfo"]})


class Says401(Original):
    """Answers 401 in place of 403, without the object that the guide shows (A-10)."""

    async def replied(self, question: Question, reply: Reply) -> Reply:  # noqa: ARG002  (whatever was asked)
        return replace(reply, status=401, body=b"") if reply.status == 403 else reply


class RenewsTokens(Original):
    """Hands out a new ccmessaging-token with every answer to a step; the old one lives on (A-10)."""

    async def replied(self, question: Question, reply: Reply) -> Reply:
        name = self.user(question)
        if not name:
            return reply
        renewed = (b"ccmessaging-token", self.ccmessaging_token(name).encode())
        return replace(reply, headers=(*reply.headers, renewed))


class SaysMore(Original):
    """Sends ids as text, members that no document has, and says its charset (A-23)."""

    async def replied(self, question: Question, reply: Reply) -> Reply:  # noqa: ARG002  (whatever was asked)
        body = reply.json | {"traceId": "f3a1"}
        if "eventId" in body:
            body["eventId"] = str(body["eventId"])
        if "causeId" in (body.get("content") or {}):
            body["content"]["causeId"] = str(body["content"]["causeId"])
        return replace(answered(reply.status, body), headers=((b"content-type", b"application/json; charset=utf-8"),))


class ShortLives(Original):
    """Wants X-Token-Expire (A-31), grants at most 300 s, and says so in Expires."""

    async def asked(self, question: Question) -> Question | Reply:
        asked = question.header(b"x-token-expire")
        if question.endpoint is not Endpoint.TOKEN:
            return question
        if asked is None:
            return answered(400, {"errorCode": "400", "exceptionInfo": "X-Token-Expire is missing"})
        return question.but(x_token_expire=str(min(int(asked), 300)))


class CutsLives(Original):
    """Cuts a life that is too long to 3600 s, and says nothing of it."""

    async def asked(self, question: Question) -> Question | Reply:
        asked = question.header(b"x-token-expire")
        if question.endpoint is not Endpoint.TOKEN or asked is None:
            return question
        return question.but(x_token_expire=str(min(int(asked), 3600)))

    async def replied(self, question: Question, reply: Reply) -> Reply:
        if question.endpoint is not Endpoint.TOKEN or reply.status != 200:
            return reply
        return answered(200, {"AccessToken": reply.json["AccessToken"]})


class TakesTheNewCall(Original):
    """Has the old call give way to a second create."""

    async def asked(self, question: Question) -> Question | Reply:
        name, now = self.user(question), self.tenant.clock.now()
        good = question.endpoint is Endpoint.CREATE and question.json.get("mediaAbility") in {"0", "1"}
        if good and name and self.tenant.session(name).script.live(now):
            self.tenant.session(name).script.drop(now)
        return question


class TakesBareTokens(Original):
    """Takes an AccessToken without Bearer, or with bearer in small letters (A-21)."""

    async def asked(self, question: Question) -> Question | Reply:
        given = (question.header(b"authorization") or b"").decode()
        bare = " " not in given and given
        return question.but(authorization=f"Bearer {given.split()[-1]}") if bare or given[:7] == "bearer " else question


class IsClosed(Original):
    """Has no agent at this hour: send is refused with 12, create with 13."""

    async def replied(self, question: Question, reply: Reply) -> Reply:
        if question.endpoint is Endpoint.SEND and reply.status == 200:
            return answered(200, {"resultCode": "12", "resultDesc": "not within the working time"})
        if question.endpoint is Endpoint.CREATE and reply.status == 200:
            return answered(200, {"resultCode": "13", "resultDesc": "No agents available currently"})
        return reply


class NumbersItsPaths(Original):
    """Serves the paths with and without `v1` (A-27)."""

    def __init__(self, platform: Platform) -> None:
        super().__init__(platform)
        self._known = {endpoint.path.replace("/v1/", "/"): endpoint.path for endpoint in Endpoint}

    async def asked(self, question: Question) -> Question | Reply:
        return replace(question, path=self._known.get(question.path, question.path))


CORRECT: Final[tuple[type[Original], ...]] = (
    FailsByCode,
    Says401,
    RenewsTokens,
    SaysMore,
    ShortLives,
    CutsLives,
    TakesTheNewCall,
    TakesBareTokens,
    IsClosed,
    NumbersItsPaths,
)
"""All of them."""

ADVISED: Final[dict[type[Original], set[str]]] = {
    Says401: {"S-ERR-03"},
    SaysMore: {"S-POL-08"},
}
"""The rules that are advice, and that a correct server need not follow."""
