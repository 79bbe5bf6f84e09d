"""Reports get events without secrets, whoever said them."""

from __future__ import annotations

import msgspec
import pytest
from cec_conformance.judging import State, Verdict
from cec_conformance.reports.discreet import discreet, masked, without_options
from cec_conformance.results import CaseEnded, CounterExample, RunBegan, RunEnded, Shrunk
from cec_conformance.rule import Observation, Saw
from cec_conformance.words import Words

from tests.conformance.reports.played import HANG_UP, result

SECRET = "conformance-secret"


def test_one_secret_has_one_label_in_traffic_verdicts_and_output() -> None:
    plain = result(HANG_UP)
    token = plain.trace.exchanges[2].request_header("authorization") or ""
    token = token.removeprefix("Bearer ")
    told = Verdict("X", State.FAILED, (Observation(Saw.BROKEN, (1,), Words(f"sent {token}", f"发送了 {token}")),))
    assert plain.ending is not None
    talking = msgspec.structs.replace(
        plain,
        verdicts=(told,),
        ending=msgspec.structs.replace(plain.ending, stdout=f"debug {token} {SECRET}"),
        trouble=Words(f"could not pass {SECRET}", "无"),
    )

    found = masked(talking)

    got = found.verdicts[0].observations[0].got
    label = (found.trace.exchanges[2].request_header("authorization") or "").removeprefix("Bearer ")
    assert label.startswith("<access-token")
    assert got == Words(f"sent {label}", f"发送了 {label}")
    assert found.ending is not None
    assert found.ending.stdout == f"debug {label} <app-secret 1>"
    assert found.trouble == Words("could not pass <app-secret 1>", "无")
    for secret in (token, SECRET):
        assert secret not in msgspec.json.encode(found.verdicts).decode() + found.trace.to_json().decode()
    assert found.trace.facts.keys() == plain.trace.facts.keys()


def test_masking_twice_changes_nothing() -> None:
    once = masked(result(HANG_UP))

    assert masked(once) == once


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("x --app-secret hunter2 -- y", "x --app-secret *** -- y"),
        ("x --app-secret=hunter2", "x --app-secret=***"),
        ("x --control-token 'a b' z", "x --control-token *** z"),
        ("x --app-key k", "x --app-key k"),
    ],
)
def test_secrets_in_a_command_line_are_hidden(command: str, shown: str) -> None:
    assert without_options(command) == shown
    assert discreet(RunBegan(command, (), {"command": command})) == RunBegan(shown, (), {"command": shown})


def test_every_event_that_holds_a_result_is_masked() -> None:
    plain = result(HANG_UP)

    ended, shrunk = discreet(CaseEnded(plain)), discreet(Shrunk(CounterExample("X", plain, "title: x", 0)))

    assert ended == CaseEnded(masked(plain))
    assert shrunk == Shrunk(CounterExample("X", masked(plain), "title: x", 0))
    assert discreet(RunEnded(1.0)) == RunEnded(1.0)
