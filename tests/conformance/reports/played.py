"""Runs to report on: real cases, played in virtual time, judged by a small catalogue that has a rule of each sort."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cec_client.protocol import Endpoint
from cec_conformance.cases.case import Case
from cec_conformance.cases.writing import scenario
from cec_conformance.facts import Fact
from cec_conformance.judging import judge
from cec_conformance.results import CaseBegan, CaseEnded, CaseResult, Ending, RunBegan, RunEnded
from cec_conformance.rule import Basis, Family, Level, broken, kept, noted
from cec_conformance.rules import CLIENT_RULES
from cec_conformance.run import Run
from cec_conformance.twins.original import Original
from cec_conformance.virtual.playing import play
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cec_conformance.results import Event
    from cec_conformance.rule import Observation, Rule

TESTS = Family("For the tests of reports", "报告测试用")


@TESTS.rule("T-LOGIN-01", Level.MUST, Basis.DOCUMENTED, "§2", Words("It logs in.", "登录。"), twin=Words("-", "-"))
def logs_in(run: Run) -> Iterator[Observation]:
    yield from (kept(login) for login in run.tokens)


@TESTS.rule(
    "T-BEARER-01",
    Level.MUST,
    Basis.DOCUMENTED,
    "§4.1",
    Words("Authorization begins with Bearer.", "Authorization 以 Bearer 开头。"),
    twin=Words("-", "-"),
    accepts=Words("Any token after it.", "其后令牌不限。"),
    needs=[Fact.AUTHORIZATION],
)
def bearer(run: Run) -> Iterator[Observation]:
    for seen in run.business:
        given = seen.header("authorization")
        yield kept(seen) if (given or "").startswith("Bearer ") else broken([seen], f"it was {given}", f"是 {given}")


@TESTS.rule("T-NEVER-01", Level.MUST, Basis.INFERRED, "§5.4", Words("Never met.", "从未触及。"), twin=Words("-", "-"))
def never(_run: Run) -> Iterator[Observation]:
    yield from ()


@TESTS.rule(
    "T-CALM-01", Level.SHOULD, Basis.HYGIENE, "", Words("It hangs up calmly.", "从容挂断。"), twin=Words("-", "-")
)
def calm(run: Run) -> Iterator[Observation]:
    drops = run.to(Endpoint.DROP)
    if drops:
        yield kept(drops[-1]) if len(drops) == 1 else broken(drops, f"{len(drops)} drops", f"挂断 {len(drops)} 次")


@TESTS.rule(
    "T-NOTE-01", Level.INFO, Basis.REFERENCE, "", Words("Polls are counted.", "计数轮询。"), twin=Words("-", "-")
)
def counted(run: Run) -> Iterator[Observation]:
    if run.polls:
        yield noted(run.polls[-1:], f"{len(run.polls)} polls", f"轮询 {len(run.polls)} 次")


RULES: tuple[Rule, ...] = (*(rule for rule in CLIENT_RULES if rule.id == "C-DROP-02"), *TESTS.rules)

HANG_UP = Case(
    name="hang-up",
    title=Words("Connected; the user hangs up", "接通后用户挂断"),
    scenario=scenario(events=["300ms queued", "500ms connected"], hold="5s"),
    hangup_after=0.5,
    aims=("C-DROP-02",),
)
RELEASED = Case(
    name="released",
    title=Words("Connected; the agent ends it", "坐席挂断"),
    scenario=scenario(events=["300ms connected", "500ms released"]),
)
CASES = (RELEASED, HANG_UP)

SETTINGS = {"command": "cec-conformance client --app-secret hunter2 -- node my.js", "seed": "7", "date": "2026-01-02"}


class CleansUp(Original):
    """Drops right after the login."""

    async def first_login(self) -> None:
        await super().first_login()
        await self.exchange(Endpoint.DROP)


def result(
    case: Case, client: type[Original] = Original, stdout: str = "", rules: tuple[Rule, ...] = RULES
) -> CaseResult:
    trace = play(case, lambda environment, transport: client(environment, transport).place())
    outcome, ended = trace.facts["outcome"], float(trace.facts["ended_at"])
    return CaseResult(case, trace, judge(Run(trace), rules), Ending(0, outcome, 0.0, ended, stdout))


def run_of(results: Iterable[CaseResult], unjudged: Words | None = None) -> Iterator[Event]:
    """Give the events that an engine would tell."""
    results = tuple(results)
    yield RunBegan("node my.js", tuple(one.case.name for one in results), SETTINGS)
    for one in results:
        yield CaseBegan(one.case)
        yield CaseEnded(one)
    yield RunEnded(1.5, unjudged)


def good() -> tuple[CaseResult, ...]:
    return tuple(result(case) for case in CASES)


def bad(stdout: str = "") -> tuple[CaseResult, ...]:
    return tuple(result(case, CleansUp, stdout) for case in CASES)
