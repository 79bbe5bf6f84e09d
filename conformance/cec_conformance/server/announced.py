"""What happens in every call of a visit, as far as the platform was told: facts of the trace, written and read (pure).

They are for those who set the platform's scenario. A visit to a platform with a mind of its own has no such facts, and
the rules that need them are not exercised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from mock_cec.scenario.plan import plan
from msgspec import Struct

from cec_conformance import facts

if TYPE_CHECKING:
    from mock_cec.scenario.dialect import DialectName
    from mock_cec.scenario.model import Scenario

    from cec_conformance.run import Run


class Announced(Struct, frozen=True):
    """An event that is to come.

    Attributes:
        id: Its number.
        after: Seconds after the call was created.
    """

    id: int
    after: float


def announced(scenario: Scenario, dialect: DialectName | None = None) -> dict[str, str]:
    """Give the facts of a visit whose scenario the platform plays.

    A scenario with answers of its own says nothing of events: any of them may be lost.

    Args:
        scenario: What the platform plays.
        dialect: In place of the scenario's own.
    """
    spoken: dict[str, str] = {facts.DIALECT: dialect or scenario.dialect}
    if scenario.answers:
        return spoken
    events = [Announced(event.id, event.after) for event in plan(scenario).timeline]
    return spoken | {facts.EVENTS: msgspec.json.encode(events).decode()}


def events(run: Run) -> tuple[Announced, ...]:
    """Give the events of every call of a run; none if they are not known (see `Fact.EVENTS`)."""
    return msgspec.json.decode(run.fact(facts.EVENTS) or "[]", type=tuple[Announced, ...])
