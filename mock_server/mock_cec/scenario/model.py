"""The scenario file, as types: what may stand in it, with its defaults.

The types are the format: the loader validates against them, the JSON Schema for editors is made from them, and
`docs/scenarios.md` explains them. Durations and ordinals stay text here; `mock_cec.scenario.plan` reads them.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, get_args

from msgspec import Meta, Struct, field

from mock_cec.scenario import durations, ordinals

Duration = Annotated[str, Meta(pattern=durations.PATTERN, description="A duration: 300ms, 2s, 1m30s, 1h")]
Ordinal = Annotated[str, Meta(pattern=ordinals.PATTERN, description="Which requests: 2, 3-5, 7+, every 4")]
Name = Annotated[str, Meta(min_length=1)]

EventName = Literal["queued", "connected", "transferred", "released", "queue_timeout", "failed"]
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
    """What `checkClickToCallSupport` says (guide §5 step 2)."""

    webrtc: bool = True
    click_to_call: bool = True


class Tokens(_Part, frozen=True):
    """Upper bounds of the tokens' lives; `X-Token-Expire` can ask for less (guide §2.1; facts §2)."""

    access: Duration = "1h"
    ccmessaging: Duration = "1h"
    ccmessaging_value: Annotated[Name, Meta(description="Always issue this very token")] | None = None


class Refusal(_Part, frozen=True):
    """A business failure: HTTP 200 with a `resultCode` that is not "0"."""

    code: Name
    desc: str = ""


class EventKind(_Part, frozen=True):
    """An event that the guide does not name."""

    id: int
    desc: str = ""


class CauseSetting(_Part, frozen=True):
    """The cause of an event that ends the call."""

    id: int = -1
    desc: str = ""


class GatewaySetting(_Part, frozen=True):
    """What "connected" hands out; what is left out is made up for the call (see `docs/assumptions.md`)."""

    domain: Name | None = None
    addresses: tuple[str, ...] | None = None
    callee: Name | None = None
    caller: Name | None = None


class ScriptedEvent(_Part, frozen=True):
    """An event on the time axis; `after` counts from the event before it, the first one's from create."""

    after: Duration
    event: EventName | EventKind
    gateway: GatewaySetting | None = None
    cause: CauseSetting | None = None


class ScriptedAnswer(_Part, frozen=True):
    """What a request gets in place of its answer, or (with `delay` alone) how long its answer takes."""

    status: Annotated[int, Meta(ge=400, le=599)] | None = None
    code: Name | None = None
    desc: str | None = None
    delay: Duration | None = None


class Line(_Part, frozen=True):
    """Something the other side of the text session does; `after` counts from the line before it.

    With `on: chat` it counts from the customer's next message after that.
    """

    after: Duration = "0s"
    on: Literal["chat"] | None = None
    say: Name | None = None
    disconnect: bool = False
    by: Literal["agent", "robot", "system"] = "agent"


class Scenario(_Part, frozen=True):
    """A whole scenario: settings, events on the time axis, answers by ordinal, and the text session."""

    title: Name
    dialect: Literal["guide"] = "guide"
    support: Support = Support()
    tokens: Tokens = Tokens()
    hold: Duration = "25s"
    create: Literal["ok"] | Refusal = "ok"
    events: tuple[ScriptedEvent, ...] = ()
    answers: dict[EndpointName, dict[Ordinal, ScriptedAnswer]] = field(default_factory=dict)
    on_drop: Literal["silence"] | ScriptedEvent = ScriptedEvent(after="100ms", event="released")
    text: Literal["agent", "robot", "closed", "unavailable"] = "agent"
    agent: tuple[Line, ...] = ()
    gateway: GatewaySetting = GatewaySetting()
    cors: Literal["echo", "none"] = "echo"


ENDPOINT_NAMES: Final[tuple[str, ...]] = get_args(EndpointName)
EVENT_NAMES: Final[tuple[str, ...]] = get_args(EventName)
