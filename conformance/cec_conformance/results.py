"""What the engine tells while it judges: one stream of events, of which every report is made.

The stream is the only thing that reports see. It begins with `RunBegan` and ends with `RunEnded`; between them come
the cases, in the order in which they end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cec_client.protocol import Trace

    from cec_conformance.cases.case import Case
    from cec_conformance.judging import Verdict
    from cec_conformance.words import Words


Subject = Literal["client", "server"]
"""Which of the two is judged."""


class Ending(Struct, frozen=True):
    """How a client ended.

    Attributes:
        exit_status: Its exit status, negative for a signal; `None` if the judge had to end it.
        outcome: The outcome it printed; empty if its last line was none.
        began: When it was started, in seconds of the trace.
        ended: When it had ended, in seconds of the trace.
        stdout: The end of what it wrote there, as text.
        stderr: The same of its other output.
        written: How many bytes it wrote on both.
    """

    exit_status: int | None
    outcome: str
    began: float
    ended: float
    stdout: str = ""
    stderr: str = ""
    written: int = 0


class CaseResult(Struct, frozen=True):
    """What came of a case.

    Attributes:
        case: The case.
        trace: What went over the wire, with its facts.
        verdicts: A verdict for each rule of the catalogue, in its order; none if the case could not be judged.
        ending: How the client ended; `None` for a recording.
        skipped: Whether it was not played: the client said that it has no such flow or media, or the judge lacks what
            it takes to play it, or to visit a server so; the verdicts say why.
        trouble: Why the case could not be judged, which is never the client's fault; `None` if it was.
        searched: Whether a search found it, so that the verdicts are the search's own and not the rules'.
    """

    case: Case
    trace: Trace
    verdicts: tuple[Verdict, ...]
    ending: Ending | None = None
    skipped: bool = False
    trouble: Words | None = None
    searched: bool = False

    @property
    def why_skipped(self) -> Words | None:
        """Why it shows nothing; `None` if it was not skipped."""
        return next((verdict.because for verdict in self.verdicts if self.skipped and verdict.because), None)


class CounterExample(Struct, frozen=True):
    """The smallest case that was found to break a rule.

    Attributes:
        rule: The rule's id.
        result: What came of it.
        scenario: Its scenario as YAML, which `mock-cec --scenario FILE` plays.
        tries: How many smaller cases were tried.
    """

    rule: str
    result: CaseResult
    scenario: str
    tries: int


class RunBegan(Struct, frozen=True):
    """The run has begun.

    Attributes:
        target: What is judged, as the user named it.
        cases: The names of the cases that are known to come.
        settings: What else makes the run what it is: versions, command, seed, budget, date.
        subject: Whether that is a client or a server.
    """

    target: str
    cases: tuple[str, ...]
    settings: Mapping[str, str]
    subject: Subject = "client"


class CaseBegan(Struct, frozen=True):
    """A case has begun.

    Attributes:
        case: The case.
    """

    case: Case


class CaseEnded(Struct, frozen=True):
    """A case has ended.

    Attributes:
        result: What came of it.
    """

    result: CaseResult


class Shrunk(Struct, frozen=True):
    """A smaller case was found that breaks a rule.

    Attributes:
        example: The smallest one.
    """

    example: CounterExample


class RunEnded(Struct, frozen=True):
    """The run has ended.

    Attributes:
        seconds: How long it took.
        unjudged: Why nothing could be judged at all; `None` if something could.
    """

    seconds: float
    unjudged: Words | None = None


Event = RunBegan | CaseBegan | CaseEnded | Shrunk | RunEnded
"""What the engine tells."""
