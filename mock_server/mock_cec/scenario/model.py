"""The scenario file, as types: what may stand in it, with its defaults.

The types are the format: the loader validates against them, the JSON Schema for editors is made from them (with the
descriptions), and `docs/scenarios.md` explains them. Durations and ordinals stay text here; `mock_cec.scenario.plan`
reads them.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, get_args

from cec_client.protocol import EventId
from msgspec import Meta, Struct, field

from mock_cec.scenario import durations, ordinals
from mock_cec.scenario.dialect import DialectName  # noqa: TC001  (msgspec reads it)

CODE: Final = r"^[!-~]+$"
"""The form of a `resultCode`: what the documents print, and nothing an input method could slip in, such as ”13”."""

CODE_MEANING: Final = 'a resultCode in quotes, such as "13"'
"""The form in words."""

MEDIA_TYPE: Final = r"^[!-~]+(; ?[!-~]+)*$"
"""The form of a `Content-Type`: what can stand in a header."""

MEDIA_TYPE_MEANING: Final = 'a media type such as text/plain or application/json; charset=GBK, or "none"'
"""The form in words."""

LARGEST_ID: Final = 2**53 - 1
"""The largest number that JavaScript, where most clients live, reads as it was written."""

MOST_PIECES: Final = 1000
"""In how many pieces a body may drip."""

Duration = Annotated[str, Meta(pattern=durations.PATTERN)]
Ordinal = Annotated[str, Meta(pattern=ordinals.PATTERN)]
Code = Annotated[str, Meta(pattern=CODE)]
MediaType = Annotated[str, Meta(pattern=MEDIA_TYPE)]
Name = Annotated[str, Meta(min_length=1)]

EventName = Literal["queued", "connected", "transferred", "released", "queue_timeout", "failed"]
Moment = Literal["before the answer", "after the head", "within the body", "after the answer"]
Form = Literal["json", "html", "empty", "not json", "cut short", "members twice"]
Charset = Literal["gbk", "utf-16", "utf-8 with bom"]
EndpointName = Literal[
    "tokenByAkSk",
    "applyToken",
    "send",
    "poll",
    "checkClickToCallSupport",
    "createClickToCall",
    "getClickToCallEvents",
    "dropClickToCall",
    "doLeaveMessage",
]


class _Part(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What all parts of a scenario share: unknown keys are errors, nothing changes after loading."""


class Support(_Part, frozen=True):
    """What `checkClickToCallSupport` says; a call takes both (guide §5 step 2)."""

    webrtc: Annotated[bool, Meta(description="webRTCSupported: the tenant has WebRTC")] = True
    click_to_call: Annotated[bool, Meta(description="clickToCallSupported: the channel takes calls")] = True


class Tokens(_Part, frozen=True):
    """Upper bounds of the tokens' lives; `X-Token-Expire` can ask for less (guide §2.1; facts §2)."""

    access: Annotated[Duration, Meta(description="The longest life of an AccessToken")] = "1h"
    ccmessaging: Annotated[Duration, Meta(description="The life of a ccmessaging token")] = "1h"
    ccmessaging_value: Annotated[Name | None, Meta(description="The ccmessaging token that is always issued")] = None


class Refusal(_Part, frozen=True):
    """A business failure: HTTP 200 with a `resultCode` that is not "0"."""

    code: Annotated[Code, Meta(description='The resultCode, in quotes: "13"')]
    desc: Annotated[str, Meta(description="The resultDesc")] = ""


class EventKind(_Part, frozen=True):
    """An event by its number: one that the guide does not name, or one with another text."""

    id: Annotated[int, Meta(ge=1, le=LARGEST_ID, description="The eventId")]
    desc: Annotated[str, Meta(description="The resultDesc")] = ""


class CauseSetting(_Part, frozen=True):
    """The cause of an event that ends the call."""

    id: Annotated[int, Meta(ge=-LARGEST_ID, le=LARGEST_ID, description="The causeId")] = -1
    desc: Annotated[str, Meta(description="The causeDesc; a short one is made up if this is empty")] = ""


