"""The model of the document: what may come back to a request, given all that came back before (pure).

It knows only what users can know: their own requests and the answers. Where the guide is silent, or can be read in
several ways, every reading is allowed. What is left over departs from the document, and is charged to a rule of the
catalogue where one fits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint, EventId, event_name
from cec_client.protocol.headers import LONGEST_LIFE
from msgspec import Struct

from cec_conformance.run import Kind
from cec_conformance.server.coming import NO_SUCCESS, Allowed, Came, came_back, either, told
from cec_conformance.server.course import DOCUMENTED, OVER, Call, scripted
from cec_conformance.server.letters import Tokens
from cec_conformance.server.mistakes import to_mistake
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cec_conformance.run import Seen
    from cec_conformance.server.course import Course
    from cec_conformance.server.departures import Departure

MARGIN: Final = 1.0
"""Seconds by which a platform may be wrong about a time."""
SHORTEST_LIFE: Final = 60.0
"""Seconds for which an AccessToken is taken to live where `Expires` does not say."""


class Asked(Struct, frozen=True, kw_only=True):
    """A request, as the model needs to know it.

    Attributes:
        user: Whose it is.
        endpoint: To which endpoint.
        sent: Seconds at which it was sent.
        tokens: With which tokens.
        wrong: What is wrong with it on purpose.
        epoch: The epoch of the user's call when it was sent.
        alone: Whether no other poll of the user was under way at the same time.
    """

    user: str
    endpoint: Endpoint
    sent: float
    tokens: Tokens = Tokens()
    wrong: Departure | None = None
    epoch: int = 0
    alone: bool = True


class Contradiction(Struct, frozen=True):
    """An answer that departs from the document.

    Attributes:
        rule: The rule of the catalogue that it breaks.
        serial: The exchange that brought it, by its serial in the trace.
        allowed: What the model allowed.
        came: What came.
    """

    rule: str
    serial: int
    allowed: Words
    came: Words


class Known(Struct, frozen=True):
    """What is known of a platform beside its document: nothing, unless its scenario is the tester's own.

    Attributes:
        events: The events of each call with the seconds from create at which they are due; `None`: unknown.
        grants: Whether every create that may succeed does.
    """

    events: tuple[tuple[float, int], ...] | None = None
    grants: bool = False


_HAS_EFFECT: Final = frozenset({Came.GRANTED, Came.EMPTY, Came.EVENT, Came.REFUSED})
_GRANTED: Final = frozenset({Came.GRANTED})
_REFUSABLE: Final = frozenset({Came.GRANTED, Came.REFUSED})


class _Person:
    """A user, as far as a tester can know."""

    def __init__(self, course: Course) -> None:
        self.call = Call(course)
        self.tokens = Tokens()
        self.may_call: bool | None = None
        self.talks = False
        self.applied = 0.0


class Model:
    """The document, and what has happened so far.

    Args:
        known: What is known of the platform besides.
    """

    def __init__(self, known: Known = Known()) -> None:  # noqa: B008  (frozen)
        self._known = known
        self._course = DOCUMENTED if known.events is None else scripted(event for _, event in known.events)
        self._people: dict[str, _Person] = {}
        self._lives: dict[str, tuple[float, float]] = {}

    def call(self, user: str) -> Call:
        """Give what is known of a user's calls."""
        return self._person(user).call

    def answered(self, asked: Asked, seen: Seen) -> Contradiction | None:
        """Take the answer to a request; `None` if it is one of those that may come."""
        if seen.kind in {Kind.LEFT, Kind.OPEN}:
            if asked.endpoint is Endpoint.EVENTS and asked.wrong is None:
                self._person(asked.user).call.was_left()
            return None
        came = came_back(seen)
        allowed = self._allowed(asked, seen)
        if came not in allowed.answers:
            return Contradiction(allowed.rule_for(came), seen.serial, either(allowed.answers), told(seen))
        if asked.wrong is None and came in _HAS_EFFECT:
            return self._taken(asked, seen, came)
        return None

    def _person(self, user: str) -> _Person:
        return self._people.setdefault(user, _Person(self._course))

    # What may come

    def _allowed(self, asked: Asked, seen: Seen) -> Allowed:
        if asked.wrong is not None:
            return to_mistake(asked.endpoint, asked.wrong)
        if asked.endpoint is Endpoint.TOKEN:
            return Allowed(_GRANTED, "S-TOK-01")
        standing = self._standing(asked, seen.over if seen.over is not None else asked.sent)
        if standing is False:
            rule = "S-APP-04" if asked.endpoint is Endpoint.APPLY_TOKEN else "S-EXP-01"
            return Allowed(frozenset({Came.FORBIDDEN}), rule)
        usual = self._usual(asked)
        if standing is None:
            return Allowed(usual.answers | {Came.FORBIDDEN}, usual.rule, usual.instead)
        return Allowed(usual.answers, usual.rule, {Came.FORBIDDEN: "S-EXP-02", **usual.instead})

    def _standing(self, asked: Asked, over: float) -> bool | None:
        """Say whether the tokens of a request are good; `None` if the document leaves it open."""
        good_until, dead_from = self._lives.get(asked.tokens.access, (0.0, 0.0))
        if asked.sent >= dead_from:
            return False
        person = self._person(asked.user)
        newest = asked.tokens == person.tokens or (
            asked.endpoint is Endpoint.APPLY_TOKEN and not asked.tokens.ccmessaging
        )
        lasting = over <= good_until and (
            asked.endpoint is Endpoint.APPLY_TOKEN or over <= person.applied + LONGEST_LIFE - MARGIN
        )
        return True if newest and lasting else None

    def _usual(self, asked: Asked) -> Allowed:
        person = self._person(asked.user)
        match asked.endpoint:
            case Endpoint.APPLY_TOKEN:
                return Allowed(_GRANTED, "S-APP-01")
            case Endpoint.SEND:
                return Allowed(_GRANTED, "S-SND-02") if person.talks else Allowed(_REFUSABLE, "S-SND-01")
            case Endpoint.CHECK:
                return Allowed(_GRANTED, "S-CHK-01")
            case Endpoint.CREATE:
                return self._to_create(person)
            case Endpoint.DROP:
                return _to_drop(person.call)
            case _:
                return _to_poll(person.call, engaged=asked.epoch == person.call.epoch)

    def _to_create(self, person: _Person) -> Allowed:
        if person.may_call is None:
            return Allowed(_REFUSABLE | {Came.ERROR}, "S-CRE-01")
        if not person.may_call:
            return Allowed(NO_SUCCESS - {Came.FORBIDDEN}, "S-CRE-01", {Came.GRANTED: "S-CRE-03"})
        if person.call.may_live:
            return Allowed(_REFUSABLE, "S-CRE-04")
        if self._known.grants:
            return Allowed(_GRANTED, "S-DRP-05" if person.call.dropped else "S-CRE-01")
        return Allowed(_REFUSABLE, "S-CRE-01")

    # What follows from what came

    def _taken(self, asked: Asked, seen: Seen, came: Came) -> Contradiction | None:
        person = self._person(asked.user)
        now = seen.over if seen.over is not None else asked.sent
        match asked.endpoint:
            case Endpoint.EVENTS:
                return self._polled(asked, seen, person, now)
            case Endpoint.DROP:
                person.call.said_over = came is not Came.GRANTED and person.call.may_live
                if came is Came.GRANTED:
                    person.call.was_dropped()
            case _ if came is not Came.GRANTED:
                pass
            case Endpoint.TOKEN:
                life = _life(seen)
                good = asked.sent + (SHORTEST_LIFE if life is None else life) - MARGIN
                token = str(seen.answer["AccessToken"])
                self._lives[token] = (good, now + (LONGEST_LIFE if life is None else min(life, LONGEST_LIFE)) + MARGIN)
            case Endpoint.APPLY_TOKEN:
                person.tokens = Tokens(asked.tokens.access, str(seen.answer["token"]))
                person.applied = asked.sent
            case Endpoint.SEND:
                person.talks = True
            case Endpoint.CHECK:
                flags = (seen.answer.get("webRTCSupported"), seen.answer.get("clickToCallSupported"))
                person.may_call = flags == (True, True) if set(map(type, flags)) == {bool} else None
            case _:
                person.call.was_created(now)
        return None

    def _polled(self, asked: Asked, seen: Seen, person: _Person, now: float) -> Contradiction | None:
        call = person.call
        if seen.event is None:
            return self._without_event(asked, seen, call, now)
        states, dropped = call.states, call.dropped
        taken = call.takes(seen.event)
        if asked.epoch != call.epoch:  # it may be of the call before
            call.states |= states
            return None
        if taken:
            return None
        if not states:
            others = any(other.call.states for other in self._people.values())
            rule, allowed = "S-ISO-01" if others else "S-POL-13", _NO_CALL
        elif dropped:
            rule, allowed = "S-POL-12" if states == {OVER} else "S-DRP-02", _DROPPED
        elif states == {OVER}:
            rule, allowed = "S-POL-12", _ENDED
        elif seen.event not in set(EventId):
            rule, allowed = "S-POL-01", _either_event(set(EventId))
        else:
            following = {event for state in states if state != OVER for event in self._course[state]}
            rule = "S-CRE-04" if call.again else "S-POL-14" if not asked.alone else self._out_of_order()
            allowed = _either_event(following)
        return Contradiction(rule, seen.serial, allowed, told(seen))

    def _out_of_order(self) -> str:
        return "S-POL-11" if self._known.events is None else "S-POL-10"

    def _without_event(self, asked: Asked, seen: Seen, call: Call, now: float) -> Contradiction | None:
        """Look whether a poll ended empty although there must have been something to report."""
        if asked.epoch != call.epoch or not asked.alone:
            return None
        if call.said_over and call.may_live and asked.sent >= call.created:
            return Contradiction("S-DRP-01", seen.serial, _REFUSED_DROP, told(seen))
        if self._known.events is None or call.dropped or len(call.states) != 1:
            return None
        (state,) = call.states
        if not 0 <= state < len(self._known.events):
            return None
        due, event = self._known.events[state]
        if now <= call.created + due + MARGIN:
            return None
        rule = "S-EXP-03" if self._person(asked.user).applied >= call.created else "S-POL-10"
        return Contradiction(rule, seen.serial, _either_event({event}), told(seen))


