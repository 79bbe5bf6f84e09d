"""What the emulator says: answers as bytes, and problems that are explained as well as refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import msgspec
from cec_client.protocol.bodies import Answer, ErrorAnswer
from cec_client.protocol.codes import EXPIRED_TEXT
from msgspec import Struct

if TYPE_CHECKING:
    from mock_cec.faults import Delivery
    from mock_cec.script import Due

HINT_HEADER: Final = b"x-mock-cec-hint"
"""The header beside the vendor's body that says in JSON what was wrong with a request."""

encode: Final = msgspec.json.Encoder().encode
"""Write a body."""


class Problem(Struct, frozen=True):
    """What was wrong with a request, for the person who wrote the client.

    Attributes:
        where: The part of the request: `header Authorization`, `body member mediaAbility`.
        got: What stood there, or that nothing did; never a secret in full.
        expected: What should have stood there, and where that is written.
    """

    where: str
    got: str
    expected: str

    def __str__(self) -> str:
        """Tell it in one sentence."""
        return f"{self.where}: got {self.got}, expected {self.expected}"

    def hint(self) -> bytes:
        """Give the value of the hint header: JSON, in ASCII as header values have to be."""
        return json.dumps({"where": self.where, "got": self.got, "expected": self.expected}).encode("ascii")


class Reply(Struct, frozen=True):
    """An answer, ready to be written.

    Attributes:
        status: HTTP status.
        body: The JSON body.
        problem: What was wrong with the request, if anything was.
        allow: The one method that would have been right, where another was used.
        renewed: The ccmessaging token that replaces the request's own, if one does.
        step: The line of the scenario that answered, if one did.
        due: The event that was delivered, if one was.
        lost: The event that was lost with this answer, if one was.
        delivery: How it goes out, where it does not go out as usual.
    """

    status: int
    body: bytes
    problem: Problem | None = None
    allow: str | None = None
    renewed: str | None = None
    step: str | None = None
    due: Due | None = None
    lost: Due | None = None
    delivery: Delivery | None = None


class Denied(Exception):  # noqa: N818  (a reply, not an accident)
    """Raised by a check to end the request with this reply."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply.problem))
        self.reply = reply


def result(code: str, desc: str | None, problem: Problem | None = None) -> Reply:
    """Answer with a `resultCode`: HTTP 200, whatever the code (guide §5)."""
    return Reply(200, encode(Answer(code, desc)), problem)


def error(status: int, problem: Problem, allow: str | None = None) -> Reply:
    """Answer with another status than 200; the documents give the shape, the text is ours (guide §2.2)."""
    return Reply(status, encode(ErrorAnswer(str(status), str(problem))), problem, allow)


def expired(status: int, problem: Problem) -> Reply:
    """Answer a wrong or expired token: with the dialect's status and the guide's very text (guide §2.2, §6.1)."""
    return Reply(status, EXPIRED_BODY, problem)


EXPIRED_BODY: Final = encode(ErrorAnswer("0", EXPIRED_TEXT))
"""The body of a 403, to the letter; for the reference's 401 no body is documented (facts §0)."""