class GatewaySetting(_Part, frozen=True):
    """What "connected" hands out; what is left out is made up for the call (see `docs/assumptions.md`)."""

    domain: Annotated[Name | None, Meta(description="domain; else the host the client called")] = None
    addresses: Annotated[
        tuple[Name, ...] | Literal["bare"] | None,
        Meta(description="gwAddresses; bare: host:port of this emulator; else its ws:// or wss:// URL"),
    ] = None
    callee: Annotated[Name | None, Meta(description="accessCode; else a number of its own for every call")] = None
    caller: Annotated[Name | None, Meta(description="clickToCallCaller; else AnonymousCard")] = None


class ScriptedEvent(_Part, frozen=True):
    """An event on the time axis."""

    after: Annotated[Duration, Meta(description="Counts from the event before; the first one's from create")]
    event: Annotated[EventName | EventKind, Meta(description="What happens: a name, or {id: 168199, desc: ...}")]
    gateway: Annotated[GatewaySetting | None, Meta(description="For connected: what it hands out")] = None
    cause: Annotated[CauseSetting | None, Meta(description="For released, queue_timeout, failed: why")] = None


class Voice(_Part, frozen=True):
    """What the agent says: a file that is played once."""

    voice: Annotated[Name, Meta(description="A WAV file; its path counts from the folder of the scenario")]


class GatewayScript(GatewaySetting, frozen=True):
    """What every "connected" hands out, and what the gateway does with the call that is placed there."""

    answer: Annotated[
        Literal["ok", "busy", "unavailable", "declines", "never"],
        Meta(description="ok, 486 (busy), 480 (unavailable), 603 (declines), or no final answer at all (never)"),
    ] = "ok"
    ring: Annotated[Duration, Meta(description="How long it rings before the answer")] = "0s"
    media: Annotated[
        Literal["echo", "tone", "silence"] | Voice,
        Meta(description="What the caller hears: itself, a tone, silence, or {voice: FILE.wav}"),
    ] = "echo"
    direction: Annotated[
        Literal["both", "to_caller", "to_agent"],
        Meta(description="Who is heard; to_caller: what the caller says is dropped, to_agent: it hears nothing"),
    ] = "both"
    stops: Annotated[
        Duration | None, Meta(description="The gateway sends no more packets, so long after media began to flow")
    ] = None
    ice: Annotated[Literal["ok", "fails"], Meta(description="fails: the connection for media never comes up")] = "ok"
    drop_socket: Annotated[
        Duration | None,
        Meta(description="The WebSocket is cut without a word, so long after a call's first INVITE"),
    ] = None
    dtmf: Annotated[Literal["echo", "none"], Meta(description="echo: keys told by INFO come back by INFO")] = "echo"
    dial_within: Annotated[
        Duration | None, Meta(description="A caller who has not dialled so long after connected is released")
    ] = None
    on_hangup: Annotated[
        Literal["silence"] | ScriptedEvent,
        Meta(description="What follows the caller's BYE, CANCEL or lost WebSocket: silence, or an event"),
    ] = ScriptedEvent(after="100ms", event="released", cause=CauseSetting(desc="the caller hung up"))


