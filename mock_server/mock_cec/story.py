"""The story of an exchange, or of a signal, in one line, for the emulator's log."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import msgspec
from cec_client.protocol import BY_PATH, Endpoint

if TYPE_CHECKING:
    from cec_client.protocol import Signal

    from mock_cec.recording import Record

_TOLD: Final = {"INVITE", "BYE", "CANCEL", "INFO", "UPDATE"}
"""The methods of which the log tells as a rule."""

_TRYING: Final = 100


class _Message(msgspec.Struct):
    """A message, as far as the log tells it."""

    controlType: str = ""  # noqa: N815  (as on the wire)
    content: str | None = None


class _Said(msgspec.Struct):
    """What an answer says of itself, whatever endpoint gave it."""

    resultCode: str = ""  # noqa: N815  (as on the wire)
    resultDesc: str | None = ""  # noqa: N815
    exceptionInfo: str = ""  # noqa: N815
    eventId: int | str = 0  # noqa: N815
    downlinkMessages: tuple[_Message, ...] = ()  # noqa: N815


def level(record: Record) -> int:
    """Say how much a line deserves to be read: mistakes most, empty polls of the text session least."""
    if record.reply is not None and record.reply.problem is not None:
        return logging.WARNING
    quiet = record.reply is not None and record.reply.body.endswith(b'"downlinkMessages":[]}')
    return logging.DEBUG if quiet else logging.INFO


def when(record: Record) -> float:
    """Give the time of which a line tells, in seconds."""
    ended = record.connection_gone if record.answer_ended is None else record.answer_ended
    return record.request_complete if ended is None else ended


def line(record: Record) -> str:
    """Tell when what was asked, what came back, and which line of the scenario or which problem was the reason."""
    endpoint = BY_PATH.get(record.path)
    name = endpoint.value if endpoint else f"{record.method} {record.path[:60]}"
    reply = record.reply
    if reply is None:
        fate = "waits" if record.connection_gone is None else "the client left"
        met = f"  <- {record.step.name}" if record.step else ""
        return f"{_time(when(record))}  {name:<23}  {fate}{met}"
    if endpoint is Endpoint.SEND:
        name = f"{name} {_control_type(record.request_body)}"
    status = "---" if record.answer_begun is None else reply.status
    words = [f"{_time(record.answer_ended or record.connection_gone)}  {name:<23}  {status}"]
    if reply.problem is not None:
        words.append(f"[{reply.problem}]")
        return "  ".join(words)
    said = _said(record.body)
    if said.eventId:
        words.append(str(said.eventId))
    elif said.resultCode not in {"", "0"}:
        words.append(f"resultCode {said.resultCode}")
    words.append(said.resultDesc or said.exceptionInfo)
    words += [f"{message.controlType} {message.content or ''}".rstrip() for message in said.downlinkMessages]
    if reply.delivery is not None:
        words.append(f"[{reply.delivery.words}]")
    if reply.renewed is not None:
        words.append("[with a new ccmessaging-token]")
    steps = ", ".join(filter(None, (reply.due.event.step if reply.due else None, reply.step)))
    if steps:
        words.append(f"<- {steps}")
    return "  ".join(word for word in words if word)


def _said(body: bytes) -> _Said:
    """Read an answer; one that was made unreadable says nothing."""
    try:
        return msgspec.json.decode(body, type=_Said)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Said()


def _control_type(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=_Message).controlType[:20]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return "?"


def _time(seconds: float | None) -> str:
    return f"{seconds or 0.0:9.3f}s"


def signal_level(signal: Signal) -> int:
    """Say how much a signal deserves to be read: mistakes most; keep-alives, ACK, 100 and their like least."""
    from mock_cec.gateway.words import PROBLEM, junk, of  # noqa: PLC0415  (few emulators ever see a media call)

    words = of(signal)
    if signal.kind == "state":
        return logging.WARNING if words.text.startswith(PROBLEM) else logging.INFO
    if junk(words):
        return logging.WARNING
    return logging.INFO if words.method in _TOLD and words.status != _TRYING else logging.DEBUG


def signal_line(signal: Signal) -> str:
    """Tell what a media call sent, got, or came to."""
    from mock_cec.gateway.words import of  # noqa: PLC0415  (as above)
    from mock_cec.trace.columns import printable  # noqa: PLC0415

    whose = f"  ({signal.user})" if signal.user else ""
    sign = {"received": ">", "sent": "<"}.get(signal.kind, "-")
    return f"{_time(signal.at)}  {'gateway':<23}  {sign} {printable(of(signal).text)}{whose}"
