"""Each scenario does what its title says; played with made-up times, without a socket."""

from __future__ import annotations

from itertools import chain

import pytest
from cec_client.protocol import TERMINAL, Endpoint
from mock_cec.scenario import catalogue
from mock_cec.scenario.answering import told
from mock_cec.scenario.model import CauseSetting, GatewayScript, Refusal, Scenario, Support
from mock_cec.scenario.plan import Plan, plan
from mock_cec.scenario.rehearsal import Polled, rehearse
from mock_cec.script import CallScript, Due, Nothing
from mock_cec.text_session import TextSession

NO_CALL = ("no_agents", "unsupported_channel", "unsupported_tenant")
ENDED_BY_THE_OTHER_SIDE = {
    "agent_hangs_up": ["released"],
    "call_failed": ["failed"],
    "create_unheard": ["released"],
    "gateway_busy": ["failed"],
    "gateway_declines": ["released"],
    "gateway_never_answers": ["released"],
    "gateway_unavailable": ["failed"],
    "guide_samples": ["released"],
    "media_then_released": ["released"],
    "missing_members": ["released"],
    "odd_answers": ["released"],
    "poll_errors_persist": ["released"],
    "queue_timeout": ["queue_timeout"],
    "reference_dialect": ["queue_timeout"],
}


def named(name: str) -> Plan:
    return plan(catalogue.find(name))


def story(name: str) -> list[str]:
    """What each poll gets of a client that polls on at once."""
    playing = named(name)
    return [what(poll, playing.dialect.expired_status) for poll in rehearse(playing)]


def what(poll: Polled, expired: int) -> str:
    if poll.event:
        return poll.event.step.partition(" ")[2]
    if poll.step:
        return told(poll.step.answer, expired)[0].removeprefix("HTTP ").replace("resultCode", "code")
    return "nothing"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("answered", ["connected"]),
        ("queue_then_answered", ["queued", "connected"]),
        ("queue_timeout", ["queued", "queue_timeout"]),
        ("transfer", ["queued", "connected", "transferred", "connected"]),
        ("call_failed", ["queued", "failed"]),
        ("agent_hangs_up", ["queued", "connected", "released"]),
        ("token_expiry", ["queued", "403", "connected"]),
        ("poll_errors_recover", ["queued", "code 1", "code 1", "code 1", "connected"]),
        ("poll_errors_persist", ["queued", "code 1", "code 1", "code 1", "code 1"]),
        ("slow_poll", ["connected"]),
        ("quiet", ["nothing"] * 3 + ["queued"] + ["nothing"] * 2 + ["connected"]),
        ("text_chat", ["queued", "connected"]),
        ("connection_lost", ["queued", "broken", "broken", "broken", "connected"]),
        ("create_unheard", ["queued", "connected", "released"]),
        ("dripping", ["queued", "connected"]),
        ("event_lost", ["broken", "502", "transferred", "connected"]),
        ("expired_unseen", ["queued", "403", "connected"]),
        ("gateway_errors", ["queued", "502", "503", "429", "connected"]),
        ("login_refused", ["queued", "403", "connected"]),
        ("missing_members", ["queued", "connected", "transferred", "connected", "released"]),
        ("never_answered", ["queued", "no answer", "connected"]),
        ("odd_answers", ["queued", "connected", "transferred", "connected", "released"]),
        ("stale_connection", ["queued", "no answer", "connected"]),
        ("tokens_die_everywhere", ["queued", "403", "connected"]),
        ("unreadable_answers", ["queued", "broken", "broken", "broken", "connected"]),
        ("wrong_charset", ["queued", "code 1", "connected"]),
        ("reference_dialect", ["queued", "401", "connected", "transferred", "queue_timeout"]),
        ("agent_tone", ["connected"]),
        ("agent_voice", ["queued", "connected"]),
        ("bare_addresses", ["connected"]),
        ("gateway_busy", ["queued", "connected", "failed"]),
        ("gateway_declines", ["connected", "released"]),
        ("gateway_ice_fails", ["connected"]),
        ("gateway_never_answers", ["connected", "released"]),
        ("gateway_not_dialled", ["connected"]),
        ("gateway_rings", ["connected"]),
        ("gateway_socket_lost", ["connected"]),
        ("gateway_unavailable", ["connected", "failed"]),
        ("media_stops", ["connected"]),
        ("media_then_released", ["queued", "connected", "released"]),
        ("one_way_audio", ["connected"]),
        ("guide_samples", ["queued", "nothing", "connected", "transferred", "connected", "released"]),
    ],
)
def test_polls_get(name: str, expected: list[str]) -> None:
    assert story(name) == expected


