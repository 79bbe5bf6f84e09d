"""The synchronous client over a scripted transport, and over a real socket where a socket is the point."""

from __future__ import annotations

import json
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import cec_client
import httpx
import pytest
from cec_client import Client, Media, Outcome, Policy, engine
from cec_client.engine import Engine
from cec_client.protocol import Endpoint
from cec_client.session import Session
from cec_client.wire import Lane, Wire

from tests.client import world as w
from tests.client.platform import DRIP, HELD, Transport, served
from tests.client.world import Reply, Script

if TYPE_CHECKING:
    from collections.abc import Callable

    from cec_client.events import CallEvent

PROMPT = Policy(retry_delay=0.0, empty_pause=0.0, farewell=0.05)


def client(script: Script | None = None, *, policy: Policy = PROMPT) -> tuple[Client, Transport]:
    transport = Transport(script)
    return connected_to("http://cec.test/", transport=transport, policy=policy), transport


def connected_to(url: str, **options: Any) -> Client:
    return Client(url, app_key="key", app_secret="secret", channel_id="ch", user_id="al", trust_env=False, **options)


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "this should have happened by now"
        threading.Event().wait(0.005)


def our_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("cec-client")]


def test_a_call_is_an_iterator_of_events() -> None:
    caller, transport = client({Endpoint.EVENTS: [w.QUEUED, w.CONNECTED, w.EMPTY, w.RELEASED]})
    with caller, caller.call("text_then_call", Media.VIDEO) as call:
        kinds = [event.kind for event in call]
        assert list(call) == []
    assert kinds == [
        "logged_in",
        "text_connected",
        "support_checked",
        "call_created",
        "queued",
        "connected",
        "nothing_yet",
        "released",
    ]
    assert call.outcome is Outcome.RELEASED
    assert call.error is None
    assert call.gateway is not None
    assert call.gateway.caller == "Anon"
    create = next(request for request in transport.requests if "createClickToCall" in request.url.path)
    assert json.loads(create.content) == {"channel": "WEB", "mediaAbility": "1"}
    assert not our_threads()


def test_every_endpoint_has_a_method() -> None:
    message = {"sourceType": "AGENT", "controlType": "CHAT", "mediaType": "TEXT", "content": "您好", "timestamp": 5}
    caller, transport = client(
        {
            Endpoint.POLL_TEXT: [Reply(body={"resultCode": "0", "downlinkMessages": [message, "?"]})],
            Endpoint.EVENTS: [w.QUEUED],
        }
    )
    with caller:
        assert caller.login().access == "access-token"
        assert caller.connect_text().desc == ""
        caller.say("你好")
        caller.leave_text()
        assert [said.content for said in caller.poll_text()] == ["您好"]
        assert caller.check_support().both
        caller.create_call()
        assert isinstance(caller.poll_event(), cec_client.Queued)
        caller.drop_call()
        caller.leave_message("138", "ring me")
    assert transport.asked[:2] == [Endpoint.TOKEN, Endpoint.APPLY_TOKEN]
    assert transport.asked.count(Endpoint.TOKEN) == 1
    assert "secret" not in str([request.headers for request in transport.requests])


def test_a_403_logs_in_again_and_repeats() -> None:
    caller, transport = client({Endpoint.CHECK: [w.EXPIRED]})
    with caller:
        assert caller.check_support().both
    login = [Endpoint.TOKEN, Endpoint.APPLY_TOKEN]
    assert transport.asked == [*login, Endpoint.CHECK, *login, Endpoint.CHECK]


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ({Endpoint.CHECK: [w.support(webrtc=False)]}, cec_client.CallNotSupported),
        ({Endpoint.CREATE: [w.FAIL]}, cec_client.CallRejected),
        ({Endpoint.EVENTS: [w.FAIL] * 4}, cec_client.GaveUp),
        ({Endpoint.TOKEN: [w.BROKEN]}, cec_client.TransportFailed),
    ],
)
def test_iterating_raises_what_prevented_the_call(script: Script, error: type[Exception]) -> None:
    caller, _ = client(script)
    with caller, caller.call() as call:
        with pytest.raises(error):
            list(call)
        with pytest.raises(error):
            call.hang_up()
        assert isinstance(call.error, error)


def test_a_method_raises_what_the_platform_refused() -> None:
    caller, _ = client({Endpoint.SEND: [w.FAIL]})
    with caller, pytest.raises(cec_client.RequestRefused, match="send answered resultCode 1"):
        caller.say("hello")


def test_a_broken_transport_is_an_answer_too() -> None:
    caller, transport = client()
    transport.next_reply = lambda _: 1 / 0  # type: ignore[method-assign,assignment,return-value]
    with caller, pytest.raises(cec_client.TransportFailed, match="division"):
        caller.check_support()


def test_hanging_up_before_the_first_event_sends_nothing() -> None:
    caller, transport = client()
    with caller:
        call = caller.call()
        call.hang_up()
        assert list(call) == []
        assert call.outcome is Outcome.HUNG_UP
    assert transport.asked == []


