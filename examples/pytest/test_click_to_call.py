"""The tests of the client: each has a CEC of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import click_to_call
import httpx
import pytest
from click_to_call import CallRefused, ClickToCall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_cec import MockTenant

HOUR = """
title: A call of an hour
events:
  - {after: 1s, event: queued}
  - {after: 30s, event: connected}
  - {after: 1h, event: released}
"""


@pytest.fixture
def client(mock_cec: MockTenant) -> Iterator[ClickToCall]:
    """A client that is logged in at the test's own CEC."""
    client = ClickToCall(mock_cec.base_url, mock_cec.app_key, mock_cec.app_secret, mock_cec.channel_id)
    client.log_in("alice")
    yield client
    client.close()


@pytest.mark.cec(scenario="no_agents")
def test_a_refused_call_is_told(client: ClickToCall) -> None:
    """Nobody is there."""
    with pytest.raises(CallRefused, match="No agents"):
        next(client.events())


def test_the_first_poll_follows_at_once(client: ClickToCall, mock_cec: MockTenant) -> None:
    """The default scenario of pytest.ini begins in the queue."""
    assert next(client.events()) == click_to_call.QUEUED
    poll = mock_cec.wait_for(endpoint="getClickToCallEvents")
    assert poll.script["step"] == "events[0] queued"


@pytest.mark.cec(scenario=HOUR, clock="stepped")
def test_an_hour_is_over_in_no_time(client: ClickToCall, mock_cec: MockTenant) -> None:
    """The clock stands still until the test moves it; tokens live ten minutes, so they have to be renewed."""
    with ThreadPoolExecutor() as pool:
        call = pool.submit(list, client.events())
        events = mock_cec.clock.play(call)
    assert events == [click_to_call.QUEUED, click_to_call.CONNECTED, click_to_call.RELEASED]
    assert mock_cec.clock.now() == 1 + 30 + 3600
    assert mock_cec.wait_for(endpoint="tokenByAkSk", count=7).status == httpx.codes.OK
