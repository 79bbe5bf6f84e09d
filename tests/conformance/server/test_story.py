"""A violation of a server's, told: what was sent, what was answered, and the lines that do it again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from cec_conformance.cases.recorded import RECORDED, recorded
from cec_conformance.judging import State, Verdict, judge
from cec_conformance.reports.conclusion import Demands, conclude
from cec_conformance.reports.html import html
from cec_conformance.reports.story import Story, tell
from cec_conformance.reports.story_lines import story_lines
from cec_conformance.reports.summary import Summary
from cec_conformance.results import CaseResult, RunBegan, RunEnded
from cec_conformance.rule import Observation, Saw
from cec_conformance.run import Run
from cec_conformance.server.playing import pay
from cec_conformance.server.rules import SERVER_RULES
from cec_conformance.server.twins import SERVER_TWINS
from cec_conformance.server.visits import VISITS
from cec_conformance.words import Words
from mock_cec.trace.diagram import plain
from msgspec.structs import replace as changed

if TYPE_CHECKING:
    from cec_client.protocol import Exchange

pytestmark = pytest.mark.usefixtures("silent_emulator")

SETTINGS = {"server": "--base-url http://cec.test --app-key k --channel-id c"}
NAME = "login-with-bad-credentials"
RULE = "S-TOK-02"


@pytest.fixture
def broken() -> CaseResult:
    """Visit the twin that lets any secret in."""
    visit = next(visit for visit in VISITS if visit.name == NAME)
    trace = pay(visit, SERVER_TWINS[RULE])
    return CaseResult(visit, trace, judge(Run(trace), SERVER_RULES))


def summary(*results: CaseResult) -> Summary:
    return Summary(SERVER_RULES, RunBegan("http://cec.test", (), SETTINGS, "server"), results, {}, RunEnded(1.0))


def story(result: CaseResult) -> Story:
    found = summary(result)
    return tell(found, next(tally for tally in found.violations if tally.rule.id == RULE))


def with_answer(result: CaseResult, **members: object) -> CaseResult:
    """Have the decisive exchange come out otherwise."""
    first, *rest = result.trace.exchanges
    other: Exchange = replace(first, **members)  # type: ignore[arg-type]
    return changed(result, trace=replace(result.trace, exchanges=(other, *rest)))


def test_it_is_told_by_what_was_sent_and_answered_and_never_by_the_flow_of_clients(broken: CaseResult) -> None:
    found = story(broken)
    said = plain(story_lines(found, "en"))

    assert found.turn is None
    assert found.sent[0] == "POST /apigovernance/api/oauth/tokenByAkSk"
    assert found.answered[:2] == ("HTTP 200", "content-type: application/json")
    for part in ("As sent       POST", "As answered   HTTP 200", "By hand, with curl", "<- here", "The script"):
        assert part in said
    assert f"Again         cec-conformance server --case {NAME} {SETTINGS['server']}" in said
    assert "用 curl 手工重现" in plain(story_lines(found, "zh"))
    page = html(summary(broken), Demands(), "en").decode()
    assert "By hand, with curl" in page
    assert "As answered" in page


def test_an_answer_that_never_came_is_not_shown(broken: CaseResult) -> None:
    assert story(with_answer(broken, status=None, response_body=b"")).answered == ()


def test_a_long_answer_is_cut(broken: CaseResult) -> None:
    long = story(with_answer(broken, response_body=b"x" * 5000)).answered
    assert long[-1] == "x" * 2000 + "…"
    assert story(with_answer(broken, response_body=b"")).answered[-1] == "content-type: application/json"


def test_where_nobody_set_the_scenario_none_is_shown(broken: CaseResult) -> None:
    found = story(changed(broken, case=changed(broken.case, scenario=RECORDED)))
    assert found.scenario is None
    assert found.curl
    assert "The script" not in plain(story_lines(found, "en"))


def test_what_was_made_up_has_lines_for_a_shell_but_no_visit_to_pay_again(broken: CaseResult) -> None:
    verdict = Verdict(RULE, State.FAILED, (Observation(Saw.BROKEN, (1,), Words("it came", "来了")),))
    made_up = changed(broken, case=recorded("explored", "Made up", "随机"), verdicts=(verdict,), searched=True)
    found = story(made_up)
    assert found.again == ()
    assert any("<- here" in line for line in found.curl)


def test_trouble_is_never_the_server_s(broken: CaseResult) -> None:
    found = summary(changed(broken, verdicts=(), trouble=Words("no port", "没有端口")))
    sentence = conclude(found, Demands()).sentence
    assert sentence.en == f"Not judged: the judge or this machine, not the server, had trouble with {NAME}."
    assert "而非服务端" in sentence.zh


def test_visits_that_were_not_paid_are_not_counted(broken: CaseResult) -> None:
    because = Words("it would take a control channel", "需要控制接口")
    skipped = changed(
        broken,
        case=changed(broken.case, name="other"),
        verdicts=(Verdict(RULE, State.NOT_EXERCISED, because=because),),
        skipped=True,
    )
    kept = changed(broken, verdicts=(Verdict("S-TOK-01", State.PASSED),))
    found = summary(kept, skipped)
    assert "exercised in 1 case." in conclude(found, Demands()).sentence.en
    assert "it would take a control channel" in html(found, Demands(), "en").decode()
