"""A media call and the call that it is the sound of: what either end does to the other."""

from __future__ import annotations

import pytest
from mock_cec.gateway.deeds import By
from mock_cec.gateway.media_call import (
    Act,
    Answer,
    CutSocket,
    HangUp,
    Refuse,
    Ring,
    ScriptChanged,
    State,
)

from tests.mock_server.gateway.calls import Call, create

RELEASED = "[{after: 1s, event: connected}, {after: 4s, event: released}]"


@pytest.mark.parametrize(
    ("gateway", "at_once", "later"),
    [
        ("", [Ring(), Answer()], []),
        ("ring: 3s", [Ring()], [Answer()]),
        ("answer: busy", [Refuse(486)], []),
        ("answer: unavailable", [Refuse(480)], []),
        ("answer: declines", [Refuse(603)], []),
        ("answer: declines, ring: 3s", [Ring()], [Refuse(603)]),
        ("answer: never", [Ring()], []),
    ],
)
def test_an_invite_is_answered_as_the_scenario_says(gateway: str, at_once: list[Act], later: list[Act]) -> None:
    placed = Call(gateway)
    assert placed.begin() == at_once
    assert placed.call.look(2.9) == []
    assert placed.call.look(3.0) == later
    assert placed.call.look(60.0) == []


@pytest.mark.parametrize(
    ("gateway", "events", "wakes"),
    [
        ("ring: 3s", "[]", 3.0),
        ("answer: never", "[]", None),
        ("answer: never", RELEASED, 5.0),
        ("ring: 9s", RELEASED, 5.0),
        ("ring: 9s, drop_socket: 2s", RELEASED, 2.0),
        ("", "[]", None),
        ("answer: busy", RELEASED, None),
    ],
)
def test_it_wants_to_be_woken_for_whatever_comes_first(gateway: str, events: str, wakes: float | None) -> None:
    placed = Call(gateway, events)
    placed.begin()
    assert placed.call.wake_at(0.0) == wakes


def test_the_event_that_ends_the_call_is_a_bye_when_it_is_due_though_nobody_polls() -> None:
    placed = Call(events=RELEASED).up()
    assert placed.call.state is State.UP
    assert placed.call.look(4.9) == []
    assert placed.call.look(5.0) == [HangUp(16, "168110 Call disconnected")]
    assert placed.call.over
    assert placed.call.look(5.0) == []
    assert placed.call.ended_by(By.GATEWAY, 5.0) == []
    assert [due.event.step for due in placed.session.script.waiting(5.0)][-1] == "events[1] released"


@pytest.mark.parametrize(
    ("events", "cause"),
    [("[{after: 2s, event: failed}]", 41), ("[{after: 2s, event: queue_timeout}]", 16)],
)
def test_a_call_that_fails_says_so_in_its_cause(events: str, cause: int) -> None:
    (last,) = Call(events=events).up().call.look(2.0)
    assert isinstance(last, HangUp)
    assert last.cause == cause


def test_a_call_that_ends_while_it_rings_is_hung_up_as_well() -> None:
    placed = Call("answer: never", RELEASED)
    placed.begin()
    assert placed.call.look(5.0) == [HangUp(16, "168110 Call disconnected")]


def test_a_drop_is_a_bye() -> None:
    placed = Call().up()
    placed.session.script.drop(2.0)
    assert placed.call.look(2.0) == [HangUp(16, "dropClickToCall")]
    assert placed.coming == [(2.1, "on_drop released")]


def test_a_new_call_ends_the_media_of_the_old_one() -> None:
    placed = Call(events="[]").up()
    placed.tenant.clock.advance(60.0)  # type: ignore[attr-defined]
    create(placed.tenant)
    assert placed.call.look(60.0) == [HangUp(16, "another call was created")]


@pytest.mark.parametrize("by", [By.CALLER, By.CANCEL, By.SOCKET, By.SILENCE])
def test_what_the_caller_ends_is_followed_by_released(by: By) -> None:
    placed = Call().up()
    assert placed.call.ended_by(by, 2.0) == [ScriptChanged()]
    assert placed.coming[-1] == (2.1, "gateway.on_hangup released")
    assert placed.call.ended
    assert placed.session.script.live(2.05)
    assert not placed.session.script.live(2.1)
    cause = placed.session.script.waiting(2.1)[-1].event.cause
    assert cause is not None
    assert cause.desc == "the caller hung up"


def test_the_scenario_may_want_another_event_or_none_after_it() -> None:
    failed = Call("on_hangup: {after: 2s, event: failed}").up()
    failed.call.ended_by(By.CALLER, 1.0)
    assert failed.coming[-1] == (3.0, "gateway.on_hangup failed")
    silent = Call("on_hangup: silence").up()
    assert silent.call.ended_by(By.CALLER, 2.0) == []
    assert silent.session.script.live(3600.0)


def test_a_call_that_ends_by_itself_before_that_event_would_come_gets_no_second_end() -> None:
    placed = Call(events="[{after: 1s, event: released}]").up()
    assert placed.call.ended_by(By.CALLER, 0.95) == []
    assert placed.coming == [(1.0, "events[0] released")]
    late = Call(events=RELEASED).up()
    assert late.call.ended_by(By.CALLER, 1.5) == [ScriptChanged()]
    assert late.coming[-1] == (1.6, "gateway.on_hangup released")


def test_a_bye_after_the_end_of_the_call_changes_nothing() -> None:
    placed = Call(events=RELEASED).up()
    placed.session.script.drop(1.0)
    assert placed.call.ended_by(By.CALLER, 1.0) == []


def test_media_that_fail_end_the_call_unless_the_scenario_lets_them() -> None:
    placed = Call().up()
    assert placed.call.heard_of_media("connected", 1.0) == []
    assert placed.call.heard_of_media("failed", 2.0) == [HangUp(41, "the media failed"), ScriptChanged()]
    assert placed.call.heard_of_media("failed", 2.0) == []
    wished = Call("ice: fails").up()
    assert wished.call.heard_of_media("failed", 2.0) == []
    assert (wished.call.media, wished.call.over) == ("failed", False)


def test_the_socket_of_the_first_invite_is_cut_and_of_no_other() -> None:
    placed = Call("drop_socket: 2s").up()
    assert placed.call.look(2.0) == [CutSocket()]
    assert placed.call.look(2.0) == []
    again = Call("drop_socket: 2s", dials=1).up()
    assert again.call.look(60.0) == []


def test_an_answer_that_comes_after_the_end_is_not_sent() -> None:
    placed = Call()
    placed.begin()
    placed.call.ended_by(By.CANCEL, 0.0)
    assert not placed.call.answered(0.1)
    placed.call.confirmed(0.1)
    placed.call.refused("too late", 0.1)
    assert placed.call.ended == "the caller cancelled"


def test_what_the_gateway_cannot_take_is_over_and_the_call_lives_on() -> None:
    placed = Call()
    placed.begin()
    placed.call.refused("refused: 488", 0.0)
    assert placed.call.over
    assert placed.session.script.live(60.0)


def test_it_hangs_up_when_the_tenant_begins_anew() -> None:
    placed = Call().up()
    assert placed.call.give_up("the server stops", 1.0) == [HangUp(16, "the server stops")]
    assert placed.call.give_up("again", 1.0) == []


def test_whether_keys_come_back_is_the_scenarios() -> None:
    assert Call().call.echoes_keys
    assert not Call("dtmf: none").call.echoes_keys