def test_one_call_at_a_time() -> None:
    with served() as (url, platform, _), connected_to(url, policy=PROMPT) as caller, caller.call() as call:
        eventually(lambda: Endpoint.EVENTS in platform.asked)
        for disturb in (caller.call, caller.create_call, caller.poll_event, caller.drop_call):
            with pytest.raises(cec_client.CallInProgress):
                disturb()
        caller.say("this is fine")
        call.hang_up()


def test_hang_up_from_another_thread_ends_a_held_poll() -> None:
    with served({Endpoint.EVENTS: [w.CONNECTED, HELD]}) as (url, platform, gone):
        with connected_to(url, policy=PROMPT) as caller, caller.call() as call:
            seen = threading.Event()

            def user() -> None:
                assert seen.wait(20)
                call.hang_up()

            thread = threading.Thread(target=user)
            thread.start()
            for event in call:
                if isinstance(event, cec_client.Connected):
                    eventually(lambda: platform.asked.count(Endpoint.EVENTS) == 2)
                    seen.set()
            thread.join()
            assert call.outcome is Outcome.HUNG_UP
        assert gone.wait(20), "the held poll's connection was cut"
        assert not our_threads()


def test_leaving_the_context_hangs_up() -> None:
    with served({Endpoint.EVENTS: [w.CONNECTED, HELD]}) as (url, platform, gone):
        with connected_to(url, policy=PROMPT) as caller, caller.call() as call:
            next(event for event in call if event.kind == "connected")
        assert call.outcome is Outcome.HUNG_UP
        assert platform.asked.count(Endpoint.DROP) == 1
        assert gone.wait(20)
        assert not our_threads()


def test_closing_the_client_hangs_up_and_leaves_no_thread() -> None:
    with served() as (url, platform, gone):
        caller = connected_to(url, policy=PROMPT)
        call = caller.call()
        next(call)
        caller.close()
        caller.close()
        assert call.outcome is Outcome.HUNG_UP
        assert Endpoint.EVENTS not in platform.asked or gone.wait(20)
        assert not our_threads()
        with pytest.raises(cec_client.ClientClosed):
            caller.check_support()


def test_closing_ends_a_request_of_another_thread() -> None:
    with served() as (url, platform, gone):
        caller = connected_to(url)
        failures: list[Exception] = []

        def wait() -> None:
            try:
                caller.poll_event()
            except cec_client.CecError as error:
                failures.append(error)

        thread = threading.Thread(target=wait)
        thread.start()
        eventually(lambda: Endpoint.EVENTS in platform.asked)
        caller.close()
        thread.join()
        assert isinstance(failures[0], cec_client.ClientClosed)
        assert gone.wait(20)


def test_abandoning_says_no_word() -> None:
    with served() as (url, platform, _), connected_to(url) as caller, caller.call() as call:
        eventually(lambda: Endpoint.EVENTS in platform.asked)
        call.abandon()
        assert call.outcome is Outcome.ERROR
        assert Endpoint.DROP not in platform.asked


def test_a_transport_that_holds_its_request_is_closed() -> None:
    caller, transport = client({Endpoint.EVENTS: [w.CONNECTED, HELD]})
    with caller, caller.call() as call:
        next(event for event in call if event.kind == "connected")
        call.hang_up()
    assert transport.gate.is_set()
    assert not our_threads()


def test_a_lane_that_is_cut_before_it_has_a_socket_is_cut_as_soon_as_it_has_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as near:
        lane = Lane(httpx.Client(trust_env=False))
        lane.abort()
        lane.trace("http11.send_request_headers.started", {})
        lane.trace("connection.connect_tcp.complete", {"return_value": FakeStream(near)})
        far, _ = server.accept()
        with far:
            assert far.recv(1) == b""
        lane.abort()
        lane.client.close()


class FakeStream:
    def __init__(self, near: socket.socket) -> None:
        self._near = near

    def get_extra_info(self, info: str) -> socket.socket:
        assert info == "socket"
        return self._near


def test_nothing_listens() -> None:
    with served() as (url, _, _):
        pass
    with connected_to(url) as caller, pytest.raises(cec_client.TransportFailed):
        caller.login()


def test_a_server_that_drips_has_no_more_time_than_another() -> None:
    policy = Policy(poll_timeout=0.2, poll_retries=0)
    with served({Endpoint.EVENTS: [DRIP]}) as (url, _, gone), connected_to(url, policy=policy) as caller:
        with caller.call() as call, pytest.raises(cec_client.GaveUp, match=r"no whole answer within 0\.2 s"):
            list(call)
        assert gone.wait(20)


