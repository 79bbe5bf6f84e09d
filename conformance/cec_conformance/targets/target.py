"""What a target is: somebody who plays cases with the client that is judged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from msgspec import Struct

from cec_conformance import facts
from cec_conformance.fairness import Measured

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cec_client.protocol import Trace

    from cec_conformance.cases.case import Case
    from cec_conformance.emulation import CasePort
    from cec_conformance.results import Ending
    from cec_conformance.words import Words

SKIP: Final = "skip"
"""The outcome of a client that has no such flow or media (driver contract)."""


class Played(Struct, frozen=True):
    """A case that has been played.

    Attributes:
        trace: What went over the wire, with its facts.
        ending: How the client ended; `None` if nobody saw that.
        measured: What tells whether the machine was fast enough.
        missing: What it would have taken to play it, and would do so; `None` if it was played.
    """

    trace: Trace
    ending: Ending | None
    measured: Measured = Measured()
    missing: Words | None = None

    @property
    def skipped(self) -> bool:
        """Whether the client said that it has no such flow or media."""
        return self.ending is not None and self.ending.outcome == SKIP


class Stopped(Exception):  # noqa: N818  (its name says what is wrong)
    """Raised when no more may be asked of a target; what was seen until then counts.

    Attributes:
        reason: Why.
        played: What came of the case until then.
    """

    def __init__(self, reason: Words, played: Played) -> None:
        super().__init__(reason.en)
        self.reason = reason
        self.played = played


class Target(Protocol):
    """Somebody who plays cases.

    Attributes:
        name: What is judged, as the user named it.
        most: How many cases it can play at a time; `None` for as many as one likes.
        probed: Whether a first case is to show that it keeps the contract at all.
    """

    name: str
    most: int | None
    probed: bool

    async def play(self, case: Case) -> Played:
        """Play a case to its end.

        Raises:
            CannotRun: The client cannot be started.
            Stopped: No more may be asked of it.
        """

    async def close(self) -> None:
        """End everything that still runs."""


class Launcher(Protocol):
    """Somebody who has a client place one call over the network."""

    name: str
    most: int | None
    probed: bool

    async def place(self, variables: Mapping[str, str], port: CasePort) -> tuple[Ending | None, float]:
        """Have a call placed, to its end; give how that was, and the seconds that starting a process took.

        Raises:
            CannotRun: The client cannot be started.
        """

    async def close(self) -> None:
        """End everything that still runs."""


def with_facts(trace: Trace, variables: Mapping[str, str], ending: Ending | None) -> Trace:
    """Put into a trace what is known beside the traffic."""
    known = facts.of_launch(variables)
    if ending is not None:
        known |= {
            facts.EXIT_STATUS: facts.KILLED if ending.exit_status is None else str(ending.exit_status),
            facts.ENDED_AT: repr(ending.ended),
            facts.OUTCOME: ending.outcome,
        }
    return replace(trace, facts={**trace.facts, **known})
