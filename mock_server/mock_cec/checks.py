"""Checks of what stands in a request: shape only, not whose it is. Each raises `Denied` with the reply it deserves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec
from cec_client.protocol import WEB
from cec_client.protocol.headers import BEARER, CONTENT_TYPE, JSON, LONGEST_LIFE, X_TOKEN_EXPIRE

from mock_cec.replies import Denied, Problem, error

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mock_cec.request import Request

LARGEST_BODY: Final = 1 << 20
"""The most bytes of a body that are looked at: the largest documented one has some kilobytes."""

Body = TypeVar("Body", bound=msgspec.Struct)

# Not compiled: they are for mistakes alone, and starting is to be quick.
_AT: Final = r"(?s)^(?P<what>.*?)(?: - at `\$\.?(?P<path>.*)`)?$"
_MISSING: Final = r"Object missing required field `(.*)`"


class Misshapen(Exception):  # noqa: N818  (a finding; the endpoint chooses the reply)
    """Raised when a JSON body lacks a member or has one of another type; endpoints differ in what they answer."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def method(request: Request) -> None:
    """Every endpoint knows one method (guide §2.2, §5)."""
    wanted = request.endpoint.method
    if request.method != wanted:
        problem = Problem("method", request.method, f"{wanted} for {request.endpoint.value}")
        raise Denied(error(405, problem, wanted))


def body(request: Request, kind: type[Body]) -> Body:
    """Read a JSON body.

    Raises:
        Denied: It is too large, of another media type, or not JSON.
        Misshapen: It is JSON of another shape.
    """
    if request.body_size > LARGEST_BODY:
        raise Denied(error(413, Problem("body", f"{request.body_size} bytes", f"at most {LARGEST_BODY} bytes")))
    media_type = (request.header(CONTENT_TYPE) or "").partition(";")[0].strip().lower()
    if media_type != JSON:
        expected = f"{JSON} (guide §4.1)"
        raise Denied(error(415, Problem("header Content-Type", shown(request.header(CONTENT_TYPE)), expected)))
    try:
        # msgspec does not look at texts that no member wants, so what is not UTF-8 is found here.
        return msgspec.json.decode(str(request.body, "utf-8"), type=kind)
    except msgspec.ValidationError as failure:
        raise Misshapen(_misshapen(str(failure))) from failure
    except (msgspec.DecodeError, UnicodeDecodeError) as failure:
        got = f"{len(request.body)} bytes that are not JSON ({failure})" if request.body else "no body"
        raise Denied(error(400, Problem("body", got, f"a JSON object in UTF-8, as {_members(kind)}"))) from failure
    except RecursionError as failure:
        raise Denied(error(400, Problem("body", "JSON nested too deeply", f"{_members(kind)}"))) from failure


def strict_body(request: Request, kind: type[Body]) -> Body:
    """Read a JSON body where every misshapen one is answered 400."""
    try:
        return body(request, kind)
    except Misshapen as failure:
        raise Denied(error(400, failure.problem)) from failure


def one_of(where: str, value: str, allowed: Iterable[str], basis: str) -> None:
    """Check that a value is one of those that are documented."""
    if value not in allowed:
        words = " or ".join(f'"{word}"' for word in allowed)
        raise Denied(error(400, Problem(where, shown(value), f"{words} ({basis})")))


def channel_parameter(request: Request) -> None:
    """The polls and the support check have `channel=WEB` in their query (guide §5)."""
    if request.query != b"channel=WEB" and request.parameter("channel") != WEB:
        got = shown(request.parameter("channel"))
        raise Denied(error(400, Problem("query parameter channel", got, f"{WEB} ({request.endpoint.section})")))


def bearer(request: Request) -> str | None:
    """Give the AccessToken; `None` unless it stands after `Bearer` and one space (guide §4.1)."""
    value = request.header("authorization")
    if value is None or not value.startswith(BEARER):
        return None
    return value.removeprefix(BEARER)


def missing(request: Request, name: str) -> str:
    """Say what a request without a header has in its place: nothing, or one whose name comes close."""
    wanted = re.sub(r"[^a-z]|^x-", "", name)
    sent = (other.decode("latin-1") for other in request.headers)
    closest = next((other for other in sent if re.sub(r"[^a-z]|^x-", "", other.lower()) == wanted), None)
    return "nothing" if closest is None else f"nothing, but a header {shown(closest)}, which came closest"


def asked_life(request: Request) -> float | None:
    """Give the life that `X-Token-Expire` asks for, in seconds; `None` if it does not (guide §2.1)."""
    value = request.header(X_TOKEN_EXPIRE)
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", value) or not 1 <= int(value) <= LONGEST_LIFE:
        expected = f"whole seconds from 1 to {LONGEST_LIFE} (guide §2.1)"
        raise Denied(error(400, Problem("header X-Token-Expire", shown(value), expected)))
    return float(value)


def shown(value: str | None, most: int = 40) -> str:
    """Show a value in a message: shortened, and `nothing` if there was none."""
    if value is None:
        return "nothing"
    return f'"{value[:most]}…"' if len(value) > most else f'"{value}"'


def masked(secret: str | None) -> str:
    """Show a secret in a message: enough to recognise it, too little to use it."""
    if secret is None:
        return "nothing"
    return f'"{secret[:6]}…"' if len(secret) > 8 else f"{len(secret)} characters"  # noqa: PLR2004


def _misshapen(failure: str) -> Problem:
    match = re.match(_AT, failure)
    what, path = (match["what"], match["path"]) if match else (failure, None)
    if missing := re.match(_MISSING, what):
        return Problem(f"body member {missing[1]}", "nothing", "a value: it is mandatory")
    expected, _, got = what.removeprefix("Expected ").partition(", got ")
    return Problem(f"body member {path}" if path else "body", _kind(got), _kind(expected))


def _kind(names: str) -> str:
    """Name types of JSON in words: `` `str | null` `` is "a string or null"."""
    words = {"str": "a string", "int": "a number", "object": "an object", "array": "an array", "bool": "a boolean"}
    return " or ".join(words.get(name, name) for name in names.strip("`").split(" | "))


def _members(kind: type[msgspec.Struct]) -> str:
    return "{" + ", ".join(f'"{name}": …' for name in kind.__struct_encode_fields__) + "}"
