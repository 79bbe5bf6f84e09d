"""What a live platform is spared, and when it is left alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cec_client.protocol import Endpoint
from cec_conformance.command import main
from cec_conformance.judging import judge
from cec_conformance.reports.discreet import masked
from cec_conformance.results import CaseResult
from cec_conformance.run import Run
from cec_conformance.server.gentleness import MOST_SERVER_ERRORS, Guard, missing
from cec_conformance.server.playing import pay
from cec_conformance.server.rules import SERVER_RULES
from cec_conformance.server.twins.original import Original, answered
from cec_conformance.server.visit import Means
from cec_conformance.server.visits import VISITS
from click.testing import CliRunner

from tests.conformance.server.serving import ENVIRONMENT, LOGIN, twin

if TYPE_CHECKING:
    from pathlib import Path

    from cec_conformance.server.twins.original import Question, Reply
    from cec_conformance.server.visit import Visit
    from click.testing import Result

GENTLE = [visit for visit in VISITS if not visit.means]


def judged(url: str, *arguments: str) -> Result:
    given = ["server", "--gentle", "--pause", "0", "--base-url", url, *LOGIN, *arguments]
    return CliRunner(env=ENVIRONMENT).invoke(main, given)


def test_a_guard_lets_through_what_may_be_asked_and_no_more() -> None:
    guard = Guard(1)
    assert guard.asking(Endpoint.TOKEN) is None
    assert guard.asking(Endpoint.CREATE) is None
    assert guard.asking(None) is None
    enough = guard.asking(Endpoint.CREATE)
    assert enough is not None
    assert "more calls than the 1 that may be created" in enough.en


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        ((200, 401, 403, 404, 500, 503, 200, 500), None),
        ((200, 429), "429, too many requests, and was left alone at once"),
        ((500, 502, 503), f"{MOST_SERVER_ERRORS} requests in a row with a 5xx, the last 503"),
    ],
)
def test_a_platform_in_trouble_is_left_alone(statuses: tuple[int, ...], said: str | None) -> None:
    guard = Guard(1)
    found = [guard.answered(status) for status in statuses]
    assert found[:-1] == [None] * (len(statuses) - 1)
    assert (found[-1] and found[-1].en) is None if said is None else said in str(found[-1])


def test_a_visit_that_lacks_its_means_says_what_it_would_take() -> None:
    everything = frozenset(Means)
    assert missing(VISITS, everything) == {}
    found = missing(VISITS, frozenset())
    assert found.keys() == {visit.name for visit in VISITS if visit.means}
    assert found["tokens-after-an-hour"].en == (
        "it would take an hour's patience, or a clock that can be moved, and leave to send what no client would send "
        "(not in --gentle)"
    )


def test_calls_are_given_out_to_the_visits_that_come_first() -> None:
    calling = [visit for visit in GENTLE if visit.calls]
    few = missing(calling, frozenset(), 2)
    paid = [visit for visit in calling if visit.name not in few]
    assert sum(visit.calls for visit in paid) <= 2
    assert calling[0] in paid
    assert all("than the 2 that may be created (--most-calls)" in words.en for words in few.values())
    assert set(missing(GENTLE, frozenset(), 0)) == {visit.name for visit in calling}


def test_visits_create_no_more_calls_than_they_say() -> None:
    for visit in VISITS:
        assert len(Run(pay(visit)).creates) <= visit.calls or Means.LICENCE in visit.means, visit.name


class TooMany(Original):
    """Answers 429 once somebody creates a call."""

    async def asked(self, question: Question) -> Question | Reply:
        """Refuse it."""
        if question.endpoint is Endpoint.CREATE:
            return answered(429, {"errorCode": "429", "exceptionInfo": "too many requests"})
        return question


def test_a_run_ends_at_once_at_a_429_and_reports_what_was_seen(tmp_path: Path) -> None:
    with twin(TooMany) as url:
        cases = ("--case", "login", "--case", "text-then-call", "--case", "drop-at-once")
        done = judged(url, *cases, "--json", str(tmp_path / "report.json"))

    assert done.exit_code == 2, done.output
    assert "Not judged: the platform answered 429, too many requests, and was left alone at once." in " ".join(
        done.output.split()
    )
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    exchanges = {case["name"]: case["exchanges"] for case in report["cases"]}
    assert exchanges == {"login": 2, "text-then-call": 5, "drop-at-once": 0}
    assert [case["skipped"] for case in report["cases"]] == [False, True, True]


def test_a_gentle_run_creates_no_more_calls_than_it_may() -> None:
    created: list[str] = []

    class Counts(Original):
        """Counts what is created."""

        async def asked(self, question: Question) -> Question | Reply:
            """Count."""
            if question.endpoint is Endpoint.CREATE:
                created.append(question.path)
            return question

    with twin(Counts) as url:
        done = judged(url, "--most-calls", "1", "--rule", "S-DRP-01")
    assert done.exit_code == 0, done.output
    assert len(created) == 1


def test_neither_users_nor_what_was_said_get_into_the_reports_of_a_gentle_run(tmp_path: Path) -> None:
    with twin() as url:
        done = judged(url, "--case", "call-and-hang-up", "--evidence", str(tmp_path / "evidence"))
    assert done.exit_code == 0, done.output

    trace = (tmp_path / "evidence/cases/call-and-hang-up/trace.json").read_text("utf-8")
    assert "<user 1>" in trace
    assert "AnonymousCard" not in trace
    again = CliRunner().invoke(main, ["trace", str(tmp_path / "evidence")])
    assert again.exit_code == 0, again.output


@pytest.mark.parametrize("visit", GENTLE, ids=lambda visit: visit.name)
def test_no_verdict_changes_with_the_secrets_and_the_personal_data_gone(visit: Visit) -> None:
    trace = pay(visit)
    verdicts = judge(Run(trace), SERVER_RULES)
    hidden = masked(CaseResult(visit, trace, verdicts), personal=True)
    assert [one.state for one in judge(Run(hidden.trace), SERVER_RULES)] == [one.state for one in verdicts]
