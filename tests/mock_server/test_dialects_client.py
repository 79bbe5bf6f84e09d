"""The reference client and the dialects: every scenario that comes with the emulator ends the same way in both."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Final

import pytest
from cec_client import CecError, Client, Connected, Outcome, Policy
from cec_client.protocol import TERMINAL
from mock_cec import MockCec
from mock_cec.scenario import catalogue
from mock_cec.scenario.dialect import NAMES, DialectName
from mock_cec.scenario.plan import plan

HURRY: Final = Policy(retry_delay=0.01, poll_timeout=1.0, request_timeout=5.0, empty_pause=0.0, farewell=0.5)

ENDS: Final = {
    "agent_hangs_up": Outcome.RELEASED,
    "call_failed": Outcome.CALL_FAILED,
    "create_unheard": Outcome.ERROR,
    "gateway_busy": Outcome.CALL_FAILED,
    "gateway_declines": Outcome.RELEASED,
    "gateway_never_answers": Outcome.RELEASED,
    "gateway_unavailable": Outcome.CALL_FAILED,
    "guide_samples": Outcome.RELEASED,
    "media_then_released": Outcome.RELEASED,
    "missing_members": Outcome.RELEASED,
    "no_agents": Outcome.REJECTED,
    "odd_answers": Outcome.RELEASED,
    "poll_errors_persist": Outcome.GAVE_UP,
    "queue_timeout": Outcome.QUEUE_TIMEOUT,
    "reference_dialect": Outcome.QUEUE_TIMEOUT,
    "unsupported_channel": Outcome.UNSUPPORTED,
    "unsupported_tenant": Outcome.UNSUPPORTED,
}
"""How a call ends that is not hung up; in all others the customer hangs up once it is connected."""

HUNG_UP: Final = {Outcome.HUNG_UP, Outcome.RELEASED}
"""How one ends that is: the answer to the drop and the "released" that follows it may cross."""


def place(cec: MockCec, *, hang_up: bool) -> Outcome | None:
    with Client(
        cec.base_url,
        app_key=cec.app_key,
        app_secret=cec.app_secret,
        channel_id=cec.channel_id,
        user_id="alice",
        policy=HURRY,
        trust_env=False,
    ) as client:
        call = client.call()
        with suppress(CecError), call:
            for event in call:
                if hang_up and isinstance(event, Connected):
                    call.hang_up()
        return call.outcome


@pytest.mark.parametrize("dialect", NAMES)
@pytest.mark.parametrize("name", catalogue.names())
def test_a_call_ends_as_the_scenario_has_it(name: str, dialect: DialectName) -> None:
    over = any(event.id in TERMINAL for event in plan(catalogue.find(name)).timeline)
    with MockCec(name, dialect=dialect, clock="stepped") as cec, ThreadPoolExecutor() as pool:
        outcome = cec.clock.play(pool.submit(place, cec, hang_up=not over))
        assert outcome in ({ENDS[name]} if name in ENDS else HUNG_UP)
        dead = {exchange.status for exchange in cec.trace.exchanges if exchange.status in {401, 403}}
        assert dead <= {{"guide": 403, "reference": 401}[dialect]}


def test_a_token_in_a_header_saves_the_login() -> None:
    scenario = """
        title: A call that outlives its ccmessaging token many times
        dialect: reference
        tokens: {ccmessaging: 1m}
        events: [{after: 1s, event: connected}, {after: 20m, event: released}]
    """
    with MockCec(scenario, clock="stepped") as cec, ThreadPoolExecutor() as pool:
        assert cec.clock.play(pool.submit(place, cec, hang_up=False)) is Outcome.RELEASED
        names = [exchange.endpoint.value for exchange in cec.trace.exchanges if exchange.endpoint]
        assert names.count("applyToken") == 2, "one at first, one with the AccessToken that has run out"
        renewed = [exchange.response_header("ccmessaging-token") for exchange in cec.trace.exchanges]
        assert len(set(filter(None, renewed))) > 5
