"""Recordings judged: stored traces, HAR of browsers and backends, with facts that the user knows."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from cec_client.protocol import Endpoint, Exchange, Trace
from cec_conformance.cases.fixed import SIGNALLING, SMOKE
from cec_conformance.judging import State, judge
from cec_conformance.recordings import RecordingError, judge_trace, known, open_har, open_stored
from cec_conformance.reports.conclusion import Demands, conclude
from cec_conformance.reports.summary import Gathering, Summary
from cec_conformance.rules import CLIENT_RULES
from cec_conformance.run import Run
from cec_conformance.twins import TWINS
from cec_conformance.twins.original import Original
from cec_conformance.virtual.playing import play
from mock_cec.trace.har import write_har
from mock_cec.trace.masking import mask

from tests.conformance.reports.played import HANG_UP, RULES, CleansUp, result

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BASE = "https://cec.example/cc"


def judged(trace: Trace, **given: str) -> Summary:
    gathering = Gathering(RULES)
    for event in judge_trace(trace, RULES, target="x.har", given=given, settings={"command": "cec-conformance har x"}):
        gathering(event)
    return gathering.summary()


def states(summary: Summary) -> dict[str, State]:
    return {tally.rule.id: tally.state for tally in summary.tallies}


def everything(_entry: dict[str, Any]) -> bool:
    return True


def har(trace: Trace, keep: Callable[[dict[str, Any]], bool] = everything) -> bytes:
    """Write a HAR as a browser would: without our own members, and with only the entries that are kept."""
    log = json.loads(write_har(trace, BASE))["log"]
    entries = [entry for entry in log["entries"] if keep(entry)]
    for entry in entries:
        del entry["_exchange"]
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "WebInspector"}, "entries": entries}}).encode()


def is_login(entry: dict[str, Any]) -> bool:
    url: str = entry["request"]["url"]
    return url.endswith((Endpoint.TOKEN.path, Endpoint.APPLY_TOKEN.path))


def without_authorization(entry: dict[str, Any]) -> bool:
    headers = entry["request"]["headers"]
    entry["request"]["headers"] = [one for one in headers if one["name"].lower() != "authorization"]
    return not is_login(entry)


PLAYED = result(HANG_UP).trace


def file(folder: Path, name: str, data: bytes) -> str:
    (folder / name).write_bytes(data)
    return str(folder / name)


def test_a_browser_and_a_backend_together_are_one_run(tmp_path: Path) -> None:
    browser = file(tmp_path, "browser.har", har(PLAYED, keep=lambda entry: not is_login(entry)))
    backend = file(tmp_path, "backend.har", har(PLAYED, keep=is_login))
    trace = open_har([browser, backend])

    assert [one.target.partition("?")[0] for one in trace.exchanges] == [
        one.target.partition("?")[0] for one in PLAYED.exchanges
    ]
    assert states(judged(trace))["T-LOGIN-01"] is State.PASSED


def test_a_sanitised_export_without_logins_lacks_facts_and_says_which_export_to_use(tmp_path: Path) -> None:
    summary = judged(open_har([file(tmp_path, "browser.har", har(PLAYED, keep=without_authorization))]))
    found = states(summary)

    assert found["T-BEARER-01"] is State.NOT_EXERCISED
    [bearer] = [tally for tally in summary.tallies if tally.rule.id == "T-BEARER-01"]
    assert ['export "HAR (with sensitive data)"' in reason.en for reason in bearer.reasons] == [True]
    assert found["T-LOGIN-01"] is State.NOT_EXERCISED
    assert found["C-DROP-02"] is State.PASSED
    assert conclude(summary, Demands()).status == 0


@pytest.mark.parametrize(
    ("base_url", "path_prefix"), [(None, None), (BASE, None), (None, "/cc"), ("https://cec.example", "cc/")]
)
def test_where_the_platform_was_is_found_or_said(tmp_path: Path, base_url: str | None, path_prefix: str | None) -> None:
    trace = open_har([file(tmp_path, "x.har", har(PLAYED))], base_url, path_prefix)

    assert len(trace.exchanges) == len(PLAYED.exchanges)


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        (b"{", (), "x.har: this is not a HAR"),
        (b'{"log": {"entries": 3}}', (), "x.har: this is not a HAR"),
        (
            har(PLAYED),
            ("https://other.example",),
            "no request of the API in this HAR; expected some under https://other",
        ),
        (har(PLAYED), (None, "/api"), "expected some under /api"),
    ],
)
def test_a_file_that_cannot_be_judged_is_one_line(
    tmp_path: Path, data: bytes, options: tuple[str | None, ...], message: str
) -> None:
    with pytest.raises(RecordingError) as raised:
        open_har([file(tmp_path, "x.har", data)], *options)

    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"nothing\.har: cannot be read: No such file"):
        open_har([str(tmp_path / "nothing.har")])
    with pytest.raises(RecordingError, match=r"nothing\.json: cannot be read"):
        open_stored(str(tmp_path / "nothing.json"))


def test_a_stored_trace_gets_the_verdicts_of_the_live_run(tmp_path: Path) -> None:
    live = result(HANG_UP, CleansUp)
    summary = judged(open_stored(file(tmp_path, "trace.json", live.trace.to_json())))

    assert states(summary) == {verdict.rule: verdict.state for verdict in live.verdicts}
    assert conclude(summary, Demands()).status == 1
    assert summary.results[0].ending is None


def an_hour_later(exchange: Exchange) -> Exchange:
    def later(time: float | None) -> float | None:
        return None if time is None else time + 3600.0

    return replace(
        exchange,
        serial=exchange.serial + 100,
        request_complete=later(exchange.request_complete),
        answer_begun=later(exchange.answer_begun),
        answer_ended=later(exchange.answer_ended),
        connection_gone=later(exchange.connection_gone),
    )


def test_two_calls_of_a_recording_are_two_cases() -> None:
    twice = Trace(exchanges=(*PLAYED.exchanges, *map(an_hour_later, PLAYED.exchanges)))
    summary = judged(twice)

    assert [one.case.name for one in summary.results] == ["recording-1", "recording-2"]
    assert "conformance-user" in summary.results[0].case.title.en


def test_a_recording_of_nothing_cannot_be_judged() -> None:
    found = conclude(judged(Trace()), Demands())

    assert found.status == 2
    assert "no request of the API" in found.sentence.en


@pytest.mark.parametrize(
    ("options", "facts"),
    [
        ({"app_key": "k", "app_secret": "s"}, {"app_key": "k", "app_secret": "s"}),
        ({"channel_id": "c", "user_id": "u", "flow": "call"}, {"channel_id": "c", "user_id": "u", "flow": "call"}),
        ({"media": "video"}, {"media": "1"}),
        ({"media": "0"}, {"media": "0"}),
        ({"hangup_after": "never"}, {"hangup_after": ""}),
        ({"hangup_after": "2.5", "hangup_when": "queued"}, {"hangup_after": "2.5", "hangup_when": "queued"}),
        ({}, {}),
    ],
)
def test_what_the_user_knows_becomes_facts(options: dict[str, str], facts: dict[str, str]) -> None:
    assert known(**options) == facts


def test_given_facts_come_before_those_of_the_trace() -> None:
    trace = judged(PLAYED, flow="text_then_call").results[0].trace

    assert (trace.facts["flow"], trace.facts["media"]) == ("text_then_call", "0")


@pytest.mark.uncovered
@pytest.mark.parametrize(("rule", "client"), [("", Original), *TWINS.items()])
def test_a_masked_trace_gets_the_same_verdicts(rule: str, client: type[Original]) -> None:
    """The original plays every case; a twin those that aim at its rule, or the first look where any case shows it."""
    cases = [case for case in SIGNALLING if not rule or rule in case.aims] or SMOKE
    differing = []
    for case in cases:
        trace = play(case, lambda environment, transport: client(environment, transport).place())
        raw, masked = (
            [(verdict.rule, verdict.state) for verdict in judge(Run(one), CLIENT_RULES)] for one in (trace, mask(trace))
        )
        differing += [(case.name, *pair) for pair in zip(raw, masked, strict=True) if pair[0] != pair[1]]

    assert differing == []
