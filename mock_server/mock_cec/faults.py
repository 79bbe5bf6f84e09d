"""Faults: from an answer and its line in the scenario to what is written, and how, as plain data.

    reply + step  --(faulty)-->  body, head lines, and acts:  Head, Write, Wait, ..., Cut

The acts are in order and complete; `mock_cec.delivering` carries them out one by one and decides nothing. This file
knows no socket, no clock and no event loop.
"""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from mock_cec.replies import Problem, Reply, error
from mock_cec.scenario.answering import PIECES
from mock_cec.scenario.durations import seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_cec.scenario.model import ScriptedAnswer
    from mock_cec.scenario.plan import Step


class Head(Struct, frozen=True):
    """Write status line and headers."""


class Write(Struct, frozen=True):
    """Write a part of the body; `last` if it is the last that there is of a whole one."""

    data: bytes
    last: bool


class Wait(Struct, frozen=True):
    """Let so many seconds pass."""

    seconds: float


class Cut(Struct, frozen=True):
    """End the connection: in order, or with a reset."""

    reset: bool


Act = Head | Write | Wait | Cut


class Delivery(Struct, frozen=True):
    """How an answer goes out that does not go out as usual.

    Attributes:
        words: What is odd about it, for the log and the trace.
        headers: The head lines of the body, and those that the scenario adds.
        cors: What of `cors` is for this answer; `None` for what is for all.
        acts: What to do, in order.
    """

    words: str
    headers: tuple[tuple[bytes, bytes], ...]
    cors: str | None
    acts: tuple[Act, ...]

    @property
    def needs_socket(self) -> bool:
        """Whether it ends a connection, for which there has to be one."""
        return any(isinstance(act, Cut) for act in self.acts)


NEVER: Final = error(503, Problem("scenario", "a request that is never answered", "no stop of the emulator meanwhile"))
"""What a request that is never answered gets in the end, if the emulator stops before its client gives up."""

_ENCODINGS: Final = {"gbk": "gbk", "utf-16": "utf-16", "utf-8 with bom": "utf-8-sig"}
_MEMBER: Final = re.compile(r'"(\w+)":')


def faulty(reply: Reply, step: Step) -> Reply:
    """Make of an answer what the scenario wants the client to get.

    Args:
        reply: The answer as it would be without faults.
        step: The line of the scenario.

    Returns:
        The answer with its line's name and, if there is anything odd about it, with the body and the way it goes out.
    """
    if not step.oddities:
        return replace(reply, step=step.name)
    answer = step.answer
    body = _body(reply, answer)
    ends = answer.close or answer.reset
    cut = Cut(reset=answer.reset is not None) if ends else None
    pieces = (answer.pieces or PIECES) if answer.drip else 1
    delivery = Delivery(
        words=step.oddities,
        headers=tuple(_headers(answer, body)),
        cors=answer.cors,
        acts=acts(body, pieces=pieces, pause=step.drip, ends=ends, cut=cut),
    )
    return replace(reply, body=body, step=step.name, delivery=delivery)


def acts(body: bytes, *, pieces: int, pause: float, ends: str | None, cut: Cut | None) -> tuple[Act, ...]:
    """Plan the writing of an answer.

    Args:
        body: The whole body, whose length the head announces.
        pieces: In how many pieces it goes out; no more than it has bytes.
        pause: Seconds between two pieces.
        ends: When the connection ends, in the words of the scenario; `None` if it goes on.
        cut: How it ends then.
    """
    planned: list[Act] = [] if ends == "before the answer" else [Head()]
    if ends not in {"before the answer", "after the head"}:
        whole = ends != "within the body"
        part = body if whole else body[: len(body) // 2]
        for number, piece in enumerate(split(part, pieces), 1):
            if number > 1:
                planned.append(Wait(pause))
            planned.append(Write(piece, last=False))
        if whole:
            planned[-1] = replace(planned[-1], last=True)
    return (*planned, cut) if cut else tuple(planned)


def split(data: bytes, pieces: int) -> list[bytes]:
    """Cut bytes into pieces of about the same length, none of them empty; nothing gives one empty piece."""
    count = max(1, min(pieces, len(data)))
    borders = [len(data) * number // count for number in range(count + 1)]
    return [data[start:end] for start, end in pairwise(borders)]


def without_socket(reply: Reply) -> Reply:
    """Answer where a connection was to end and there is none, as in process: say so, for a person to read."""
    words = reply.delivery.words if reply.delivery else ""
    problem = Problem(
        f"scenario {reply.step}",
        f'"{words}", where the emulator has no connection of its own: in process, or behind another server',
        "a run over real sockets, such as mock-cec itself",
    )
    return replace(error(501, problem), step=reply.step)


def _headers(answer: ScriptedAnswer, body: bytes) -> list[tuple[bytes, bytes]]:
    usual = {"html": "text/html", "empty": "none"}.get(answer.body, "application/json")
    kind = answer.content_type or usual
    headers = [] if kind == "none" else [(b"content-type", kind.encode("ascii"))]
    headers.append((b"content-length", b"%d" % len(body)))
    if answer.retry_after is not None:
        headers.append((b"retry-after", b"%d" % round(seconds(answer.retry_after))))
    return headers


def _body(reply: Reply, answer: ScriptedAnswer) -> bytes:
    body = reply.body
    if answer.set or answer.add or answer.remove:
        body = _json(_altered(json.loads(body), answer))
    if answer.body == "html":
        body = page(reply.status)
    elif answer.body == "empty":
        body = b""
    elif answer.body == "members twice":
        body = twice(json.loads(body))
    elif answer.body == "not json":
        body = unquoted(body)
    if answer.charset:
        body = body.decode("utf-8", "replace").encode(_ENCODINGS[answer.charset], "replace")
    return body[: len(body) // 2] if answer.body == "cut short" else body


def page(status: int) -> bytes:
    """Make the page that a gateway in front of the platform shows."""
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Error"
    title = f"{status} {phrase}"
    return (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
        "<hr><center>gateway</center>\r\n</body>\r\n</html>\r\n"
    ).encode("ascii")


def twice(members: Mapping[str, Any]) -> bytes:
    """Write every member twice: first as null, then as it is; most readers take the last."""
    pairs = (f"{json.dumps(name)}:null,{json.dumps(name)}:{_json(value).decode()}" for name, value in members.items())
    return f"{{{','.join(pairs)}}}".encode()


def unquoted(body: bytes) -> bytes:
    """Write an object as the guide's samples are written: names without quotes, a comma after the last member."""
    return _MEMBER.sub(r"\1:", body.decode())[:-1].encode() + b",}"


def _altered(members: dict[str, Any], answer: ScriptedAnswer) -> dict[str, Any]:
    for path, value in (*answer.set.items(), *answer.add.items()):
        *parents, name = path.split(".")
        place = members
        for parent in parents:
            inner = place.get(parent)
            if not isinstance(inner, dict):
                inner = place[parent] = {}
            place = inner
        place[name] = value
    for path in answer.remove:
        *parents, name = path.split(".")
        found: Any = members
        for parent in parents:
            found = found.get(parent) if isinstance(found, dict) else None
        if isinstance(found, dict):
            found.pop(name, None)
    return members


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
