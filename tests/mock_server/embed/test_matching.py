"""What a test waits for, looked at again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cec_client.protocol import Endpoint
from mock_cec.embed.matching import Held, Matching, Signalled

if TYPE_CHECKING:
    from collections.abc import Callable

    from cec_client.protocol import Exchange

    from tests.mock_server.conftest import Api

    MakeApi = Callable[..., Api]


def test_each_exchange_is_judged_once_and_when_it_is_complete(api: MakeApi) -> None:
    judged: list[int] = []

    def poll(exchange: Exchange) -> bool:
        judged.append(exchange.serial)
        return exchange.endpoint is Endpoint.EVENTS

    client = api("title: t\nhold: 20s\n").login()
    look, held = Matching(client.tenant, poll, None, 1), Held(client.tenant, 1)
    assert (look(), held()) == (None, None)
    client.start("getClickToCallEvents")
    assert (look(), held()) == (None, 1)
    client.advance(20)
    seen = look()
    assert seen is not None
    assert (seen.serial, judged, held()) == (3, [1, 2, 3], None)


def test_each_signal_is_judged_once_by_its_words_or_by_whoever_looks(api: MakeApi) -> None:
    tenant = api("title: t\n").tenant
    byes, any_two, mine = (
        Signalled(tenant, "BYE", 1),
        Signalled(tenant, None, 2),
        Signalled(tenant, lambda signal: signal.user == "alice", 1),
    )
    assert (byes(), any_two(), mine()) == (None, None, None)
    tenant.recorder.signal("sent", "BYE sip:a@b SIP/2.0\r\n\r\n")
    seen = byes()
    assert seen is not None
    assert seen.text.startswith("BYE")
    assert (any_two(), mine()) == (None, None)
    assert str(any_two) == "only 1 of 2 matching signal"
    assert str(Signalled(tenant, "BYE", 1)) == 'no signal "BYE"'
    tenant.recorder.signal("state", "media connected", user="alice")
    assert any_two() == mine() == tenant.recorder.signals[1]
    with pytest.raises(ValueError, match="count has to be at least 1, not 0"):
        Signalled(tenant, "BYE", 0)
