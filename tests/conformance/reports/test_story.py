"""A violation told: rule, case, messages, what was allowed, what came, how to see it again; in both languages."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest
from cec_client.protocol import Endpoint, Signal, SignalKind
from cec_conformance.cases.fixed import FIXED
from cec_conformance.cases.recorded import RECORDED
from cec_conformance.evidence import scenario_text
from cec_conformance.judging import State, judge
from cec_conformance.reports.story import MOST_SHOWN, Story, tell
from cec_conformance.reports.story_lines import MOST_OTHERS, story_lines
from cec_conformance.reports.summary import Summary
from cec_conformance.results import CaseResult, CounterExample, RunBegan, RunEnded
from cec_conformance.rules import CLIENT_RULES
from cec_conformance.run import Run
from cec_conformance.twins.original import Original
from mock_cec.scenario.loading import load
from mock_cec.trace.columns import width
from mock_cec.trace.diagram import plain

from tests.conformance.reports.played import HANG_UP, RELEASED, RULES, SETTINGS, CleansUp, bad, result

if TYPE_CHECKING:
    from cec_client.protocol import Exchange
    from cec_conformance.words import Language

MEDIA = tuple(rule for rule in CLIENT_RULES if rule.id == "C-POLL-14")


def summary(*results: CaseResult, example: CounterExample | None = None) -> Summary:
    began = RunBegan("node my.js", (), SETTINGS)
    return Summary(RULES, began, results, {example.rule: example} if example else {}, RunEnded(1.0))


def story(found: Summary, rule: str = "C-DROP-02") -> Story:
    return tell(found, next(tally for tally in found.violations if tally.rule.id == rule))


def text(found: Story, language: Language = "en") -> str:
    return plain(story_lines(found, language))


def test_a_story_says_what_was_demanded_allowed_and_what_came() -> None:
    said = text(story(summary(*bad())))

    for part in (
        "C-DROP-02  MUST · inferred · guide §4.2",
        "Demanded      There is no dropClickToCall before a create has succeeded.",
        "Case          hang-up: Connected; the user hangs up",
        "Allowed next  after #2 applyToken: checkClickToCallSupport (§5.2)",
        "What came     #3 dropClickToCall: it came before any create had succeeded",
        "│ dropClickToCall ───────────────>│",
        "C-DROP-02: here",
        "event: queued",
        "Again         cec-conformance client --case hang-up -- node my.js",
        "Also in       released",
    ):
        assert part in said


def test_it_is_told_in_chinese_too() -> None:
    said = text(story(summary(*bad())), "zh")

    for part in (
        "由文档推出 · 文档 §4.2",
        "要求",
        "#2 applyToken 之后：checkClickToCallSupport（§5.2）",
        "此处",
        "重现",
    ):
        assert part in said


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_line_but_commands_fits_eighty_columns(language: Language) -> None:
    lines = text(story(summary(*bad())), language).splitlines()

    assert [line for line in lines if width(line) > 80 and "cec-conformance" not in line] == []


class Hasty(Original):
    """Drops before anything else."""

    async def first_login(self) -> None:
        await self.exchange(Endpoint.DROP)
        await super().first_login()


def test_a_client_may_go_astray_at_the_very_beginning() -> None:
    said = text(story(summary(result(HANG_UP, Hasty))))

    assert "Allowed next  at the beginning: tokenByAkSk, to log in (§2.1)" in said


class Basic(Original):
    """Uses another scheme."""

    def headers(self, endpoint: Endpoint) -> dict[str, str]:
        return super().headers(endpoint) | {"Authorization": "Basic x"}


def test_a_request_of_the_wrong_form_is_shown_as_it_was_sent() -> None:
    found = story(summary(result(HANG_UP, Basic)), "T-BEARER-01")

    assert found.turn is None
    assert found.sent[0] == "GET /apiaccess/ccmessaging/v1/checkClickToCallSupport?channel=WEB"
    assert "authorization: basic x" in [line.lower() for line in found.sent]
    assert "As sent" in text(found)
    assert "What came     it was Basic x" in text(found)
    assert "Accepted too  Any token after it." in text(found)
    assert "Also in" not in text(found)


def test_a_smallest_example_is_a_file_to_play_and_to_judge() -> None:
    smallest = result(HANG_UP, CleansUp)
    example = CounterExample("C-DROP-02", smallest, scenario_text(HANG_UP), 12)
    found = story(summary(*bad(), example=example))

    assert found.scenario == example.scenario
    assert found.again == (
        "cec-conformance client --scenario hang-up.yaml --hangup-after 0.5 -- node my.js",
        "mock-cec --scenario hang-up.yaml",
    )
    assert "The script, to be saved as hang-up.yaml" in text(found)


def test_an_example_that_could_not_be_made_smaller_is_named() -> None:
    case = next(case for case in FIXED if case.name == "hang-up")
    example = CounterExample("C-DROP-02", result(case, CleansUp), scenario_text(case), 12)

    found = story(summary(*bad(), example=example))
    assert found.again == ("cec-conformance client --case hang-up -- node my.js",)
    assert "The script\n" in text(found)


@pytest.mark.parametrize("client", ["--in-process my_client:place", "--persistent -- node my.js"])
def test_the_command_names_the_client_as_it_was_given(client: str) -> None:
    given = summary(*bad())
    given.began = RunBegan("my.js", (), {"client": client})

    assert story(given).again == (f"cec-conformance client --case hang-up {client}",)


def test_the_scenario_is_read_back_as_the_one_that_was_played() -> None:
    scenario = load(scenario_text(HANG_UP), "x.yaml")

    assert msgspec.structs.replace(scenario, title="") == msgspec.structs.replace(HANG_UP.scenario, title="")
    assert scenario.title == HANG_UP.title.en


def test_of_a_recording_there_is_no_script_and_the_command_shows_it_again() -> None:
    played = result(HANG_UP, CleansUp)
    recording = msgspec.structs.replace(
        played, case=msgspec.structs.replace(played.case, scenario=RECORDED), ending=None
    )
    found = story(summary(recording))

    assert (found.scenario, found.again) == (None, (SETTINGS["command"],))
    assert "The script" not in text(found)


def test_of_a_long_trace_the_beginning_and_the_decisive_part_are_told() -> None:
    played = result(HANG_UP, CleansUp)
    exchanges = played.trace.exchanges
    poll = exchanges[5]
    many = (*exchanges[:5], *(replace(poll, serial=6 + number) for number in range(100)))
    verdicts = tuple(
        msgspec.structs.replace(
            one, observations=tuple(msgspec.structs.replace(seen, at=(60,)) for seen in one.observations)
        )
        if one.state is State.FAILED
        else one
        for one in played.verdicts
    )
    long = msgspec.structs.replace(played, trace=replace(played.trace, exchanges=many), verdicts=verdicts)
    found = story(summary(long))

    shown = [exchange.serial for scene in found.scenes for exchange in scene.trace.exchanges]
    assert shown == [*range(1, 7), *range(54, 63)]
    assert [scene.left_out for scene in found.scenes] == [0, 47]
    assert (found.left_out, len(shown) <= MOST_SHOWN) == (43, True)
    assert "⋮ 47 messages left out" in text(found)
    assert "⋮ 43 messages left out" in text(found)


def test_only_some_of_the_other_cases_are_named() -> None:
    results = [bad()[0]]
    for number in range(MOST_OTHERS + 2):
        case = msgspec.structs.replace(HANG_UP, name=f"case-{number}", aims=())
        results.append(msgspec.structs.replace(results[0], case=case))

    assert "and 2 more" in text(story(summary(*results)))


def test_a_client_that_sent_nothing_is_told_without_messages() -> None:
    played = result(HANG_UP, CleansUp)
    silent = msgspec.structs.replace(played, trace=replace(played.trace, exchanges=()))
    found = story(summary(silent))

    assert (found.scenes, found.turn, found.sent) == ((), None, ())


GATEWAY = {"domain": "x.example", "accessCode": "1790", "clickToCallCaller": "Card", "gwAddresses": ["ws://x.example"]}


def dialled_wrongly(exchanges: tuple[Exchange, ...]) -> CaseResult:
    """Give a run in which the sixth exchange is "connected", and the client calls the caller then."""
    connected = json.dumps({"resultCode": "0", "eventId": 168101, "content": GATEWAY}).encode()
    played = result(RELEASED, rules=MEDIA)
    told = tuple(
        replace(one, response_body=connected, request_complete=float(one.serial), answer_ended=one.serial + 0.5)
        for one in exchanges
    )
    invite = "INVITE sip:Card@x.example SIP/2.0\r\nVia: x\r\nFrom: <sip:Card@x.example>\r\nCall-ID: 1\r\n\r\nv=0\r\n"
    texts = ("WebSocket opened", invite, "SIP/2.0 404 Not Found\r\nCSeq: 1 INVITE\r\n\r\n", "WebSocket closed")
    kinds = (SignalKind.STATE, SignalKind.RECEIVED, SignalKind.SENT, SignalKind.STATE)
    signals = tuple(
        Signal(serial=number, at=6.5 + number / 10, kind=kind, text=said)
        for number, (kind, said) in enumerate(zip(kinds, texts, strict=True), 1)
    )
    trace = replace(played.trace, exchanges=told, signals=signals)
    return msgspec.structs.replace(played, trace=trace, verdicts=judge(Run(trace), MEDIA))


def media_story(found: CaseResult) -> Story:
    return story(Summary(MEDIA, RunBegan("node my.js", (), SETTINGS), (found,), {}, RunEnded(1.0)), "C-POLL-14")


def test_a_wrong_media_call_is_told_with_its_invite() -> None:
    exchanges = result(RELEASED).trace.exchanges[:6]
    found = media_story(dialled_wrongly(exchanges))

    assert (found.decisive, found.signals, found.turn) == ((6,), (2,), None)
    assert found.sent == ("INVITE sip:Card@x.example SIP/2.0", "From: <sip:Card@x.example>")
    lines = text(found).splitlines()
    place = next(number for number, line in enumerate(lines) if "SIP INVITE Card" in line)
    assert "C-POLL-14 here" in lines[place + 1]
    assert "What came     accessCode was" in text(found)


def test_of_a_long_trace_each_scene_has_the_signals_of_its_time() -> None:
    exchanges = result(RELEASED).trace.exchanges[:6]
    poll = exchanges[5]
    many = (*exchanges[:5], *(replace(poll, serial=6 + number) for number in range(100)))
    found = media_story(dialled_wrongly(many))

    assert len(found.scenes) == 1
    assert [signal.serial for scene in found.scenes for signal in scene.trace.signals] == [1, 2, 3, 4]
    assert found.left_out > 0

    later = dialled_wrongly(many)
    moved = tuple(replace(signal, at=signal.at + 50) for signal in later.trace.signals)
    trace = replace(later.trace, signals=moved)
    found = media_story(msgspec.structs.replace(later, trace=trace, verdicts=judge(Run(trace), MEDIA)))

    assert [[signal.serial for signal in scene.trace.signals] for scene in found.scenes] == [[], [1, 2, 3, 4]]
