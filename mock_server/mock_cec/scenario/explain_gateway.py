"""Telling what the gateway does with a call, as far as it is not what it usually does (pure)."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from mock_cec.scenario.durations import duration
from mock_cec.scenario.model import GatewayScript, Voice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_cec.scenario.plan import Plan, PlannedGateway

_ANSWERS: Final = {
    "busy": "INVITE is refused: 486 Busy Here",
    "unavailable": "INVITE is refused: 480 Temporarily Unavailable",
    "declines": "INVITE is refused: 603 Decline",
    "never": "INVITE is never answered: it rings for as long as the caller waits",
}
_SOURCES: Final = {"tone": "The caller hears a tone.", "silence": "The caller hears silence."}
_DIRECTIONS: Final = {
    "to_caller": "One-way audio: what the caller says is dropped.",
    "to_agent": "One-way audio: nothing is sent to the caller.",
}


def at_the_gateway(playing: Plan) -> Iterator[str]:
    """Tell in a few lines what whoever dials the `accessCode` meets."""
    script, planned = playing.scenario.gateway, playing.gateway
    if script.answer != "ok":
        late = f", after {duration(planned.ring)} of ringing" if planned.ring else ""
        yield f"{_ANSWERS[script.answer]}{late}."
    elif planned.ring:
        yield f"It rings for {duration(planned.ring)} before INVITE is answered."
    yield from _media(script, planned)
    if planned.drop_socket is not None:
        yield f"The WebSocket is cut without a word {duration(planned.drop_socket)} after the first INVITE."
        yield "Whoever dials again keeps it."
    if planned.dial_within is not None:
        yield f"A caller who has not dialled within {duration(planned.dial_within)} of connected is released."
    if script.on_hangup != GatewayScript().on_hangup:
        yield from _hangup(playing)


def _media(script: GatewayScript, planned: PlannedGateway) -> Iterator[str]:
    if isinstance(script.media, Voice):
        yield f"The caller hears an agent's voice: {PurePath(script.media.voice).name}"
    elif script.media in _SOURCES:
        yield _SOURCES[script.media]
    if script.direction in _DIRECTIONS:
        yield _DIRECTIONS[script.direction]
    if planned.stops is not None:
        yield f"The gateway's packets stop {duration(planned.stops)} after media began to flow."
    if script.ice == "fails":
        yield "The connection for media never comes up (ICE fails)."
    if script.dtmf == "none":
        yield "Keys do not come back."


def _hangup(playing: Plan) -> Iterator[str]:
    event = playing.gateway.on_hangup
    if event is None:
        yield "When the caller hangs up, the call goes on as if nothing had happened (on_hangup: silence)."
    else:
        yield f"When the caller hangs up: {event.id} {event.text}, {duration(event.after)} later."
