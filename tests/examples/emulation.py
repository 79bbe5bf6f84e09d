"""The emulator on a socket of its own, and what its trace says about the client that was there."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from cec_client.protocol import Endpoint
from mock_cec.clock import RealClock
from mock_cec.platform import Platform
from mock_cec.scenario.loading import load
from mock_cec.scenario.plan import plan
from mock_cec.serving import BackgroundServer
from mock_cec.tenant import Credentials, Tenant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_client.protocol import Exchange, Trace

    from tests.examples.programs import Program, Run

LOGIN = [Endpoint.TOKEN, Endpoint.APPLY_TOKEN]
CREDENTIALS = Credentials()


@dataclass(frozen=True)
class Emulator:
    """A running emulator."""

    tenant: Tenant
    url: str

    @property
    def trace(self) -> Trace:
        """What went over the wire."""
        return self.tenant.recorder.trace()


@contextmanager
def emulator(scenario: str) -> Iterator[Emulator]:
    """Play a scenario, given as YAML without its title."""
    tenant = Tenant(plan(load(f"title: A test\n{dedent(scenario)}", "inline")), RealClock(), CREDENTIALS)
    with BackgroundServer(Platform(tenant)) as server:
        yield Emulator(tenant, server.base_url)


@dataclass(frozen=True)
class Story:
    """A call from both sides: what the program said, and what the emulator saw."""

    run: Run
    exchanges: tuple[Exchange, ...]

    @property
    def outcome(self) -> str:
        """How the call ended, as the program says."""
        return self.run.outcome

    @property
    def steps(self) -> list[Endpoint | None]:
        """The endpoints in order of arrival."""
        return [exchange.endpoint for exchange in self.exchanges]

    @property
    def flow(self) -> list[Endpoint | None]:
        """The endpoints in order of arrival, a row of polls as one."""
        steps = self.steps
        return [step for step, before in zip(steps, [None, *steps], strict=False) if step != before]

    def all(self, endpoint: Endpoint) -> list[Exchange]:
        """Give the exchanges of one endpoint."""
        return [exchange for exchange in self.exchanges if exchange.endpoint is endpoint]

    def one(self, endpoint: Endpoint) -> Exchange:
        """Give the only exchange of an endpoint."""
        (exchange,) = self.all(endpoint)
        return exchange

    def after(self, exchange: Exchange) -> tuple[Exchange, ...]:
        """Give what arrived later."""
        return self.exchanges[exchange.serial :]


def place_call(program: Program, scenario: str, **settings: str) -> Story:
    """Let a program place a call in a scenario; whatever happened, it has kept the rules that hold in every call."""
    with emulator(scenario) as running:
        run = program.run(running.url, **settings)
    story = Story(run, running.trace.exchanges)  # read when the emulator has stopped: nothing is under way any more
    assert run.status == 0, run.stderr
    keeps_the_rules_of_every_call(story)
    return story


def keeps_the_rules_of_every_call(story: Story) -> None:
    """Hold a trace against what is true of every call: headers, tokens, one poll at a time."""
    access_token = ccmessaging_token = None
    for exchange in story.exchanges:
        endpoint = exchange.endpoint
        assert endpoint is not None, exchange.target
        assert exchange.method == endpoint.method
        if endpoint is Endpoint.TOKEN:
            assert body(exchange) == {"app_key": CREDENTIALS.app_key, "app_secret": CREDENTIALS.app_secret}
            access_token = answer(exchange).get("AccessToken")
            continue
        assert CREDENTIALS.app_secret not in repr(exchange)
        assert exchange.request_header("x-app-key") == CREDENTIALS.app_key
        assert exchange.request_header("authorization") == f"Bearer {access_token}"
        if endpoint is Endpoint.APPLY_TOKEN:
            ccmessaging_token = answer(exchange).get("token")
        else:
            assert exchange.request_header("ccmessaging-token") == ccmessaging_token
        if exchange.method == "POST":
            assert (exchange.request_header("content-type") or "").startswith("application/json")
    for earlier, later in pairwise(story.all(Endpoint.EVENTS)):
        assert earlier.answer_ended is not None
        assert later.request_complete is not None
        assert earlier.answer_ended <= later.request_complete, "two polls at a time"


def body(exchange: Exchange) -> Any:
    """Read the body of a request."""
    return json.loads(exchange.request_body)


def answer(exchange: Exchange) -> Any:
    """Read the body of an answer."""
    return json.loads(exchange.response_body)


def tokens(exchange: Exchange) -> tuple[str | None, str | None]:
    """Give the two tokens that a request carried."""
    return exchange.request_header("authorization"), exchange.request_header("ccmessaging-token")
