"""The asynchronous client over a scripted transport, in virtual time where time matters."""

from __future__ import annotations

import asyncio
import selectors
from typing import TYPE_CHECKING, Any, TypeVar

import cec_client
import pytest
from cec_client import AsyncClient, Media, Outcome, Policy
from cec_client.protocol import Endpoint
from cec_client.session import Session

from tests.client import world as w
from tests.client.platform import HELD, AsyncTransport, served

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from tests.client.world import Script

T = TypeVar("T")

PROMPT = Policy(retry_delay=0.0, empty_pause=0.0, farewell=0.05)


def client(script: Script | None = None, *, policy: Policy | None = None) -> tuple[AsyncClient, AsyncTransport]:
    transport = AsyncTransport(script)
    return connected_to("http://cec.test", transport=transport, policy=policy), transport


def connected_to(url: str, **options: Any) -> AsyncClient:
    return AsyncClient(
        url, app_key="key", app_secret="secret", channel_id="ch", user_id="al", trust_env=False, **options
    )


class VirtualSelector(selectors.DefaultSelector):
    """Never waits: the time that a wait would have taken is added to the clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout:
            self.now += timeout
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._clock = VirtualSelector()
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now


def in_virtual_time(work: Callable[[], Coroutine[Any, Any, T]]) -> tuple[T, float]:
    """Run a coroutine on a loop whose clock jumps; also tell how long it would have taken."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work()), runner.get_loop().time()


def test_a_call_is_an_iterator_of_events() -> None:
    async def work() -> list[str]:
        caller, transport = client({Endpoint.EVENTS: [w.QUEUED, w.CONNECTED, w.EMPTY, w.EXPIRED, w.RELEASED]})
        async with caller, caller.call("call_then_text", Media.VIDEO) as call:
            kinds = [event.kind async for event in call]
            assert [event async for event in call] == []
        assert call.outcome is Outcome.RELEASED
        assert call.error is None
        assert call.gateway is not None
        assert transport.asked.count(Endpoint.SEND) == 1
        return kinds

    kinds, _ = in_virtual_time(work)
    platform = ["queued", "connected", "nothing_yet", "tokens_expired", "logged_in", "released"]
    assert [kind for kind in kinds if kind != "text_connected"] == [
        "logged_in",
        "support_checked",
        "call_created",
        *platform,
    ]


def test_every_endpoint_has_a_method() -> None:
    async def work() -> list[Endpoint]:
        caller, transport = client({Endpoint.EVENTS: [w.QUEUED]})
        async with caller:
            assert (await caller.login()).messaging == "messaging-token"
            await caller.connect_text()
            await caller.say("你好")
            await caller.leave_text()
            assert await caller.poll_text() == ()
            assert (await caller.check_support()).both
            await caller.create_call()
            assert isinstance(await caller.poll_event(), cec_client.Queued)
            await caller.drop_call()
            await caller.leave_message("138", "ring me")
        return transport.asked

    asked, _ = in_virtual_time(work)
    assert set(asked) == set(Endpoint)


def test_retries_wait_on_the_loops_clock() -> None:
    async def work() -> None:
        caller, _ = client({Endpoint.EVENTS: [w.FAIL] * 9})
        async with caller, caller.call() as call:
            with pytest.raises(cec_client.GaveUp):
                [event async for event in call]
            with pytest.raises(cec_client.GaveUp):
                await call.hang_up()

    _, seconds = in_virtual_time(work)
    assert seconds == pytest.approx(3)


def test_hang_up_works_at_once_while_the_consumer_is_busy() -> None:
    async def work() -> tuple[float, list[Endpoint], Outcome | None]:
        caller, transport = client({Endpoint.EVENTS: [w.CONNECTED, HELD]})
        async with caller, caller.call() as call:
            hang_up = asyncio.Event()
            asyncio.get_running_loop().call_later(5, hang_up.set)

            async def user() -> float:
                await hang_up.wait()
                await call.hang_up()
                return asyncio.get_running_loop().time()

            task = asyncio.create_task(user())
            async for event in call:
                if isinstance(event, cec_client.Connected):
                    await asyncio.sleep(100)
            return await task, transport.aborted, call.outcome

    (when, aborted, outcome), seconds = in_virtual_time(work)
    assert when == pytest.approx(5)
    assert aborted == [Endpoint.EVENTS]
    assert outcome is Outcome.HUNG_UP
    assert seconds == pytest.approx(100)


