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
from cec_client import Client, Media, Outcome, Policy
from cec_client.protocol import Endpoint
from cec_client.wire import Lane

from tests.client import world as w
from tests.client.platform import HELD, Transport, served
from tests.client.world import Reply, Script

if TYPE_CHECKING:
    from collections.abc import Callable

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
