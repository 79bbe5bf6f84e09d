"""Who does not dial, and what "connected" hands out for those who do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.mock_server.conftest import Api

    MakeApi = Callable[..., Api]

PATIENT = "title: x\nevents: [{after: 1s, event: connected}]\ngateway: {dial_within: 10s}"


def test_whoever_does_not_dial_in_time_is_released(api: MakeApi) -> None:
    user = api(PATIENT).login()
    user.call("createClickToCall")
    poll = user.start("getClickToCallEvents")
    user.advance(1)
    assert user.answer(poll).json()["eventId"] == 168101
    poll = user.start("getClickToCallEvents")
    user.advance(9.9)
    assert not poll.done()
    user.advance(0.1)
    answer = user.answer(poll).json()
    assert answer["eventId"] == 168110
    assert answer["content"]["causeDesc"] == "the caller did not dial"


def test_whoever_has_dialled_or_dropped_is_not(api: MakeApi) -> None:
    user = api(PATIENT).login()
    user.call("createClickToCall")
    poll = user.start("getClickToCallEvents")
    user.advance(1)
    user.answer(poll)
    (session,) = user.tenant.sessions
    session.dials = 1
    user.advance(20)
    assert session.script.live(user.clock.now())


def test_addresses_may_be_bare(api: MakeApi) -> None:
    user = api("title: x\nevents: [{after: 0s, event: connected}]\ngateway: {addresses: bare}").login()
    user.call("createClickToCall")
    answer = user.call("getClickToCallEvents").json()
    assert answer["content"]["gwAddresses"] == ["cec.test:8360"]
