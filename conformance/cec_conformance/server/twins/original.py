"""The original: the emulator, with a seam before it and one behind it at which a twin can be faulty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from cec_client.protocol import BY_PATH
from mock_cec.app import app
from msgspec import Struct
from msgspec.structs import replace

from cec_conformance.virtual.network import NAMES

if TYPE_CHECKING:
    from cec_client.protocol import Endpoint
    from mock_cec.platform import Platform
    from mock_cec.tenant import Tenant
    from starlette.types import Message, Receive, Scope, Send

Headers = tuple[tuple[bytes, bytes], ...]

OK: Final = {"resultCode": "0", "resultDesc": ""}
"""The answer of a step that succeeded (guide §5)."""


class Question(Struct, frozen=True):
    """A request, read to its end.

    Attributes:
        method: HTTP method.
        path: Its path.
        query: Its query, raw.
        headers: Header lines, names in lower case.
        body: Raw bytes.
        names: The names of the headers as they were sent.
    """

    method: str
    path: str
    query: bytes
    headers: Headers
    body: bytes
    names: frozenset[bytes] = frozenset()

    @property
    def endpoint(self) -> Endpoint | None:
        """The endpoint; `None` for an unknown path."""
        return BY_PATH.get(self.path)

    @property
    def json(self) -> Any:  # noqa: ANN401  (whatever was sent)
        """The body as JSON; an empty object if it is none."""
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return {}

    def header(self, name: bytes) -> bytes | None:
        """Give a header's value; `None` if it was not sent."""
        return dict(self.headers).get(name)

    def but(self, **headers: str) -> Question:
        """Give the request with other values of these headers; `_` stands for a dash."""
        changed = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
        return replace(self, headers=tuple((dict(self.headers) | changed).items()))


class Reply(Struct, frozen=True):
    """An answer, whole."""

    status: int
    headers: Headers
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401  (whatever the emulator answers)
        """The body as JSON."""
        return msgspec.json.decode(self.body)


def answered(status: int, body: object) -> Reply:
    """Make an answer of JSON."""
    content = msgspec.json.encode(body)
    return Reply(status, ((b"content-type", b"application/json"),), content)


class Original:
    """The emulator as a server to be judged: correct.

    Args:
        platform: The platform behind it; its first tenant is the one that is judged.
    """

    def __init__(self, platform: Platform) -> None:
        self.tenant: Tenant = platform.first
        self._app = app(platform)

    def user(self, question: Question) -> str:
        """Give the user whose ccmessaging-token a request carries; empty if it carries none that is known."""
        token = question.header(b"ccmessaging-token") or b""
        grant = self.tenant.ccmessaging_tokens.find(token.decode())
        return "" if grant is None else grant.owner

    def access_token(self, life: float = 600.0) -> str:
        """Issue an AccessToken that lives for so many seconds, whoever asks."""
        tenant = self.tenant
        return tenant.access_tokens.issue(tenant.credentials.app_key, tenant.clock.now(), life)

    def ccmessaging_token(self, name: str) -> str:
        """Issue a ccmessaging-token of a user, whoever asks."""
        tenant = self.tenant
        return tenant.ccmessaging_tokens.issue(name, tenant.clock.now(), tenant.plan.ccmessaging_life)

    async def asked(self, question: Question) -> Question | Reply:
        """Take a request: hand it on, changed or not, or answer it at once."""
        return question

    async def replied(self, question: Question, reply: Reply) -> Reply:  # noqa: ARG002  (for the twins)
        """Take the emulator's answer: hand it on, changed or not."""
        return reply

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        body = b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            if not message.get("more_body", False):
                break
        question = Question(
            scope["method"],
            scope["path"],
            scope["query_string"],
            tuple(map(tuple, scope["headers"])),
            body,
            frozenset(scope.get(NAMES, ())),
        )
        taken = await self.asked(question)
        reply = taken if isinstance(taken, Reply) else await self._emulated(scope, receive, taken)
        if reply is not None:
            reply = await self.replied(question, reply)
            headers = [line for line in reply.headers if line[0] != b"content-length"]
            headers.append((b"content-length", b"%d" % len(reply.body)))
            await send({"type": "http.response.start", "status": reply.status, "headers": headers})
            await send({"type": "http.response.body", "body": reply.body})

    async def _emulated(self, scope: Scope, receive: Receive, question: Question) -> Reply | None:
        """Have the emulator answer; `None` if the client left before."""
        first: list[Message] = [{"type": "http.request", "body": question.body, "more_body": False}]
        came: list[Message] = []

        async def hand_on() -> Message:
            return first.pop() if first else await receive()

        async def take(message: Message) -> None:
            came.append(message)

        changed = {
            **scope,
            "method": question.method,
            "path": question.path,
            "raw_path": question.path.encode(),
            "query_string": question.query,
            "headers": list(question.headers),
        }
        await self._app(changed, hand_on, take)
        if not came:
            return None
        body = b"".join(message.get("body", b"") for message in came[1:])
        return Reply(came[0]["status"], tuple(map(tuple, came[0]["headers"])), body)
