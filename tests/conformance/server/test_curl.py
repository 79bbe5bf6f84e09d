"""A visit as lines for a shell, which anybody can run."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from cec_client.protocol import Exchange, Trace
from cec_conformance import facts
from cec_conformance.cases.recorded import RECORDED
from cec_conformance.cases.writing import scenario
from cec_conformance.judging import State, judge
from cec_conformance.reports.discreet import masked
from cec_conformance.results import CaseResult
from cec_conformance.run import Run
from cec_conformance.server.curl import lines
from cec_conformance.server.playing import pay
from cec_conformance.server.rules import SERVER_RULES
from cec_conformance.server.twins import SERVER_TWINS
from cec_conformance.server.visits import VISITS
from mock_cec.serving import BackgroundServer

from tests.conformance.server.serving import CREDENTIALS, platform, twin

if TYPE_CHECKING:
    from collections.abc import Sequence

BY_NAME = {visit.name: visit for visit in VISITS}


def bash(script: Sequence[str], **environment: str) -> str:
    """Run lines, and give all that they print."""
    given = os.environ | {"NO_PROXY": "127.0.0.1", **environment}
    done = subprocess.run(
        ["bash", "-u"], input="\n".join(script), env=given, capture_output=True, text=True, timeout=40, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def visited(name: str, rule: str) -> tuple[Trace, tuple[int, ...]]:
    """Visit a rule's twin in virtual time; give the masked trace, as reports have it, and what is decisive."""
    visit = BY_NAME[name]
    trace = pay(visit, SERVER_TWINS[rule])
    verdicts = judge(Run(trace), SERVER_RULES)
    result = masked(CaseResult(visit, trace, verdicts))
    verdict = next(verdict for verdict in result.verdicts if verdict.rule == rule)
    assert verdict.state is State.FAILED
    return result.trace, verdict.observations[0].at


def at(trace: Trace, url: str) -> Trace:
    """Have a trace be one of the server at a URL."""
    found = {
        **trace.facts,
        facts.BASE_URL: url,
        facts.TOKEN_BASE_URL: url,
        facts.APP_KEY: CREDENTIALS.app_key,
        facts.CHANNEL_ID: CREDENTIALS.channel_id,
    }
    given = {trace.facts[name]: found[name] for name in (facts.APP_KEY, facts.CHANNEL_ID)}

    def renamed(text: str) -> str:
        for old, new in given.items():
            text = text.replace(old, new)
        return text

    exchanges = (
        Exchange(
            **{name: getattr(one, name) for name in Exchange.__slots__}
            | {
                "request_headers": tuple((name, renamed(value)) for name, value in one.request_headers),
                "request_body": renamed(one.request_body.decode()).encode(),
            }
        )
        for one in trace.exchanges
    )
    return Trace(exchanges=tuple(exchanges), facts=found)


@pytest.mark.parametrize(
    ("name", "rule", "shown"),
    [
        ("login-with-bad-credentials", "S-TOK-02", '"AccessToken"'),
        ("steps-with-bad-ccmessaging-token", "S-HDR-02", '"resultCode":"0"'),
        ("drop-without-a-call", "S-DRP-03", "500 after"),
    ],
)
def test_the_lines_of_a_story_show_it_again_in_a_shell(name: str, rule: str, shown: str) -> None:
    trace, decisive = visited(name, rule)
    with twin(SERVER_TWINS[rule]) as url:
        script = lines(at(trace, url), decisive)
        said = bash(script, CEC_APP_SECRET=CREDENTIALS.app_secret)

    assert script[-1].startswith("curl ") or script[-1] == "wait" or "=$(curl" in script[-1]
    assert any("<- here" in line for line in script)
    assert shown in said


def test_the_lines_bring_a_tenant_of_their_own_where_a_control_channel_makes_them() -> None:
    visit = BY_NAME["call-failed"]
    trace = pay(visit)
    with BackgroundServer(platform()) as server:
        url = server.base_url
        made = {**trace.facts, facts.BASE_URL: url, facts.TOKEN_BASE_URL: url, facts.CONTROL_URL: f"{url}/__mock"}
        made |= {facts.APP_KEY: "curl-tenant"}
        renamed = Trace.from_json(
            Trace(exchanges=trace.exchanges, facts=made)
            .to_json()
            .replace(trace.facts[facts.APP_KEY].encode(), b"curl-tenant")
            .replace(trace.facts[facts.CHANNEL_ID].encode(), b"mock-channel")
        )
        said = bash(lines(renamed, (), visit.scenario))

    assert '"eventId":168105' in said
    assert said.rstrip().endswith('{"done":true}') or '{"done":true}' in said