def test_two_calls_cannot_begin_together_and_closing_ends_the_one_that_did() -> None:
    with served() as (url, platform, _):
        caller = connected_to(url, policy=PROMPT)
        first, second = caller.call(), caller.call()
        assert next(first).kind == "logged_in"
        with pytest.raises(cec_client.CallInProgress):
            next(second)
        with pytest.raises(cec_client.CallInProgress), second:
            pass
        caller.close()
        assert first.outcome is Outcome.HUNG_UP
        assert second.outcome is None
        assert platform.asked.count(Endpoint.EVENTS) <= 1


def test_a_call_of_a_closed_client_does_not_begin() -> None:
    caller, transport = client()
    caller.close()
    call = caller.call()
    for begin in (call.__enter__, call.hang_up, lambda: next(call)):
        with pytest.raises(cec_client.ClientClosed):
            begin()
    assert not call.live
    caller.close()
    assert transport.asked == []


def followed(call: cec_client.Call) -> tuple[threading.Thread, list[CallEvent], list[Exception]]:
    """Iterate a call in another thread."""
    events: list[CallEvent] = []
    failures: list[Exception] = []

    def follow() -> None:
        try:
            events.extend(call)
        except cec_client.CecError as error:
            failures.append(error)

    thread = threading.Thread(target=follow)
    thread.start()
    return thread, events, failures


@pytest.mark.parametrize("whose", ["client", "call"])
def test_who_iterates_is_not_left_waiting_by_an_interrupted_close(monkeypatch: pytest.MonkeyPatch, whose: str) -> None:
    until = Engine.until

    def interrupted(self: Engine, ready: Callable[[], bool]) -> None:
        if threading.current_thread() is threading.main_thread():
            raise KeyboardInterrupt
        until(self, ready)

    with served({Endpoint.DROP: [HELD]}) as (url, platform, _):
        caller = connected_to(url)
        call = caller.call()
        thread, _, failures = followed(call)
        eventually(lambda: Endpoint.EVENTS in platform.asked)
        with monkeypatch.context() as patch:
            patch.setattr(Engine, "until", interrupted)
            with pytest.raises(KeyboardInterrupt):
                (caller if whose == "client" else call).close()
        thread.join()
        assert isinstance(failures[0], cec_client.ClientClosed)
        assert call.outcome is Outcome.ERROR
        caller.close()
        assert not our_threads()


def test_a_dead_platform_is_left_after_one_request_timeout() -> None:
    policy = Policy(request_timeout=0.3, retry_delay=0.0, drop_retries=1000)
    with served({Endpoint.DROP: [w.FAIL] * 900}) as (url, platform, _), connected_to(url, policy=policy) as caller:
        with caller.call() as call:
            eventually(lambda: Endpoint.EVENTS in platform.asked)
        assert call.outcome is Outcome.ERROR
        assert "no hang-up succeeded within 0.3 s" in str(call.error)
        assert 1 <= platform.asked.count(Endpoint.DROP) < 900


@pytest.mark.parametrize(("where", "what"), [(Wire, "take"), (Session, "tick"), (Session, "answered")])
def test_what_nobody_foresaw_ends_the_wait(monkeypatch: pytest.MonkeyPatch, where: type, what: str) -> None:
    caller, _ = client()
    call = caller.call()
    with monkeypatch.context() as patch:
        patch.setattr(where, what, lambda *_: 1 / 0)
        with pytest.raises(cec_client.ClientClosed, match=r"had to stop .*division"), call:
            list(call)
    assert call.outcome is Outcome.ERROR
    with pytest.raises(cec_client.ClientClosed, match="division"):
        caller.login()
    caller.close()
    assert not our_threads()


def test_closing_does_not_wait_for_a_connection_that_is_being_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "GRACE", 0.05)
    resolving, go_on = threading.Event(), threading.Event()
    resolve = socket.getaddrinfo

    def slow(*arguments: Any, **options: Any) -> Any:
        resolving.set()
        go_on.wait()
        return resolve(*arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with socket.create_server(("127.0.0.1", 0)) as server:
        caller = connected_to(f"http://127.0.0.1:{server.getsockname()[1]}")
        call = caller.call()
        thread, _, _ = followed(call)
        assert resolving.wait(20)
        caller.close()
        thread.join()
        assert call.outcome is Outcome.HUNG_UP
        assert len(our_threads()) == 1
        go_on.set()
        eventually(lambda: not our_threads())


def test_closing_does_not_wait_for_a_handshake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "GRACE", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as server:
        caller = connected_to(f"https://127.0.0.1:{server.getsockname()[1]}")
        thread, _, _ = followed(caller.call())
        near, _ = server.accept()
        with near:
            assert near.recv(1)
            caller.close()
            thread.join()
        eventually(lambda: not our_threads())


def test_a_lane_that_was_cut_makes_no_new_connection() -> None:
    lane = Lane(httpx.Client(trust_env=False))
    lane.trace("connection.connect_tcp.started", {})
    lane.abort()
    with pytest.raises(ConnectionAbortedError):
        lane.trace("connection.connect_tcp.started", {})
    assert not lane.connected
    lane.client.close()
