"""Placing a call: interruptions, in virtual time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from cec_client.outcome import Outcome
from cec_client.placing import Wishes, place
from cec_client.protocol import Endpoint

from tests.client import world as w
from tests.client.platform import HELD
from tests.client.test_async_client import client, in_virtual_time
from tests.client.world import Reply

if TYPE_CHECKING:
    from cec_client.events import CallEvent


def test_the_first_interruption_hangs_up_and_the_second_leaves() -> None:
    async def work() -> tuple[list[str], list[Endpoint]]:
        slow_drop = Reply(body=w.DONE.body)
        caller, transport = client({Endpoint.EVENTS: [w.CONNECTED, HELD], Endpoint.DROP: [HELD, slow_drop]})
        shown: list[CallEvent] = []
        task = asyncio.create_task(place(caller, Wishes(), shown.append))
        await asyncio.sleep(5)
        task.cancel()
        await asyncio.sleep(5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return [event.kind for event in shown], transport.aborted

    (kinds, aborted), seconds = in_virtual_time(work)
    assert kinds[-1] == "hanging_up"
    assert set(aborted) == {Endpoint.EVENTS, Endpoint.DROP}
    assert seconds == pytest.approx(10)


def test_one_interruption_goes_on_to_the_end() -> None:
    async def work() -> Outcome:
        caller, _ = client({Endpoint.EVENTS: [w.CONNECTED, HELD]})
        task = asyncio.create_task(place(caller, Wishes(), lambda _: None))
        await asyncio.sleep(5)
        task.cancel()
        outcome, error = await task
        assert error is None
        return outcome

    assert in_virtual_time(work)[0] is Outcome.HUNG_UP


def test_a_second_connected_does_not_hang_up_again() -> None:
    async def work() -> Outcome:
        caller, _ = client({Endpoint.EVENTS: [w.CONNECTED, w.TRANSFERRED, w.CONNECTED, HELD]})
        return (await place(caller, Wishes(hangup_after=30.0), lambda _: None))[0]

    outcome, seconds = in_virtual_time(work)
    assert outcome is Outcome.HUNG_UP
    assert seconds == pytest.approx(32)