def test_requests_that_were_beside_each_other_are_so_again_and_pauses_are_kept() -> None:
    trace = pay(BY_NAME["drop-beside-a-poll"])
    script = lines(trace)

    beside = [place for place, line in enumerate(script) if line.endswith(" &")]
    assert beside
    name = re.fullmatch(r"(P\d+)=\$!", script[beside[0] + 1])
    assert name is not None
    assert f"wait ${name[1]}" in script or script[-1] == "wait"
    assert any(line.startswith("sleep ") for line in script)


def test_a_request_that_was_over_is_waited_for_before_the_next() -> None:
    held = exchange(answer_ended=5.0)
    beside = exchange(serial=2, request_complete=2.0, answer_ended=2.5)
    later = exchange(serial=3, request_complete=6.0, answer_ended=6.5)
    script = lines(Trace(exchanges=(held, beside, later)))

    plain = [line for line in script if not line.startswith(("#", "curl"))]
    assert plain[-4:] == ["P1=$!", "sleep 1.0", "wait $P1", "sleep 1.0"]


def test_a_clock_that_moves_is_moved_in_place_of_sleeping() -> None:
    visit = BY_NAME["tokens-after-an-hour"]
    trace = pay(visit)
    made = Trace(
        exchanges=trace.exchanges,
        facts={**trace.facts, facts.CONTROL_URL: "http://cec.test/__mock", facts.CLOCK: "auto"},
    )
    script = lines(made, (), visit.scenario)
    assert any('clock" -d' in line and "advance" in line for line in script)
    assert not any(line.startswith("sleep") for line in script)
    assert '"clock":"auto"' in "\n".join(script)


def exchange(**members: object) -> Exchange:
    given: dict[str, object] = {
        "serial": 1,
        "method": "GET",
        "target": "/apiaccess/ccmessaging/v1/checkClickToCallSupport?channel=WEB",
        "request_complete": 1.0,
    }
    return Exchange(**given | members)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (exchange(method="PUT"), "-X PUT"),
        (exchange(method="HEAD"), "-I"),
        (exchange(method="POST", request_body=b"{"), "-H 'Content-Type:' --data-binary '{'"),
        (exchange(request_headers=(("x-app-key", ""),)), "-H 'x-app-key;'"),
        (exchange(script={"left": "so"}, connection_gone=1.5), "-m 0.5"),
        (exchange(script={"meant": "a `bad` $(token)"}), "with a _bad_ __token_: it got no answer"),
        (exchange(target="/apiaccess/ccmessaging/send?x=it's"), """send?x=it'"'"'s'"""),
    ],
)
def test_what_is_odd_about_a_request_is_sent_again_as_it_was(one: Exchange, said: str) -> None:
    assert said in "\n".join(lines(Trace(exchanges=(one,), facts={facts.APP_KEY: "k"})))


def test_tokens_of_elsewhere_are_fetched_there() -> None:
    one = exchange(method="POST", target="/apigovernance/api/oauth/tokenByAkSk", request_body=b"{}")
    made = {facts.BASE_URL: "http://cec.test", facts.TOKEN_BASE_URL: "http://tokens.test"}
    script = lines(Trace(exchanges=(one,), facts=made))
    assert "CEC_TOKEN=http://tokens.test" in script
    assert '"$CEC_TOKEN"/apigovernance' in script[-1]


def test_a_trace_without_requests_has_no_lines() -> None:
    assert lines(Trace()) == ()
    assert lines(Trace(exchanges=(exchange(target="/elsewhere"),))) == ()


def test_a_visit_whose_scenario_nobody_set_makes_no_tenant() -> None:
    script = lines(Trace(exchanges=(exchange(),), facts={facts.CONTROL_URL: "http://cec.test"}), (), None)
    assert not any("CONTROL" in line for line in script)
    assert scenario() != RECORDED