@pytest.mark.parametrize("name", [name for name in catalogue.names() if name not in NO_CALL])
def test_a_call_stays_up_until_someone_hangs_up_unless_the_name_says_otherwise(name: str) -> None:
    playing = named(name)
    script = CallScript(playing)
    assert script.create(0.0)
    ending = [event for event in playing.timeline if event.id in TERMINAL]
    assert script.live(3600) == (not ending)
    assert [event.step.partition(" ")[2] for event in ending] == ENDED_BY_THE_OTHER_SIDE.get(name, [])


@pytest.mark.parametrize("name", [name for name in catalogue.names() if name not in NO_CALL])
def test_a_user_who_hangs_up_is_told_so_at_once(name: str) -> None:
    script = CallScript(named(name))
    script.create(0.0)
    hold = script.poll(0.1)
    assert script.drop(0.2)
    assert script.collect(hold, 0.25) is Nothing.NOT_YET
    taken = script.collect(hold, 0.31)
    assert isinstance(taken, Due)
    assert taken.event.id == 168110


@pytest.mark.parametrize("name", [name for name in catalogue.names() if name not in {*NO_CALL, "slow_poll"}])
def test_nothing_bores(name: str) -> None:
    for event in named(name).timeline:
        assert event.after <= 15


def test_slow_poll_outlasts_a_time_limit_of_ten_seconds_and_not_the_guides() -> None:
    (poll,) = rehearse(named("slow_poll"))
    assert 10 < poll.at < 60


def test_token_expiry_hits_a_poll_that_was_waiting_while_the_call_lives() -> None:
    playing = named("token_expiry")
    queued, expired, connected = rehearse(playing)
    assert expired.at > queued.at + 1
    assert connected.at > expired.at
    assert connected.event == playing.timeline[1]


def test_poll_errors_persist_goes_on_for_ever() -> None:
    (step,) = named("poll_errors_persist").answers[Endpoint.EVENTS]
    assert 10**6 in step.ordinals


def test_no_agents_refuses_every_create() -> None:
    assert catalogue.find("no_agents").create == Refusal(code="13", desc="No agents available currently")


def test_unsupported_is_the_tenant_or_the_channel() -> None:
    assert catalogue.find("unsupported_tenant").support == Support(webrtc=False)
    assert catalogue.find("unsupported_channel").support == Support(click_to_call=False)


def test_guide_samples_are_those_of_the_guide() -> None:
    scenario = catalogue.find("guide_samples")
    assert scenario.gateway == GatewayScript(
        domain="xxx", addresses=("xx1", "xx2"), callee="179080000537636", caller="AnonymousCard"
    )
    assert scenario.tokens.ccmessaging_value == "xxx"
    assert scenario.events[-1].cause == CauseSetting(id=-1, desc="xxxx")
    assert not isinstance(scenario.on_drop, str)
    assert scenario.on_drop.cause == CauseSetting(id=-1, desc="xxxx")


def test_the_agent_of_text_chat_answers_four_messages_and_leaves() -> None:
    session = TextSession(named("text_chat"))
    assert session.send("CONNECT", 0.0) == ("0", "")
    welcome = session.collect(3.0)
    assert [spoken.line.by for spoken in welcome] == ["system", "system", "agent"]
    now = 10.0
    answers = []
    for _ in range(4):
        assert session.send("CHAT", now) == ("0", "sendUserMessage successfully.")
        now += 5.0
        answers.append([spoken.line.say or "(leaves)" for spoken in session.collect(now)])
    assert [len(answer) for answer in answers] == [1, 2, 1, 2]
    assert answers[-1][-1] == "(leaves)"
    assert session.send("CHAT", now) == ("13", "sendUserMessage failed")
    chinese = [said for said in chain.from_iterable(answers) if "一" <= said[0] <= "鿿"]
    assert len(chinese) == 5


@pytest.mark.parametrize("name", [name for name in catalogue.names() if name != "reference_dialect"])
def test_the_default_settings_are_those_of_the_format(name: str) -> None:
    scenario, usual = catalogue.find(name), Scenario(title="x")
    assert scenario.cors == usual.cors
    assert scenario.dialect == usual.dialect
