"""Generated cases: whole scenarios that a server may play, drawn by Hypothesis.

Every call ends, by an event or by the user. What a fault takes the place of comes later, so no event is lost. Simple
things come first, so that a failure shrinks to a short story: no faults, few events, short pauses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, get_args

from hypothesis import strategies as st

from cec_conformance.cases.case import Case, Flow, Media, Moment
from cec_conformance.cases.writing import scenario
from cec_conformance.words import Words

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

TITLE: Final = Words("Generated", "随机生成")

_FLOWS: Final[tuple[Flow, ...]] = get_args(Flow)
_MEDIA: Final[tuple[Media, ...]] = get_args(Media)
_MOMENTS: Final[tuple[Moment, ...]] = get_args(Moment)
_PAUSES: Final = ("100ms", "300ms", "1s", "3s", "12s")
_HANG_UPS: Final = (0.0, 0.2, 1.0, 4.0)
_MOST_ROWS: Final = 3
_LONGEST_ROW: Final = 5
"""Polls meet faults in rows: how many rows, and how long; four failures in a row are where a client has to stop."""

_FAILURES: Final[tuple[dict[str, Any], ...]] = (
    {"code": "1", "desc": "system busy"},
    {"status": 403},
    {"status": 503},
    {"status": 500, "body": "html"},
    {"close": "within the body"},
    {"body": "cut short"},
)
"""What a poll may get that is a failure, the documented ones first (guide §5 step 4, §6.1)."""

_SMALL_FAULTS: Final[tuple[dict[str, Any], ...]] = ({"delay": "300ms"}, {"delay": "12s"}, {"expire": "both"})


def cases(*, slow: bool = True) -> SearchStrategy[Case]:
    """Give the strategy of whole cases.

    Args:
        slow: Whether some answers come late, by 12 seconds; without, a real client is through in some seconds.
    """
    return _cases(_PAUSES if slow else _PAUSES[:3], slow=slow)


@st.composite
def _cases(draw: st.DrawFn, pauses: tuple[str, ...], *, slow: bool) -> Case:
    flow = draw(st.sampled_from(_FLOWS))
    hangup_after = draw(st.none() | st.sampled_from(_HANG_UPS))
    hangup_when = draw(st.sampled_from(_MOMENTS)) if hangup_after is not None else _MOMENTS[0]
    settings: dict[str, Any] = {"hold": draw(st.sampled_from(("2s", "500ms", "5s")))}
    if polls := draw(_polls(slow=slow)):
        settings["polls"] = polls
    settings |= draw(_elsewhere(slow=slow))
    if draw(st.integers(0, 9)) == 9:  # noqa: PLR2004  (one in ten)
        settings["on_drop"] = "silence"
    return Case(
        name="generated",
        title=TITLE,
        scenario=scenario("Generated", events=draw(_events(pauses)), **settings),
        flow=flow,
        media=draw(st.sampled_from(_MEDIA)),
        hangup_after=hangup_after,
        hangup_when=hangup_when,
    )


@st.composite
def _events(draw: st.DrawFn, pauses: tuple[str, ...]) -> list[str]:
    """Draw the events of one call in a legal order, up to the one that ends it (guide §5 step 4)."""
    queued = st.lists(st.just("queued"), max_size=2)
    names = draw(queued)
    if draw(st.booleans()):
        names.append("connected")
        for _ in range(draw(st.integers(0, 2))):
            names += ["transferred", *draw(queued)]
            if draw(st.booleans()):
                names.append("connected")
    in_queue = not names or names[-1] != "connected"
    names.append(draw(st.sampled_from(("released", "failed", "queue_timeout") if in_queue else ("released", "failed"))))
    return [f"{draw(st.sampled_from(pauses))} {name}" for name in names]


@st.composite
def _polls(draw: st.DrawFn, *, slow: bool) -> dict[str, dict[str, Any]]:
    """Draw what some polls get in place of their answer: rows of faults, with other polls between them or not."""
    faults = (*_FAILURES, *_SMALL_FAULTS) if slow else (*_FAILURES, _SMALL_FAULTS[0], _SMALL_FAULTS[2])
    rows = st.tuples(st.integers(0, 2), st.integers(1, _LONGEST_ROW), st.sampled_from(faults))
    polls: dict[str, dict[str, Any]] = {}
    first = 1
    for gap, length, fault in draw(st.lists(rows, max_size=_MOST_ROWS)):
        first += gap
        polls[f"{first}-{first + length - 1}" if length > 1 else f"{first}"] = fault
        first += length
    return polls


@st.composite
def _elsewhere(draw: st.DrawFn, *, slow: bool) -> dict[str, dict[str, dict[str, Any]]]:
    """Draw a failure of some other request, once."""
    if draw(st.integers(0, 3)) < 3:  # noqa: PLR2004  (three in four)
        return {}
    door = draw(st.sampled_from(("checks", "creates", "sends", "drops", "logins", "applies")))
    ordinal = draw(st.sampled_from(("1", "2", "1-2")))
    fault = draw(st.sampled_from((*_FAILURES[:3], {"delay": "300ms"}, *(({"delay": "3s"},) if slow else ()))))
    if door in {"logins", "applies"} and fault.get("status") == 403:  # noqa: PLR2004  (a login that says: log in)
        fault = _FAILURES[0] if door == "applies" else {"status": 503}
    if door == "logins" and "code" in fault:
        fault = {"status": 503}
    return {door: {ordinal: fault}}
