"""From an answer that is none to the exception a person reads: what was wrong, where, and what to do next."""

from __future__ import annotations

from typing import Final, assert_never

from cec_client.answers import GOOD, Expired, Failure, Garbled, HttpFailed, NetworkFailed, Refused
from cec_client.errors import (
    AuthenticationFailed,
    BadAnswer,
    CallRejected,
    CecError,
    RequestRefused,
    TimedOut,
    TransportFailed,
)
from cec_client.protocol import Endpoint

LOGIN: Final = frozenset({Endpoint.TOKEN, Endpoint.APPLY_TOKEN})
"""The endpoints that log in (guide §2)."""

_ADVICE: Final = {
    Endpoint.TOKEN: "Check app_key and app_secret.",
    Endpoint.APPLY_TOKEN: "Check the channel id, the user id and that the app_key may use this channel.",
}


def error_of(failure: Failure) -> CecError:
    """Make the exception for a failure; its `__cause__` is set where the network failed."""
    name = failure.endpoint.value
    match failure:
        case NetworkFailed(endpoint, cause, timed_out):
            words = str(cause) or type(cause).__name__
            kind = TimedOut if timed_out else TransportFailed
            error = kind(f"{name} got no answer{' in time' if timed_out else ''}: {words}", endpoint)
            error.__cause__ = cause
            return error
        case Garbled(endpoint, why):
            return BadAnswer(f"{name} answered something the protocol does not know: {why}", endpoint)
        case Refused(endpoint, code, desc):
            return _refusal(endpoint, f"resultCode {code}", GOOD, code, desc, for_good=True)
        case Expired(endpoint, status, info):
            return _refusal(endpoint, f"HTTP status {status}", status, None, info, for_good=True)
        case HttpFailed(endpoint, status, info):
            return _refusal(endpoint, f"HTTP status {status}", status, None, info, for_good=not failure.may_pass)
    assert_never(failure)


def _refusal(  # noqa: PLR0913  (what a refusal is made of)
    endpoint: Endpoint, what: str, status: int, code: str | None, desc: str, *, for_good: bool
) -> RequestRefused:
    said = f" ({desc})" if desc else ""
    if endpoint in LOGIN and for_good:
        message = f"The login was refused: {endpoint.value} answered {what}{said}. {_ADVICE[endpoint]}"
        return AuthenticationFailed(message, endpoint, status=status, code=code, desc=desc)
    if code is None and status in (401, 403):
        message = f"{endpoint.value} refuses even fresh tokens: it answered {what}{said}. Check the account's rights."
        return AuthenticationFailed(message, endpoint, status=status, code=code, desc=desc)
    message = f"{endpoint.value} answered {what}{said}."
    if endpoint is Endpoint.CREATE:
        return CallRejected(f"The call was refused: {message}", endpoint, status=status, code=code, desc=desc)
    return RequestRefused(message, endpoint, status=status, code=code, desc=desc)
