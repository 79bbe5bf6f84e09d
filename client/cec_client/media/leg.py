"""The media leg of a call, from the first address that is tried to the last word: decisions without I/O.

It tries the gateway's addresses in order. An address has failed if there is no WebSocket, if the gateway says nothing
to the INVITE, or if it says 503 (RFC 3261 §21.5.4); any other answer is the gateway's, and the next address would say
the same. `sip_call` has the call at one address. A driver carries out the deeds, and tells what happens.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, assert_never

from cec_client.errors import MediaProblem, MediaRefused
from cec_client.media import sip_deeds
from cec_client.media.addresses import AddressFailure, destination, unreachable
from cec_client.media.events import (
    MediaAddressFailed,
    MediaConnected,
    MediaDialling,
    MediaEnded,
    MediaEvent,
    MediaFailed,
    MediaRinging,
)
from cec_client.media.messages import line_to
from cec_client.media.policy import MediaPolicy
from cec_client.media.sip_call import SipCall
from cec_client.media.sip_deeds import By, Ending, Send

if TYPE_CHECKING:
    from collections.abc import Callable

    from cec_client.events import Gateway
    from cec_client.media.statistics import MediaStatistics

_BUSY_GATEWAY: Final = 503

GRACE: Final = 0.5
"""Seconds that a BYE may come later than the end of the media that it explains."""


@dataclass(frozen=True, slots=True)
class Open:
    """A WebSocket is to be opened at a URL."""

    url: str


@dataclass(frozen=True, slots=True)
class Shut:
    """The WebSocket, open or just being opened, is of no more use."""


@dataclass(frozen=True, slots=True)
class Accept:
    """The gateway's answer to the offer is to be given to the media."""

    sdp: str


@dataclass(frozen=True, slots=True)
class Reoffer:
    """An offer in mid-call is to be given to the media; `Leg.answer` follows."""

    sdp: str


@dataclass(frozen=True, slots=True)
class Quiet:
    """The media are to end: nothing more is sent."""


@dataclass(frozen=True, slots=True)
class Tell:
    """The user is to be told."""

    event: MediaEvent


Deed = Open | Shut | Send | Accept | Reoffer | Quiet | Tell


class Unusable(Exception):  # noqa: N818  (named as what it is)
    """Raised when the media cannot do with an answer or an offer, or has none; the text says why."""