def _to_drop(call: Call) -> Allowed:
    if call.may_live:
        return Allowed(_REFUSABLE, "S-DRP-01")
    return Allowed(_REFUSABLE | {Came.ERROR}, "S-DRP-03")


def _to_poll(call: Call, *, engaged: bool) -> Allowed:
    answers = frozenset({Came.EMPTY, Came.EVENT})
    if not (call.may_live and engaged):
        answers |= {Came.REFUSED}
    return Allowed(answers, "S-POL-02", {Came.NOTHING: "S-POL-03"})


def _life(seen: Seen) -> float | None:
    """Give the seconds that `Expires` grants; `None` if it does not say (facts §1)."""
    text = str(seen.answer.get("Expires", ""))
    return float(text) if text.isdecimal() and int(text) > 0 else None


_NO_CALL: Final = Words("no event: this user has created no call", "不应有事件：该用户未创建呼叫")
_ENDED: Final = Words("no further event: the call has ended", "不应再有事件：呼叫已结束")
_DROPPED: Final = Words("at most the end of the call, once: it was dropped", "至多一次呼叫结束事件：呼叫已被挂断")
_REFUSED_DROP: Final = Words(
    "the event that ended the call, since its drop was refused", "结束呼叫的事件，因为挂断请求被拒绝"
)


def _either_event(events: Iterable[int]) -> Words:
    names = [f"{int(event)} {event_name(event)}" for event in sorted(events)]
    if not names:
        return Words("no event, or the end of the call", "无事件，或呼叫结束")
    return Words(" or ".join((*names, "no event yet")), "，或".join((*names, "暂无事件")))
