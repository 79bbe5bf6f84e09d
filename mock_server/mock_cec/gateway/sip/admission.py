"""Is this a request the gateway takes? In the order of RFC 3261 §8.2: method, URI, extensions, content."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from mock_cec.gateway.sip.addresses import uri

if TYPE_CHECKING:
    from mock_cec.gateway.sip.reading import Request
    from mock_cec.gateway.sip.writing import Lines

METHODS: Final = ("INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "INFO", "UPDATE", "REGISTER")

ALLOW: Final = ("Allow", ", ".join(METHODS))

SDP: Final = "application/sdp"

KEYS: Final = ("application/dtmf-relay", "application/dtmf")
"""The types in which INFO tells a key."""

CAPABILITIES: Final[Lines] = (
    ALLOW,
    ("Accept", ", ".join((SDP, *KEYS))),
    ("Accept-Encoding", "identity"),
    ("Accept-Language", "en"),
)
"""What OPTIONS asks for (RFC 3261 §11.2)."""

SHORTEST_SESSION: Final = 90
"""Seconds; a shorter Session-Expires is refused (RFC 4028 §5)."""

LONGEST_URI: Final = 2_048
"""Characters of a Request-URI."""

_SESSION: Final = re.compile(r"(\d{1,10})[ \t]*(?:;.*)?")


class Refusal(Struct, frozen=True):
    """Why a request is not taken: the answer's status, its headers, and words for it."""

    status: int
    more: Lines = ()
    why: str = ""


def refusal(request: Request) -> Refusal | None:
    """Say why a request is not taken; `None`: it is, so far as can be seen without knowing the calls.

    ACK and CANCEL are not asked: an ACK is never answered, and a CANCEL is only compared with an INVITE.
    """
    if request.method not in METHODS:
        return Refusal(405, (ALLOW,), f"{request.method} is not known here")
    return _address(request) or _hops(request) or _extensions(request) or _session(request) or _content(request)


def _address(request: Request) -> Refusal | None:
    if len(request.uri) > LONGEST_URI:
        return Refusal(414, why=f"the Request-URI has more than {LONGEST_URI} characters")
    if not request.uri.lower().startswith(("sip:", "sips:")):
        return Refusal(416, why="the Request-URI has to be a sip: or sips: URI")
    try:
        uri(request.uri)
    except ValueError as error:
        return Refusal(400, why=str(error))
    return None


def _hops(request: Request) -> Refusal | None:
    if request.hops == 0 and request.method != "OPTIONS":  # whom OPTIONS reaches with 0 answers it (§11)
        return Refusal(483, why="Max-Forwards is 0")
    return None


def _extensions(request: Request) -> Refusal | None:
    required = request.options("Require")
    if required:  # none is supported; `timer` is refused in the manner of RFC 4028 §9
        return Refusal(420, (("Unsupported", ", ".join(required)),), "no extension is supported here")
    return None


def _session(request: Request) -> Refusal | None:
    """Refuse a session timer that is too short; any other is left to the client (RFC 4028 §9).

    The 200 has no Session-Expires, so no timer runs here; a client that refreshes all the same is answered.
    """
    asked = request.one("Session-Expires")
    if not asked or request.method not in ("INVITE", "UPDATE"):
        return None
    found = _SESSION.fullmatch(asked)
    if found is None:
        return Refusal(400, why="Session-Expires is no number of seconds")
    if "timer" in request.options("Supported") and int(found[1]) < SHORTEST_SESSION:
        return Refusal(422, (("Min-SE", str(SHORTEST_SESSION)),), f"Session-Expires is below {SHORTEST_SESSION}")
    return None


def _content(request: Request) -> Refusal | None:
    if request.one("Content-Encoding").lower() not in ("", "identity"):
        return Refusal(415, (("Accept-Encoding", "identity"),), "the body is encoded")
    if request.method == "INFO" and request.one("Info-Package"):
        return Refusal(469, (("Recv-Info", ""),), "no info package is known here")
    if not request.body:
        return None
    if request.method in ("INVITE", "UPDATE") and request.content_type != SDP:
        return Refusal(415, (("Accept", SDP),), f"the body has to be {SDP}")
    if request.method == "INFO" and request.content_type not in KEYS:
        return Refusal(415, (("Accept", ", ".join(KEYS)),), f"the body has to be {' or '.join(KEYS)}")
    return None
