"""What a test waits for, looked at again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cec_client.protocol import Endpoint
from mock_cec.embed.matching import Held, Matching

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