class Leg:
    """The media leg of one "connected".

    Args:
        gateway: What the platform said.
        policy: Time limits.
        token: Gives a new random word at each call.

    Attributes:
        over: Whether nothing more will happen; `last_word` has the event that is still to be told.
    """

    def __init__(
        self,
        gateway: Gateway,
        policy: MediaPolicy | None = None,
        token: Callable[[], str] = lambda: secrets.token_hex(8),
    ) -> None:
        self.over = False
        self._gateway = gateway
        self._policy = policy or MediaPolicy()
        self._token = token
        self._deeds: list[Deed] = []
        self._offer = ""
        self._untried: list[str] = []
        self._url = ""
        self._failures: list[AddressFailure] = []
        self._sip: SipCall | None = None
        self._deadline: float | None = None
        self._connected_at: float | None = None
        self._ended_at: float | None = None
        self._problem: MediaProblem | None = None
        self._why = ""
        self._broken = ""

    @property
    def wake_at(self) -> float | None:
        """When `tick` is to be called, if nothing happens before; `None` for never."""
        times = (self._deadline, self._sip.wake_at if self._sip else None)
        return min((time for time in times if time is not None), default=None)

    def take_deeds(self) -> tuple[Deed, ...]:
        """Give what is to be done since the last time."""
        deeds, self._deeds = tuple(self._deeds), []
        return deeds

    def start(self, offer: str, now: float) -> None:
        """Begin, offering these media."""
        try:
            there, unusable = destination(self._gateway)
        except MediaProblem as problem:
            self._fail(problem, now)
            return
        self._there = there
        self._offer = offer
        self._untried = list(there.addresses)
        for failure in unusable:
            self._address_failed(failure)
        self._next(now)

    def trouble(self, why: str, now: float) -> None:
        """The media cannot go on: there is nothing to offer, or the gateway's answer cannot be used."""
        self._hang_up(MediaProblem(why), why, now)

    def opened(self, now: float) -> None:
        """The WebSocket is open."""
        if self.over or self._sip is not None:
            return
        self._deadline = None
        self._sip = SipCall(line_to(self._there, self._url, self._token), self._policy, self._token)
        self._sip.invite(self._offer, now)
        self._follow(now)

    def not_opened(self, why: str, now: float) -> None:
        """There is no WebSocket at this address."""
        if self.over or self._sip is not None:
            return
        self._address_failed(AddressFailure(self._url, why))
        self._next(now)

    def received(self, frame: str | bytes, now: float) -> str | None:
        """A frame came.

        Returns:
            Why it is ignored, if it is no message.
        """
        complaint = self._sip.receive(frame, now) if self._sip else None
        self._follow(now)
        return complaint

    def lost(self, why: str, now: float) -> None:
        """The WebSocket has closed."""
        if self._sip is not None:
            self._sip.lost(why)
            self._follow(now)

    def answer(self, sdp: str | None, now: float) -> None:
        """The media answer an offer in mid-call; `None` if they cannot."""
        if self._sip is not None:
            self._sip.answer(sdp, now)
            self._follow(now)

    def connected(self, codecs: tuple[str, ...], now: float) -> None:
        """Media flow."""
        if self._connected_at is None and self._ended_at is None:
            self._deadline = None
            self._connected_at = now
            self._deeds.append(Tell(MediaConnected(self._url, codecs)))

    def broken(self, why: str, now: float) -> None:
        """The connection of the media failed, or is gone; then a BYE may be on its way, which says why."""
        if self._connected_at is None:
            self.trouble(why, now)
        elif self._ended_at is None and self._deadline is None:
            self._broken = why
            self._deadline = now + GRACE

    def hang_up(self, now: float, why: str = "you hung up") -> None:
        """Hang up; a second time changes nothing."""
        self._hang_up(None, why, now)

    def abandon(self, now: float, why: str = "you hung up") -> None:
        """Say goodbye and wait for no answer; for a program that must stop."""
        self.hang_up(now, why)
        if self._sip is not None:
            self._sip.lost(why)
            self._follow(now)

    def tick(self, now: float) -> None:
        """Let time pass."""
        if self._deadline is not None and now >= self._deadline:
            self._deadline = None
            if self._sip is None:
                self._deeds.append(Shut())
                self.not_opened(f"no WebSocket within {self._policy.connect_timeout:g} s", now)
            else:
                self.trouble(self._broken, now)
        if self._sip is not None:
            self._sip.tick(now)
            self._follow(now)

    def last_word(self, statistics: MediaStatistics) -> MediaEvent:
        """Give the last event, once the leg is over."""
        return MediaEnded(self._why, statistics) if self._problem is None else MediaFailed(self._problem)

    def connected_for(self, now: float) -> float:
        """Say how long media have been connected, or were."""
        if self._connected_at is None:
            return 0.0
        return (now if self._ended_at is None else self._ended_at) - self._connected_at

    # Inside

    def _next(self, now: float) -> None:
        """Try the next address."""
        if not self._untried:
            self._fail(unreachable(self._failures), now)
            return
        self._url = self._untried.pop(0)
        self._deadline = now + self._policy.connect_timeout
        self._deeds += [Tell(MediaDialling(self._url, self._there.callee)), Open(self._url)]

    def _address_failed(self, failure: AddressFailure) -> None:
        self._failures.append(failure)
        self._deeds.append(Tell(MediaAddressFailed(failure.address, failure.why)))

    def _follow(self, now: float) -> None:
        """Pass on what the call at this address wants done."""
        for deed in self._sip.take_deeds() if self._sip else ():
            match deed:
                case sip_deeds.Send():
                    self._deeds.append(deed)
                case sip_deeds.Rang(status, phrase):
                    self._deeds.append(Tell(MediaRinging(status, phrase)))
                case sip_deeds.Answered(sdp):
                    self._deadline = now + self._policy.media_timeout
                    self._broken = f"the call was answered, but no media came within {self._policy.media_timeout:g} s"
                    self._deeds.append(Accept(sdp))
                case sip_deeds.Offered(sdp):
                    self._deeds.append(Reoffer(sdp))
                case sip_deeds.Ended(ending):
                    self._call_ended(ending, now)
                case _:
                    assert_never(deed)

    def _call_ended(self, ending: Ending, now: float) -> None:
        heard = self._sip is not None and self._sip.heard
        if self._ended_at is None and (not heard or ending.status == _BUSY_GATEWAY):
            self._deeds.append(Shut())
            self._sip = None
            self.not_opened(ending.why, now)
            return
        if self._ended_at is None and self._connected_at is None:
            self._problem = MediaRefused(ending.why, ending.status)
        self._finish(ending.why, now)

    def _hang_up(self, problem: MediaProblem | None, why: str, now: float) -> None:
        if self._ended_at is not None:
            return
        if self._connected_at is None:
            self._problem = problem
        self._end(why, now)
        if self._sip is None:
            self._finish(why, now)
        else:
            self._sip.hang_up(now, Ending(By.CALLER, why))
            self._follow(now)

    def _fail(self, problem: MediaProblem, now: float) -> None:
        self._problem = problem
        self._finish(str(problem), now)

    def _end(self, why: str, now: float) -> None:
        """End the media; the call may still have to be ended."""
        if self._ended_at is None:
            self._deadline = None
            self._ended_at = now
            self._why = why
            self._deeds.append(Quiet())

    def _finish(self, why: str, now: float) -> None:
        self._end(why, now)
        self.over = True
        self._sip = None
        self._deeds.append(Shut())