class ScriptedAnswer(_Part, frozen=True):
    """What a request gets in place of its answer, or how its answer reaches the client, if it does."""

    status: Annotated[
        Annotated[int, Meta(ge=400, le=599)] | None,
        Meta(description="The HTTP status; that of a dead token has the guide's text"),
    ] = None
    code: Annotated[Code | None, Meta(description='The resultCode, in quotes, with status 200: "1"')] = None
    desc: Annotated[str | None, Meta(description="The resultDesc, or the exceptionInfo beside a status")] = None
    expire: Annotated[
        Literal["access", "ccmessaging", "both"] | None,
        Meta(description="The user's tokens of this kind are dead from now on, and the request gets the 403"),
    ] = None
    retry_after: Annotated[Duration | None, Meta(description="The header Retry-After, beside a status")] = None
    hang: Annotated[bool, Meta(description="The request is never answered")] = False
    delay: Annotated[Duration | None, Meta(description="How much later the answer comes")] = None
    body: Annotated[Form, Meta(description="What the body is: json, or something that a client cannot use")] = "json"
    set: Annotated[dict[Name, Any], Meta(description='Members of the body with another value: {eventId: "168101"}')] = (
        field(default_factory=dict)
    )
    add: Annotated[dict[Name, Any], Meta(description="Members that the body does not have: {x: 1}")] = field(
        default_factory=dict
    )
    remove: Annotated[tuple[Name, ...], Meta(description="Members that the body lacks: [content]")] = ()
    content_type: Annotated[MediaType | None, Meta(description="The header Content-Type; none leaves it out")] = None
    charset: Annotated[Charset | None, Meta(description="How the body's letters are written; no header says so")] = None
    drip: Annotated[Duration | None, Meta(description="The body comes in pieces, with this pause between them")] = None
    pieces: Annotated[
        Annotated[int, Meta(ge=2, le=MOST_PIECES)] | None, Meta(description="In how many pieces it drips: 5")
    ] = None
    close: Annotated[Moment | None, Meta(description="The connection is closed at this moment of the answer")] = None
    reset: Annotated[Moment | None, Meta(description="The connection is reset at this moment of the answer")] = None
    cors: Annotated[
        Literal["echo", "none"] | None, Meta(description="Whether pages of another origin may read this answer")
    ] = None
    loses: Annotated[
        Literal["event", "answer"] | None,
        Meta(description="The request has its effect, and the event, or the answer that tells of it, is lost"),
    ] = None


class Line(_Part, frozen=True):
    """Something the other side of the text session does: it says something, or ends the session."""

    after: Annotated[Duration, Meta(description="Counts from the line before, or from what `on` names")] = "0s"
    on: Annotated[Literal["chat"] | None, Meta(description="Wait for the customer's next message")] = None
    say: Annotated[Name | None, Meta(description="The message")] = None
    disconnect: Annotated[bool, Meta(description="End the text session instead")] = False
    by: Annotated[Literal["agent", "robot", "system"], Meta(description="Who does it: the sourceType")] = "agent"


class Scenario(_Part, frozen=True):
    """A whole scenario: settings, events on the time axis, answers by ordinal, and the text session."""

    title: Annotated[Name, Meta(description="In one line, what a client meets")]
    dialect: Annotated[
        DialectName, Meta(description="Whose word the answers go by: the guide's, or the API reference's")
    ] = "guide"
    support: Annotated[Support, Meta(description="What checkClickToCallSupport says")] = Support()
    tokens: Annotated[Tokens, Meta(description="How long tokens live at most")] = Tokens()
    hold: Annotated[Duration, Meta(description="The longest a poll waits for an event")] = "25s"
    create: Annotated[Literal["ok"] | Refusal, Meta(description="ok, or the refusal of every createClickToCall")] = "ok"
    events: Annotated[tuple[ScriptedEvent, ...], Meta(description="What happens in a call, on its time axis")] = ()
    answers: Annotated[
        dict[EndpointName, dict[Ordinal, ScriptedAnswer]],
        Meta(description="Endpoint, then number of the request (2, 3-5, 7+, every 4): what it gets instead"),
    ] = field(default_factory=dict)
    on_drop: Annotated[
        Literal["silence"] | ScriptedEvent, Meta(description="What follows a dropClickToCall: silence, or an event")
    ] = ScriptedEvent(after="100ms", event="released")
    text: Annotated[
        Literal["agent", "robot", "closed", "unavailable"],
        Meta(description="Who answers send CONNECT: an agent, a robot, or nobody (12 closed, 13 unavailable)"),
    ] = "agent"
    agent: Annotated[tuple[Line, ...], Meta(description="What the other side of the text session says")] = ()
    gateway: Annotated[GatewayScript, Meta(description="What every connected hands out, and what the gateway does")] = (
        GatewayScript()
    )
    cors: Annotated[
        Literal["echo", "none"], Meta(description="Whether pages of another origin are let in (echo) or not (none)")
    ] = "echo"


ENDPOINT_NAMES: Final[tuple[str, ...]] = get_args(EndpointName)


def event_id(event: ScriptedEvent) -> int:
    """Give the number of a scripted event."""
    return event.event.id if isinstance(event.event, EventKind) else EventId[event.event.upper()]


def event_word(event: ScriptedEvent) -> str:
    """Give the short name of a scripted event, or its number where it has none."""
    return str(event.event.id) if isinstance(event.event, EventKind) else event.event
