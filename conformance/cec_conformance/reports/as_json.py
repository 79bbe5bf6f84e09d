"""The report for programs: `--json FILE`, versioned, as `docs/reports.md` documents it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from cec_conformance.evidence import pretty
from cec_conformance.judging import State  # noqa: TC001  (the schema is made of the types)
from cec_conformance.reports.conclusion import Conclusion, Demands, conclude
from cec_conformance.reports.measuring import Measure, client_policy
from cec_conformance.reports.story import tell
from cec_conformance.reports.summary import Gathering
from cec_conformance.reports.writing import write
from cec_conformance.results import RunEnded, Subject
from cec_conformance.rule import Level, Observation  # noqa: TC001  (the schema is made of the types)
from cec_conformance.words import Words  # noqa: TC001  (the schema is made of the types)

if TYPE_CHECKING:
    from pathlib import Path

    from cec_conformance.reports.story import Story
    from cec_conformance.reports.summary import Summary, Tally
    from cec_conformance.results import CaseResult, Event
    from cec_conformance.rule import Rule

FORMAT: Final = "cec-conformance-report"
VERSION: Final = 1


class JsonVerdict(Struct, kw_only=True):
    """What a case says of a rule: its state, what was seen, and why it is blocked or not exercised."""

    rule: str
    state: State
    observations: tuple[Observation, ...]
    because: Words | None


class JsonCase(Struct, kw_only=True):
    """A case: what was wanted, how the client ended, and its verdicts."""

    name: str
    title: Words
    flow: str
    media: str
    connect_media: bool
    hangup_after: float | None
    hangup_when: str
    exchanges: int
    exit_status: int | None
    outcome: str | None
    skipped: bool
    trouble: Words | None
    verdicts: tuple[JsonVerdict, ...]


class JsonRule(Struct, kw_only=True):
    """A rule, and what all cases together say of it; `cases` has the names of the cases by state."""

    id: str
    level: Level
    basis: Words
    section: str
    words: Words
    accepts: Words | None
    state: State
    cases: dict[State, tuple[str, ...]]
    reasons: tuple[Words, ...]


class JsonStory(Struct, kw_only=True):
    """How a rule was broken, in the case that tells it best.

    `decisive` has the serials of the exchanges that show it and `signals` those of messages to the gateway, `scenario`
    is YAML for `mock-cec --scenario FILE`, `again` has command lines, and `curl` lines for a shell that do to a server
    what the visit did.
    """

    rule: str
    case: str
    got: tuple[Words, ...]
    decisive: tuple[int, ...]
    signals: tuple[int, ...]
    allowed_after: int | None
    allowed: Words | None
    came: int | None
    scenario: str | None
    again: tuple[str, ...]
    others: tuple[str, ...]
    curl: tuple[str, ...]


class JsonMeasurement(Struct, kw_only=True):
    """Something measured of the client's policy."""

    name: Words
    value: Words


class JsonReport(Struct, kw_only=True):
    """The report."""

    format: Literal["cec-conformance-report"]
    version: Literal[1]
    target: str
    subject: Subject
    settings: dict[str, str]
    seconds: float
    conclusion: Conclusion
    rules: tuple[JsonRule, ...]
    cases: tuple[JsonCase, ...]
    stories: tuple[JsonStory, ...]
    policy: tuple[JsonMeasurement, ...]


class JsonFile:
    """Writes the report as a JSON file when the run has ended.

    Args:
        file: Where.
        rules: The catalogue.
        demands: What the run has to show.
        measure: What measures the client's policy.
    """

    def __init__(
        self,
        file: Path,
        rules: tuple[Rule, ...],
        demands: Demands | None = None,
        measure: Measure = client_policy,
    ) -> None:
        self._file = file
        self._gathering = Gathering(rules)
        self._demands = demands or Demands()
        self._measure = measure

    def __call__(self, event: Event) -> None:
        """Take an event.

        Raises:
            ReportError: The file cannot be written.
        """
        self._gathering(event)
        if isinstance(event, RunEnded):
            write(self._file, pretty(json_report(self._gathering.summary(), self._demands, self._measure)))


def json_report(summary: Summary, demands: Demands, measure: Measure = client_policy) -> JsonReport:
    """Make the report of a summary."""
    return JsonReport(
        format=FORMAT,
        version=VERSION,
        target=summary.began.target,
        subject=summary.began.subject,
        settings=dict(summary.began.settings),
        seconds=summary.ended.seconds if summary.ended else 0.0,
        conclusion=conclude(summary, demands),
        rules=tuple(_rule(tally) for tally in summary.tallies),
        cases=tuple(_case(result) for result in summary.results),
        stories=tuple(_story(tell(summary, tally)) for tally in summary.violations),
        policy=tuple(JsonMeasurement(name=name, value=words) for name, words in measure(summary.results)),
    )


def _rule(tally: Tally) -> JsonRule:
    rule = tally.rule
    return JsonRule(
        id=rule.id,
        level=rule.level,
        basis=rule.basis.value,
        section=rule.section,
        words=rule.words,
        accepts=rule.accepts,
        state=tally.state,
        cases={state: tuple(names) for state, names in tally.cases.items()},
        reasons=tally.reasons,
    )


def _case(result: CaseResult) -> JsonCase:
    case, ending = result.case, result.ending
    return JsonCase(
        name=case.name,
        title=case.title,
        flow=case.flow,
        media=case.media,
        connect_media=case.connect_media,
        hangup_after=case.hangup_after,
        hangup_when=case.hangup_when,
        exchanges=len(result.trace.exchanges),
        exit_status=ending.exit_status if ending else None,
        outcome=ending.outcome if ending else None,
        skipped=result.skipped,
        trouble=result.trouble,
        verdicts=tuple(
            JsonVerdict(rule=one.rule, state=one.state, observations=one.observations, because=one.because)
            for one in result.verdicts
        ),
    )


def _story(story: Story) -> JsonStory:
    turn = story.turn
    return JsonStory(
        rule=story.rule.id,
        case=story.result.case.name,
        got=story.got,
        decisive=story.decisive,
        signals=story.signals,
        allowed_after=turn.after.serial if turn and turn.after else None,
        allowed=turn.allowed.words if turn else None,
        came=turn.came.serial if turn and turn.came else None,
        scenario=story.scenario,
        again=story.again,
        others=story.others,
        curl=story.curl,
    )
