"""What the control API does, each operation seen from both sides: by whoever controls, and by the emulated client."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING, Any

import pytest
from cec_client.protocol import Trace
from cec_client.protocol.codes import EXPIRED_TEXT
from mock_cec.control import operations

if TYPE_CHECKING:
    from tests.mock_server.control.conftest import House

OTHER = "title: Released soon\nevents:\n  - {after: 1s, event: released}\non_drop: silence\n"


def test_it_lives(house: House) -> None:
    answer = house.ask("GET", "/health").json()
    assert (answer["status"], answer["tenants"]) == ("ok", 1)
    assert answer["uptime"] >= 0


def test_a_test_needs_nothing_but_its_own_app_key(house: House) -> None:
    view = house.ask("POST", "/tenants", json={"app_key": "mine"}).json()
    assert (view["name"], view["app_secret"], view["channel_id"]) == ("mine", "mock-app-secret", "mock-channel")
    assert view["base_url"] == "http://localhost:8360"
    assert view["clock"]["kind"] == "real"
    user = house.login("mine")
    assert user.call("createClickToCall").json()["resultCode"] == "0"
    assert len(house.found("mine").sessions) == 1
    assert not house.found("default").sessions


def test_what_is_left_out_is_made_up(house: House) -> None:
    first, second = house.ask("POST", "/tenants").json(), house.tenant()
    assert first["name"] == first["app_key"] != second["app_key"]
    assert house.tenant(name="n")["app_key"] == "n"
    assert house.tenant(app_key="键 / with no name")["name"].startswith("tenant-")
    assert len(house.ask("GET", "/tenants").json()["tenants"]) == 5


@pytest.mark.parametrize(
    ("wish", "title"),
    [
        ("queue_timeout", "Queued, and nobody takes the call before the queue times out"),
        (OTHER, "Released soon"),
        ("{title: In one line}", "In one line"),
        ({"title": "键", "answers": {"send": {"2": {"status": 403}}}}, "键"),
    ],
)
def test_a_scenario_is_a_name_or_a_text_or_an_object(house: House, wish: Any, title: str) -> None:
    view = house.tenant(scenario=wish, dialect="guide", name="t")
    assert (view["title"], view["dialect"]) == (title, "guide")
    assert house.ask("GET", "/tenants/t").json() == view


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ("queue_timeot", 'did you mean "queue_timeout"'),
        ("/etc/passwd", "there is no scenario"),
        ("../secret.yaml", "there is no scenario"),
        ({"title": "t", "events": [{"after": "soon", "event": "queued"}]}, "events[0].after"),
        ("title: t\nholt: 2s\n", 'did you mean "hold"'),
        ({}, "title"),
    ],
)
def test_a_scenario_that_cannot_be_used_is_explained(house: House, wish: Any, words: str) -> None:
    answer = house.ask("POST", "/tenants", json={"scenario": wish})
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_scenario")
    assert words in answer.json()["message"]


def test_an_unknown_dialect_is_explained(house: House) -> None:
    answer = house.ask("POST", "/tenants", json={"dialect": "klingon"})
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")
    assert "klingon" in answer.json()["message"]


def test_the_dialect_of_a_tenant_stands_over_those_of_its_scenarios(house: House) -> None:
    def dialect(made: dict[str, Any], scenario: dict[str, Any]) -> list[str]:
        before = house.tenant(name="t", **made)["dialect"]
        after = house.ask("PUT", "/tenants/t/scenario", json=scenario).json()["dialect"]
        house.ask("DELETE", "/tenants/t")
        return [before, after]

    own = {"scenario": "reference_dialect"}
    assert dialect({}, own) == ["guide", "reference"]
    assert dialect(own, {"scenario": "answered"}) == ["reference", "guide"]
    assert dialect({"dialect": "reference"}, {"scenario": "answered"}) == ["reference", "reference"]
    assert dialect({"dialect": "guide"}, own) == ["guide", "guide"]
    assert dialect({"dialect": "reference"}, own | {"dialect": "guide"}) == ["reference", "guide"]


def test_names_and_app_keys_are_taken_once(house: House) -> None:
    house.tenant(name="a", app_key="k")
    for wish in ({"name": "a", "app_key": "x"}, {"name": "b", "app_key": "k"}):
        answer = house.ask("POST", "/tenants", json=wish)
        assert (answer.status_code, answer.json()["error"]) == (409, "taken")


def test_there_is_a_limit(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MOST_TENANTS", 1)
    assert house.ask("POST", "/tenants").json()["error"] == "too_many"


def test_in_process_there_are_no_ports(house: House) -> None:
    assert house.ask("POST", "/tenants", json={"port": 0}).json()["error"] == "no_ports"
    assert len(house.platform.tenants) == 1


def test_a_clock_can_be_faster_or_slower(house: House) -> None:
    clock = house.tenant(clock={"speed": 20})["clock"]
    assert (clock["kind"], clock["speed"]) == ("scaled", 20)
    assert house.ask("POST", "/tenants/default/clock", json={"advance": "1s"}).status_code == 200


def test_only_a_stepped_clock_can_be_stepped(house: House) -> None:
    house.tenant(name="t", clock="real")
    assert house.ask("POST", "/tenants/t/clock", json={"advance": "1s"}).json()["error"] == "not_stepped"


def test_a_clock_may_step_by_itself_and_by_hand(house: House) -> None:
    clock = house.tenant(name="t", clock="auto")["clock"]
    assert clock == {"kind": "auto", "now": 0.0, "speed": None, "next_due": None}
    house.login("t").start("getClickToCallEvents")
    assert house.ask("GET", "/tenants/t/clock").json()["next_due"] == 25.0
    assert house.ask("POST", "/tenants/t/clock", json={"advance": "1m"}).json()["now"] == 60.0


def test_a_removed_tenant_answers_who_waits_and_is_forgotten(house: House) -> None:
    house.tenant(name="t")
    poll = house.login("t").start("getClickToCallEvents")
    gone = weakref.ref(house.found("t"))
    assert house.ask("DELETE", "/tenants/t").json() == {"done": True}
    assert poll.result().json() == {"resultCode": "0", "resultDesc": "ClickToCall polled without any events"}
    del poll
    house.settle()
    gc.collect()
    assert gone() is None
    assert house.ask("GET", "/tenants/t").status_code == 404


def test_the_first_tenant_stays(house: House) -> None:
    assert house.ask("DELETE", "/tenants/default").json()["error"] == "taken"


def test_a_tenant_that_is_not_there_may_have_been_meant_otherwise(house: House) -> None:
    assert 'did you mean "default"' in house.ask("GET", "/tenants/defualt").json()["message"]


def test_no_reset_of_one_touches_another(house: House) -> None:
    users = {}
    for name in ("a", "b"):
        house.tenant(name=name)
        users[name] = house.login(name)
        users[name].call("createClickToCall")
    polls = {name: user.start("getClickToCallEvents") for name, user in users.items()}
    view = house.ask("POST", "/tenants/a/reset").json()
    assert (view["sessions"], view["exchanges"], view["serial"], view["polls"]) == (0, 0, 0, 0)
    assert polls["a"].result().json()["resultDesc"] == "ClickToCall polled without any events"
    assert users["a"].call("dropClickToCall").status_code == 403
    assert not polls["b"].done()
    house.ask("POST", "/tenants/b/clock", json={"advance": "next"})
    assert polls["b"].result().json()["eventId"] == 168102


def test_after_a_reset_the_same_requests_get_the_same_answers(house: House) -> None:
    house.tenant(name="t")
    traces = []
    for _ in range(2):
        user = house.login("t")
        user.call("createClickToCall")
        traces.append(house.ask("GET", "/tenants/t/trace").content)
        house.ask("POST", "/tenants/t/reset")
    assert traces[0] == traces[1]


def test_new_calls_play_the_new_scenario_and_live_ones_play_on(house: House) -> None:
    house.tenant(name="t", scenario=OTHER.replace("1s", "9s"))
    alice, bob = house.login("t"), house.login("t", "bob")
    alice.call("createClickToCall")
    view = house.ask("PUT", "/tenants/t/scenario", json={"scenario": "answered"}).json()
    assert view["title"].startswith("An agent is free")
    bob.call("createClickToCall")
    polls = [alice.start("getClickToCallEvents"), bob.start("getClickToCallEvents")]
    house.ask("POST", "/tenants/t/clock", json={"advance": "9s"})
    assert [poll.result().json()["eventId"] for poll in polls] == [168110, 168101]
    alice.call("createClickToCall")
    poll = alice.start("getClickToCallEvents")
    house.ask("POST", "/tenants/t/clock", json={"advance": "next"})
    assert poll.result().json()["eventId"] == 168101


def test_held_polls_are_shown_with_the_event_they_wait_for(house: House) -> None:
    house.tenant(name="t")
    user = house.login("t")
    user.call("createClickToCall")
    user.start("getClickToCallEvents")
    user.start("getClickToCallEvents")
    older, newer = house.ask("GET", "/tenants/t/polls").json()["polls"]
    assert older == {"poll": "p1", "user": "alice", "since": 0.0, "until": 25.0, "next": None}
    assert (newer["poll"], newer["next"]) == (
        "p2",
        {"event": "queued", "id": 168102, "at": 0.3, "step": "events[0] queued"},
    )
    assert house.ask("GET", "/tenants/t").json()["polls"] == 2


def test_a_held_poll_is_released(house: House) -> None:
    house.tenant(name="t")
    user = house.login("t")
    user.call("createClickToCall")
    poll = user.start("getClickToCallEvents")
    house.ask("GET", "/tenants/t/polls")
    assert house.ask("POST", "/tenants/t/polls/p1/release").status_code == 200
    assert poll.result().json()["resultDesc"] == "ClickToCall polled without any events"
    assert house.ask("POST", "/tenants/t/polls/p1/release").status_code == 404


@pytest.mark.parametrize(
    ("wish", "status", "body"),
    [
        ({"status": 403}, 403, {"errorCode": "0"}),
        ({"status": 503, "desc": "overload"}, 503, {"exceptionInfo": "overload"}),
        ({"code": "1", "desc": "busy"}, 200, {"resultCode": "1", "resultDesc": "busy"}),
    ],
)
def test_a_held_poll_fails(house: House, wish: dict[str, Any], status: int, body: dict[str, str]) -> None:
    house.tenant(name="t")
    user = house.login("t")
    poll = user.start("getClickToCallEvents")
    house.ask("GET", "/tenants/t/polls")
    assert house.ask("POST", "/tenants/t/polls/p1/fail", json=wish).status_code == 200
    assert poll.result().status_code == status
    assert body.items() <= poll.result().json().items()
    last = Trace.from_json(house.ask("GET", "/tenants/t/trace").content).exchanges[-1]
    assert last.script["step"] == "failed by hand"


def test_what_is_done_by_hand_is_in_the_tenants_dialect(house: House) -> None:
    house.tenant(name="t", dialect="reference")
    user = house.login("t")
    user.call("createClickToCall")
    held = [user.start("getClickToCallEvents") for _ in range(2)]
    house.ask("GET", "/tenants/t/polls")
    house.ask("POST", "/tenants/t/polls/p1/fail", json={"status": 401})
    house.ask("POST", "/tenants/t/polls/p2/event", json={"event": {"event": "transferred"}})
    failed, brought = (poll.result() for poll in held)
    assert (failed.status_code, failed.json()["exceptionInfo"]) == (401, EXPIRED_TEXT)
    assert (brought.json()["eventId"], brought.json()["resultDesc"]) == ("168106", "Call transferred")
    poll = user.start("getClickToCallEvents")
    house.ask("POST", "/tenants/t/events", json={"user": "alice", "event": {"event": "queue_timeout"}})
    assert (poll.result().json()["eventId"], poll.result().json()["resultDesc"]) == ("168103", "Call queued timeout")


@pytest.mark.parametrize("wish", [{}, {"desc": "x"}, {"status": 200}, {"status": 403, "code": "1"}, {"status": "403"}])
def test_what_is_no_failure_is_refused(house: House, wish: dict[str, Any]) -> None:
    house.tenant(name="t")
    poll = house.login("t").start("getClickToCallEvents")
    house.ask("GET", "/tenants/t/polls")
    assert house.ask("POST", "/tenants/t/polls/p1/fail", json=wish).status_code == 400
    assert not poll.done()


def test_a_held_poll_gets_an_event(house: House) -> None:
    house.tenant(name="t", scenario="quiet")
    user = house.login("t")
    user.call("createClickToCall")
    polls = [user.start("getClickToCallEvents") for _ in range(2)]
    house.ask("GET", "/tenants/t/polls")
    event = {"event": "released", "cause": {"desc": "by hand"}}
    late = house.ask("POST", "/tenants/t/polls/p1/event", json={"event": event | {"after": "1s"}})
    assert late.json()["error"] == "bad_request"
    assert house.ask("POST", "/tenants/t/polls/p1/event", json={"event": event}).status_code == 200
    assert polls[0].result().json()["content"]["causeDesc"] == "by hand"
    assert not polls[1].done()
    (session,) = house.ask("GET", "/tenants/t/sessions?user=alice").json()["sessions"]
    assert (session["call"]["live"], session["polls"]) == (False, 1)


def test_an_event_is_put_on_a_users_axis(house: House) -> None:
    house.tenant(name="t", scenario={"title": "t"})
    user = house.login("t")
    user.call("createClickToCall")
    poll = user.start("getClickToCallEvents")
    wish = {"user": "alice", "event": {"event": {"id": 168199, "desc": "new"}, "after": "3s"}}
    (session,) = house.ask("POST", "/tenants/t/events", json=wish).json()["sessions"]
    assert session["next_due"] == {"event": "168199", "id": 168199, "at": 3.0, "step": "injected 168199"}
    assert house.ask("POST", "/tenants/t/clock", json={"advance": "next"}).json()["now"] == 3.0
    assert poll.result().json() == {"resultCode": "0", "resultDesc": "new", "eventId": 168199}


@pytest.mark.parametrize("event", [{}, {"event": "quered"}, {"event": "queued", "cause": {"id": 1}}, {"event": None}])
def test_what_is_no_event_is_refused(house: House, event: dict[str, Any]) -> None:
    house.login("mock-app-key")
    answer = house.ask("POST", "/tenants/default/events", json={"user": "alice", "event": event})
    assert answer.json()["error"] == "bad_scenario"


def test_a_user_who_never_logged_in_gets_no_event(house: House) -> None:
    answer = house.ask("POST", "/tenants/default/events", json={"user": "eve", "event": {"event": "queued"}})
    assert answer.json()["error"] == "not_found"


def test_sessions_are_shown_with_their_call_and_what_is_due(house: House) -> None:
    house.tenant(name="t")
    user = house.login("t")
    house.login("t", "bob")
    user.call("createClickToCall")
    user.call("send")
    house.ask("POST", "/tenants/t/clock", json={"advance": "500ms"})
    alice, bob = house.ask("GET", "/tenants/t/sessions").json()["sessions"]
    assert alice["call"] == {"ordinal": 1, "live": True, "access_code": "179080537420489", "media": None}
    assert [due["event"] for due in alice["waiting"]] == ["queued"]
    assert (alice["next_due"]["event"], alice["text"]) == ("connected", "agent")
    assert (bob["call"], bob["next_due"], bob["text"]) == (None, None, None)


def test_the_hour_s_call_takes_milliseconds_and_is_the_same_twice(house: House) -> None:
    scenario = {
        "title": "An hour",
        "events": [{"after": "1s", "event": "queued"}, {"after": "59m59s", "event": "released"}],
    }
    traces = []
    for name in ("t", "t"):
        house.tenant(name=name, scenario=scenario)
        user = house.login(name)
        user.call("createClickToCall")
        events: list[int | None] = []
        while events[-1:] != [168110]:
            poll = user.start("getClickToCallEvents")
            while not poll.done():
                house.ask("POST", f"/tenants/{name}/clock", json={"advance": "next"})
            events.append(poll.result().json().get("eventId"))
        assert house.ask("GET", f"/tenants/{name}/clock").json()["now"] == 3600.0
        traces.append(house.ask("GET", f"/tenants/{name}/trace").content)
        house.ask("DELETE", f"/tenants/{name}")
    assert traces[0] == traces[1]
    assert len(events) == 1 + 3599 // 25 + 1


def test_after_a_step_all_that_became_due_has_been_answered_in_its_own_time(house: House) -> None:
    house.tenant(name="t", scenario={"title": "t", "answers": {"send": {"1": {"delay": "70s"}}}})
    user, bob = house.login("t"), house.login("t", "bob")
    delayed = user.start("send")
    polls = [user.start("getClickToCallEvents"), bob.start("getClickToCallEvents")]
    clock = house.ask("POST", "/tenants/t/clock", json={"advance": "90s"}).json()
    assert (clock["now"], clock["next_due"]) == (90.0, None)
    assert all(task.done() for task in (delayed, *polls))
    trace = Trace.from_json(house.ask("GET", "/tenants/t/trace").content)
    assert [exchange.answer_ended for exchange in trace.exchanges[-3:]] == [70.0, 25.0, 25.0]


def test_with_nothing_due_the_next_moment_is_now(house: House) -> None:
    assert house.ask("POST", "/tenants/default/clock", json={"advance": "next"}).json()["now"] == 0.0


def test_the_trace_is_filtered(house: House) -> None:
    house.tenant(name="t")
    user, bob = house.login("t"), house.login("t", "bob")
    user.call("dropClickToCall")
    bob.call("dropClickToCall", json={})

    def serials(query: str) -> list[int]:
        trace = Trace.from_json(house.ask("GET", f"/tenants/t/trace{query}").content)
        return [exchange.serial for exchange in trace.exchanges]

    assert serials("") == [1, 2, 3, 4, 5, 6]
    assert serials("?endpoint=dropClickToCall") == [5, 6]
    assert serials("?user=bob") == [4, 6]
    assert serials("?status=400") == [6]
    assert serials("?since=4&user=alice") == [5]
    assert house.ask("DELETE", "/tenants/t/trace").status_code == 200
    assert serials("") == []
    user.call("dropClickToCall")
    assert serials("") == [7]


def test_an_exchange_is_waited_for(house: House) -> None:
    house.tenant(name="t")
    user = house.login("t")
    wait = house.start("GET", "/__mock/tenants/t/trace/wait?endpoint=dropClickToCall&status=200&since=2&timeout=10m")
    assert not wait.done()
    user.call("createClickToCall")
    user.call("dropClickToCall", json={})
    assert not wait.done()
    user.call("dropClickToCall")
    house.settle()
    (exchange,) = Trace.from_json(wait.result().content).exchanges
    assert (exchange.serial, exchange.status) == (5, 200)
    again = house.ask("GET", "/tenants/t/trace/wait?endpoint=dropClickToCall&status=200")
    assert again.content == wait.result().content
    assert house.found("t").recorder.watchers == []


def test_a_poll_is_waited_for_that_has_just_come(house: House) -> None:
    wait = house.start("GET", "/__mock/tenants/default/trace/wait?endpoint=getClickToCallEvents&state=begun")
    house.login("mock-app-key").start("getClickToCallEvents")
    house.settle()
    (exchange,) = Trace.from_json(wait.result().content).exchanges
    assert exchange.status is None


def test_a_wait_is_told_what_came_instead(house: House) -> None:
    wait = "/tenants/default/trace/wait?endpoint=dropClickToCall&timeout=1ms"
    answer = house.ask("GET", wait)
    assert (answer.status_code, answer.json()["error"]) == (504, "timed_out")
    assert "nothing at all" in answer.json()["message"]
    user = house.login("mock-app-key")
    assert "applyToken, status 200" in house.ask("GET", wait).json()["message"]
    user.start("getClickToCallEvents")
    assert "no answer yet" in house.ask("GET", wait).json()["message"]


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/tenants/t"), ("POST", "/tenants/t/reset")])
def test_a_wait_ends_when_nothing_more_can_come(house: House, method: str, path: str) -> None:
    house.tenant(name="t")
    wait = house.start("GET", "/__mock/tenants/t/trace/wait")
    house.ask(method, path)
    house.settle()
    assert wait.result().json()["error"] == "gone"


@pytest.mark.parametrize("path", ["/trace/wait?timeout=11m", "/trace/wait?timeout=soon", "/trace/wait?timeout="])
def test_waits_and_steps_have_limits(house: House, path: str) -> None:
    assert house.ask("GET", f"/tenants/default{path}").json()["error"] == "bad_request"
    answer = house.ask("POST", "/tenants/default/clock", json={"advance": "1001h"})
    assert answer.json()["error"] == "bad_request"


def test_of_two_held_polls_only_the_one_that_was_named_is_released(house: House) -> None:
    house.tenant(name="t")
    user = house.login("t")
    polls = [user.start("getClickToCallEvents") for _ in range(2)]
    house.ask("GET", "/tenants/t/polls")
    assert house.ask("POST", "/tenants/t/polls/p2/release").status_code == 200
    assert [poll.done() for poll in polls] == [False, True]


def test_many_tenants_with_a_call_each_leave_nothing_behind(house: House) -> None:
    names = [f"t{number}" for number in range(200)]
    polls = []
    for name in names:
        house.tenant(name=name, scenario="title: t\nevents: [{after: 1s, event: connected}]\n")
        user = house.login(name)
        user.call("createClickToCall")
        polls.append(user.start("getClickToCallEvents"))
    gone = [weakref.ref(house.found(name)) for name in names]
    house.ask("POST", "/tenants/t7/clock", json={"advance": "1s"})
    assert [number for number, poll in enumerate(polls) if poll.done()] == [7]
    for name in names:
        assert house.ask("DELETE", f"/tenants/{name}").status_code == 200
    assert all(poll.done() for poll in polls)
    del user, polls
    house.settle()
    gc.collect()
    assert not [tenant for tenant in gone if tenant() is not None]
