"""What can go wrong, as exceptions.

    CecError
    ├── TransportFailed           no answer came; `__cause__` is the network's error
    │   └── TimedOut              ... within the time limit
    ├── BadAnswer                 an answer came that is not what the protocol says
    ├── RequestRefused            the platform said no, by HTTP status or by resultCode
    │   ├── AuthenticationFailed  ... to the credentials or to the tokens
    │   └── CallRejected          ... to creating the call
    ├── CallNotSupported          the tenant or the channel has no click-to-call
    ├── GaveUp                    the long poll kept failing; `__cause__` is the last failure
    ├── MediaProblem              the media were not connected; the call itself goes on
    │   ├── GatewayUnreachable    ... as no address of the gateway could be used
    │   └── MediaRefused          ... as the gateway refused
    ├── CallInProgress            the client has a live call, which this would disturb
    └── ClientClosed              the client was closed before this could end

Catch `CecError` for all of them. What the caller's own arguments get wrong is a `ValueError`.
"""

# ruff: noqa: N818 - they are named as what happened, which reads better in "except CallRejected"

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cec_client.media.addresses import AddressFailure
    from cec_client.protocol import Endpoint


class CecError(Exception):
    """The parent of everything this package raises about a conversation with the platform."""


class TransportFailed(CecError):
    """Raised when no answer came: nothing listens, the connection broke, the name is unknown.

    Attributes:
        endpoint: The endpoint that was asked.
    """

    def __init__(self, message: str, endpoint: Endpoint) -> None:
        super().__init__(message)
        self.endpoint = endpoint


class TimedOut(TransportFailed):
    """Raised when no answer came within the time limit."""


class BadAnswer(CecError):
    """Raised when an answer is not what the protocol says: no JSON object, no resultCode, no token.

    Attributes:
        endpoint: The endpoint that answered so.
    """

    def __init__(self, message: str, endpoint: Endpoint) -> None:
        super().__init__(message)
        self.endpoint = endpoint


class RequestRefused(CecError):
    """Raised when the platform said no, by an HTTP status other than 200 or a resultCode other than "0" (guide §5).

    Attributes:
        endpoint: The endpoint that refused.
        status: The HTTP status of the answer.
        code: Its resultCode; `None` if the HTTP status refused.
        desc: What the platform said about it: resultDesc or exceptionInfo; may be empty.
    """

    def __init__(self, message: str, endpoint: Endpoint, *, status: int, code: str | None, desc: str) -> None:
        super().__init__(message)
        self.endpoint = endpoint
        self.status = status
        self.code = code
        self.desc = desc


class AuthenticationFailed(RequestRefused):
    """Raised when the credentials are refused, or when fresh tokens are refused again and again (guide §2, §6.1)."""


class CallRejected(RequestRefused):
    """Raised when `createClickToCall` is refused; no call exists then (guide §5 step 3)."""


class CallNotSupported(CecError):
    """Raised when `checkClickToCallSupport` forbids the call (guide §5 step 2).

    Attributes:
        webrtc: Whether the tenant supports WebRTC.
        click_to_call: Whether the channel supports click-to-call.
    """

    def __init__(self, *, webrtc: bool, click_to_call: bool) -> None:
        missing = [
            text
            for supported, text in (
                (webrtc, "the tenant does not support WebRTC (webRTCSupported is not true)"),
                (click_to_call, "the channel does not support click-to-call (clickToCallSupported is not true)"),
            )
            if not supported
        ]
        super().__init__(f"No call can be made: {' and '.join(missing)}. Ask the platform's operator to enable it.")
        self.webrtc = webrtc
        self.click_to_call = click_to_call


class GaveUp(CecError):
    """Raised when a poll failed and its retries failed too, so that nobody knows how the call goes (guide §5 step 4).

    Attributes:
        attempts: How many polls failed in a row.
        last: How the last of them failed; also the `__cause__`.
    """

    def __init__(self, attempts: int, last: CecError) -> None:
        super().__init__(f"getClickToCallEvents failed {attempts} times in a row; the last time: {last}")
        self.attempts = attempts
        self.last = last
        self.__cause__ = last


class MediaProblem(CecError):
    """The media could not be connected at the gateway; the call itself goes on without them."""


class GatewayUnreachable(MediaProblem):
    """None of the gateway's addresses could be used.

    Attributes:
        failures: Each address that was tried, and why it could not be used.
    """

    def __init__(self, message: str, failures: tuple[AddressFailure, ...]) -> None:
        super().__init__(message)
        self.failures = failures


class MediaRefused(MediaProblem):
    """The gateway refused the call.

    Attributes:
        status: The SIP status of its answer (RFC 3261 §21); `None` if it hung up before media were connected.
    """

    def __init__(self, message: str, status: int | None) -> None:
        super().__init__(message)
        self.status = status


class CallInProgress(CecError):
    """Raised when a client is asked for something that would disturb the live call it has: it holds one at a time."""


class ClientClosed(CecError):
    """Raised when a client is used after it was closed, or closed while something was under way."""