def test_cancelling_the_consumer_hangs_up_on_the_way_out() -> None:
    async def work() -> list[Endpoint]:
        caller, transport = client({Endpoint.EVENTS: [w.CONNECTED, HELD]})

        async def consume() -> None:
            async with caller, caller.call() as call:
                async for _ in call:
                    pass

        task = asyncio.create_task(consume())
        await asyncio.sleep(10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [other for other in asyncio.all_tasks() if other is not asyncio.current_task()] == []
        return transport.asked

    asked, _ = in_virtual_time(work)
    assert asked[-1] is Endpoint.DROP


def test_cancelling_a_method_aborts_its_request() -> None:
    async def work() -> list[Endpoint]:
        caller, transport = client()
        async with caller:
            task = asyncio.create_task(caller.poll_event())
            await asyncio.sleep(10)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.sleep(0)
            return transport.aborted

    aborted, _ = in_virtual_time(work)
    assert aborted == [Endpoint.EVENTS]


def test_closing_ends_a_request_of_another_task() -> None:
    async def work() -> None:
        caller, _ = client()
        task = asyncio.create_task(caller.poll_event())
        await asyncio.sleep(1)
        await caller.close()
        await caller.close()
        with pytest.raises(cec_client.ClientClosed):
            await task
        with pytest.raises(cec_client.ClientClosed):
            await caller.check_support()

    in_virtual_time(work)


def test_two_requests_of_one_client_share_one_login() -> None:
    async def work() -> list[Endpoint]:
        caller, transport = client({Endpoint.CHECK: [w.EXPIRED], Endpoint.POLL_TEXT: [w.EXPIRED]})
        async with caller:
            await caller.login()
            await asyncio.gather(caller.check_support(), caller.poll_text())
        return transport.asked

    asked, _ = in_virtual_time(work)
    assert asked.count(Endpoint.TOKEN) == 2


def test_one_call_at_a_time() -> None:
    async def work() -> None:
        caller, _ = client()
        async with caller, caller.call() as call:
            await asyncio.sleep(1)
            with pytest.raises(cec_client.CallInProgress):
                caller.call()
            for disturb in (caller.create_call, caller.poll_event, caller.drop_call):
                with pytest.raises(cec_client.CallInProgress):
                    await disturb()
            await caller.say("this is fine")
            call.abandon()
        assert call.outcome is Outcome.ERROR

    in_virtual_time(work)


def test_hanging_up_before_the_first_event_sends_nothing() -> None:
    async def work() -> list[Endpoint]:
        caller, transport = client()
        async with caller:
            call = caller.call()
            await call.hang_up()
            assert [event async for event in call] == []
        return transport.asked

    assert in_virtual_time(work)[0] == []


def test_a_broken_transport_is_an_answer_too() -> None:
    async def work() -> None:
        caller, transport = client()
        transport.next_reply = lambda _: 1 / 0  # type: ignore[method-assign,assignment,return-value]
        async with caller:
            with pytest.raises(cec_client.TransportFailed, match="division"):
                await caller.check_support()

    in_virtual_time(work)


def test_over_a_real_socket_the_held_poll_is_cut() -> None:
    async def work(url: str) -> Outcome | None:
        async with connected_to(url, policy=PROMPT) as caller, caller.call() as call:
            async for event in call:
                if isinstance(event, cec_client.Connected):
                    await call.hang_up()
        return call.outcome

    with served({Endpoint.EVENTS: [w.CONNECTED, HELD]}) as (url, platform, _):
        assert asyncio.run(work(url)) is Outcome.HUNG_UP
        assert platform.asked[-1] is Endpoint.DROP


def test_two_calls_cannot_begin_together_and_closing_ends_the_one_that_did() -> None:
    async def work() -> list[Endpoint]:
        caller, transport = client()
        first, second = caller.call(), caller.call()
        await anext(first)
        with pytest.raises(cec_client.CallInProgress):
            await anext(second)
        await asyncio.sleep(1)
        await caller.close()
        assert first.outcome is Outcome.HUNG_UP
        assert second.outcome is None
        return transport.asked

    assert in_virtual_time(work)[0].count(Endpoint.EVENTS) == 1


def test_a_call_of_a_closed_client_does_not_begin() -> None:
    async def work() -> None:
        caller, _ = client()
        await caller.close()
        call = caller.call()
        with pytest.raises(cec_client.ClientClosed):
            await anext(call)
        assert not call.live
        await caller.close()

    in_virtual_time(work)


@pytest.mark.parametrize("whose", ["client", "call"])
def test_who_iterates_is_not_left_waiting_by_an_interrupted_close(whose: str) -> None:
    async def work() -> None:
        caller, _ = client({Endpoint.DROP: [HELD]})
        call = caller.call()

        async def follow() -> None:
            async for _ in call:
                pass

        task = asyncio.create_task(follow())
        await asyncio.sleep(5)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for((caller if whose == "client" else call).close(), 1)
        with pytest.raises(cec_client.ClientClosed):
            await task
        assert call.outcome is Outcome.ERROR
        await caller.close()

    assert in_virtual_time(work)[1] == pytest.approx(6)


def test_a_dead_platform_is_left_after_one_request_timeout() -> None:
    async def work() -> None:
        caller, _ = client({Endpoint.DROP: [HELD] * 9})
        async with caller, caller.call() as call:
            await asyncio.sleep(5)
        assert call.outcome is Outcome.ERROR
        assert isinstance(call.error, cec_client.ClientClosed)

    assert in_virtual_time(work)[1] == pytest.approx(15)


def test_a_request_that_is_never_answered_has_its_time_on_the_loops_clock() -> None:
    async def work() -> list[Endpoint]:
        caller, transport = client()
        async with caller:
            with pytest.raises(cec_client.TimedOut, match="no whole answer within 60 s"):
                await caller.poll_event()
        return transport.aborted

    aborted, seconds = in_virtual_time(work)
    assert aborted == [Endpoint.EVENTS]
    assert seconds == pytest.approx(60)


@pytest.mark.parametrize("what", ["tick", "answered"])
def test_what_nobody_foresaw_ends_the_wait(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    async def work() -> None:
        caller, _ = client({Endpoint.TOKEN: [HELD]} if what == "tick" else {})
        call = caller.call()
        with pytest.raises(cec_client.ClientClosed, match=r"had to stop .*division"):
            async with call:
                [event async for event in call]
        assert call.outcome is Outcome.ERROR
        with pytest.raises(cec_client.ClientClosed, match="division"):
            await caller.login()
        await caller.close()

    monkeypatch.setattr(Session, what, lambda *_: 1 / 0)
    in_virtual_time(work)
