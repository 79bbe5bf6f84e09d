"""What is asked of the control API and what it answers, as types; its OpenAPI document is made from them."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct

from mock_cec.clock import ClockKind
from mock_cec.scenario.dialect import DialectName  # noqa: TC001  (msgspec reads it)
from mock_cec.scenario.durations import MEANING, PATTERN
from mock_cec.scenario.model import EndpointName  # noqa: TC001  (msgspec reads it)

NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}$(?!\n)"
"""The form of a tenant's name: what a path takes as it is."""

SPAN_OR_NEXT: Final = f"^next$|{PATTERN}"

MEANINGS: Final = {
    NAME: "a name of letters, digits and . _ ~ -, at most 64 characters",
    PATTERN: MEANING,
    SPAN_OR_NEXT: f'{MEANING}, or "next"',
}
"""The forms in words."""

Name = Annotated[str, Meta(pattern=NAME)]
Text = Annotated[str, Meta(min_length=1, max_length=200)]
Span = Annotated[str, Meta(pattern=PATTERN)]

ScenarioText = Annotated[
    str | dict[str, Any],
    Meta(description="The name of a scenario that comes with the program, a YAML text, or the same as an object"),
]


class _Asked(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What all questions share: a member that nobody knows is a mistake."""


class Speed(_Asked, frozen=True):
    """A clock that runs faster, or slower, than the real one."""

    speed: Annotated[float, Meta(gt=0, le=1_000_000, description="How many times as fast")]


ClockSetting = Annotated[
    ClockKind | Speed,
    Meta(
        description="real; {speed: N}; stepped: moves only when it is told to; auto: moves by itself as well, to the "
        "next moment that is due, once all requests have waited for 50 ms"
    ),
]


class NewTenant(_Asked, frozen=True):
    """A tenant to be made; everything that is left out is made up."""

    name: Annotated[Name | None, Meta(description="How it is called here; else its app key, else made up")] = None
    app_key: Annotated[Text | None, Meta(description="What chooses it at tokenByAkSk; else its name")] = None
    app_secret: Annotated[Text, Meta(description="The secret that belongs to the app key")] = "mock-app-secret"  # noqa: S105  (no secret)
    channel_id: Annotated[Text, Meta(description="The channel that takes calls")] = "mock-channel"
    scenario: ScenarioText = "queue_then_answered"
    dialect: Annotated[
        DialectName | None, Meta(description="In place of the scenario's own, and of those that it plays later")
    ] = None
    clock: ClockSetting = "real"
    port: Annotated[
        Annotated[int, Meta(ge=0, le=65535)] | None,
        Meta(description="A port of its own, where whatever comes is this tenant's; 0 takes a free one"),
    ] = None
    most_exchanges: Annotated[int, Meta(ge=1, le=20_000, description="How many exchanges its trace keeps")] = 2_000


class NewScenario(_Asked, frozen=True):
    """The scenario that a tenant plays from now on."""

    scenario: ScenarioText
    dialect: Annotated[
        DialectName | None, Meta(description="In place of the scenario's own; else the one the tenant was made with")
    ] = None


class Step(_Asked, frozen=True):
    """How far a stepped clock moves."""

    advance: Annotated[
        str, Meta(pattern=SPAN_OR_NEXT, description='A duration such as 90s, or "next": to the next moment that is due')
    ]


class Injection(_Asked, frozen=True):
    """An event from outside the scenario, for a user."""

    user: Annotated[str, Meta(description="The userId")]
    event: Annotated[
        dict[str, Any], Meta(description="An event of the scenario format; `after`, 0s by default, counts from now")
    ]


class PollInjection(_Asked, frozen=True):
    """An event from outside the scenario, for one held poll, at once."""

    event: Annotated[dict[str, Any], Meta(description="An event of the scenario format, without `after`")]


class Failing(_Asked, frozen=True):
    """What a held poll gets in place of its answer: `status` or `code`, as in a scenario's `answers`."""

    status: Annotated[
        int | None, Meta(description="The HTTP status, 400 to 599; that of a dead token has the guide's text")
    ] = None
    code: Annotated[str | None, Meta(description='The resultCode, in quotes, with status 200: "1"')] = None
    desc: Annotated[str | None, Meta(description="The resultDesc, or the exceptionInfo beside a status")] = None


class NoQuery(_Asked, frozen=True):
    """No query."""


class SessionsQuery(_Asked, frozen=True):
    """Which sessions."""

    user: Annotated[str | None, Meta(description="Only this user's")] = None


class TraceForm(_Asked, frozen=True):
    """In which form exchanges are shown."""

    format: Annotated[
        Literal["json", "har"], Meta(description="The trace's own JSON, or HAR 1.2 for browsers' developer tools")
    ] = "json"
    mask: Annotated[bool, Meta(description="Put labels such as <access-token 1> in place of secrets")] = False
    mask_personal: Annotated[bool, Meta(description="Also in place of ids, names, numbers and what was written")] = (
        False
    )


class TraceQuery(TraceForm, frozen=True):
    """Which exchanges; what is left out does not matter."""

    endpoint: Annotated[EndpointName | None, Meta(description="The endpoint's name")] = None
    user: Annotated[str | None, Meta(description="The user's id; tokenByAkSk is nobody's")] = None
    status: Annotated[int | None, Meta(description="The HTTP status of the answer")] = None
    since: Annotated[int, Meta(ge=0, description="Only exchanges with a greater serial")] = 0


class WaitQuery(TraceQuery, frozen=True):
    """Which exchange to wait for; one that is in the trace already counts."""

    state: Annotated[
        Literal["ended", "begun"], Meta(description="ended: answered, or its client is gone; begun: has just come")
    ] = "ended"
    timeout: Annotated[Span, Meta(description="The longest wait, in real time; at most 10m")] = "5s"


class Health(Struct, frozen=True):
    """That it lives."""

    status: Literal["ok"]
    version: str
    uptime: Annotated[float, Meta(description="Seconds")]
    tenants: int


class ClockView(Struct, frozen=True):
    """A tenant's time, in seconds from its start."""

    kind: Literal["real", "scaled", "auto", "stepped"]
    now: float
    speed: Annotated[float | None, Meta(description="How many times as fast as real time; null if it steps")]
    next_due: Annotated[float | None, Meta(description="When a clock that steps has something to do next")] = None


class DueView(Struct, frozen=True):
    """An event that is due, or will be."""

    event: Annotated[str, Meta(description="Its name, or its number")]
    id: int
    at: Annotated[float, Meta(description="Seconds of the tenant's clock")]
    step: Annotated[str, Meta(description="The line of the scenario it comes from")]


class PollView(Struct, frozen=True):
    """A poll that is held."""

    poll: str
    user: str
    since: Annotated[float, Meta(description="When it came, in seconds of the tenant's clock")]
    until: Annotated[float, Meta(description="When it runs out")]
    next: Annotated[DueView | None, Meta(description="The event it will get, as things are now")]


class MediaView(Struct, frozen=True):
    """The media call that was placed at the gateway, or the last one."""

    state: Annotated[
        Literal["ringing", "being answered", "answered", "up", "over"], Meta(description="How far its signalling is")
    ]
    since: Annotated[float, Meta(description="Since when, in seconds of the tenant's clock")]
    media: Annotated[str, Meta(description="The last news of the media, such as `connected`; empty before the first")]
    ended: Annotated[str, Meta(description="How it ended, in words; empty before")]


class CallView(Struct, frozen=True):
    """A user's last call."""

    ordinal: Annotated[int, Meta(description="Which of the user's calls, from 1")]
    live: bool
    access_code: str
    media: Annotated[MediaView | None, Meta(description="Its media call; null if nobody has dialled")] = None


class SessionView(Struct, frozen=True):
    """A user on the tenant's channel."""

    user: str
    call: CallView | None
    text: Annotated[Literal["agent", "robot"] | None, Meta(description="Who is at the other end of the text session")]
    polls: Annotated[int, Meta(description="How many polls are held")]
    waiting: Annotated[tuple[DueView, ...], Meta(description="Events that are due and wait for a poll")]
    next_due: Annotated[DueView | None, Meta(description="The next event on the axis")]


class TenantView(Struct, frozen=True):
    """A tenant, with all that a client needs to use it."""

    name: str
    base_url: str
    token_base_url: Annotated[str, Meta(description="Where tokenByAkSk is; elsewhere with --token-port")]
    port: Annotated[int | None, Meta(description="The port of its own, if it has one")]
    app_key: str
    app_secret: str
    channel_id: str
    title: Annotated[str, Meta(description="Its scenario's")]
    dialect: Annotated[DialectName, Meta(description="Whose word its answers go by")]
    clock: ClockView
    sessions: int
    polls: Annotated[int, Meta(description="How many polls are held")]
    exchanges: Annotated[int, Meta(description="How many exchanges the trace has")]
    serial: Annotated[int, Meta(description="The serial of the newest exchange; for `since`")]


class TenantList(Struct, frozen=True):
    """All tenants."""

    tenants: tuple[TenantView, ...]


class SessionList(Struct, frozen=True):
    """Sessions of a tenant."""

    sessions: tuple[SessionView, ...]


class PollList(Struct, frozen=True):
    """Held polls of a tenant, in order of arrival by user."""

    polls: tuple[PollView, ...]


class Done(Struct, frozen=True):
    """That it was done."""

    done: Literal[True] = True


class TraceDocument(Struct, frozen=True):
    """A trace, as `cec_client.protocol.Trace` reads it."""

    format: str
    version: int
    started: str | None
    facts: dict[str, str]
    exchanges: tuple[dict[str, Any], ...]
    signals: tuple[dict[str, Any], ...]


class HarDocument(Struct, frozen=True):
    """The same as HAR 1.2, where `format=har` was asked for."""

    log: dict[str, Any]
