"""Making what was asked for: tenants, plans, events and failures.

Everything of the scenario format is read by its own loader, so that it is the same here as in a file, and mistakes are
told in the same words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec
from cec_client.protocol import Endpoint
from msgspec.structs import replace

from mock_cec.clock import clock
from mock_cec.control.shapes import NAME, Speed
from mock_cec.control.troubles import Trouble
from mock_cec.scenario import catalogue
from mock_cec.scenario.loading import ScenarioError, load
from mock_cec.scenario.plan import plan
from mock_cec.scenario.words import nearest, shown
from mock_cec.script import Due
from mock_cec.tenant import Credentials, Tenant

if TYPE_CHECKING:
    from mock_cec.control.shapes import Failing, NewTenant
    from mock_cec.scenario.dialect import DialectName
    from mock_cec.scenario.model import Scenario
    from mock_cec.scenario.plan import Plan, Step


def tenant(asked: NewTenant, made_up: str, public_url: str | None = None) -> Tenant:
    """Make a tenant.

    Args:
        asked: What it has to be like.
        made_up: Its name and app key, if it was given none.
        public_url: Under which URL clients reach it, where their Host header does not say it.

    Raises:
        Trouble: Its scenario cannot be used.
    """
    app_key = asked.app_key or asked.name or made_up
    return Tenant(
        planned(asked.scenario, asked.dialect),
        clock("real", asked.clock.speed) if isinstance(asked.clock, Speed) else clock(asked.clock),
        Credentials(app_key, asked.app_secret, asked.channel_id),
        name=asked.name or (app_key if _is_name(app_key) else made_up),
        public_url=public_url,
        dialect=asked.dialect,
        most_exchanges=asked.most_exchanges,
    )


def planned(scenario: str | dict[str, Any], dialect: DialectName | None = None) -> Plan:
    """Read a scenario.

    Args:
        scenario: Its name, its YAML text, or the same as an object.
        dialect: In place of its own.

    Raises:
        Trouble: There is none of this name, or it cannot be used.
    """
    try:
        found = _named(scenario) if isinstance(scenario, str) else _loaded(scenario)
    except ScenarioError as failure:
        raise Trouble("bad_scenario", str(failure)) from failure
    return plan(found, dialect)


def event(asked: dict[str, Any], now: float, dialect: DialectName) -> Due:
    """Make an event, due at `now` or, if it says so, `after` that.

    Raises:
        Trouble: It is no event of the scenario format.
    """
    (made,) = planned({"title": "injected", "events": [{"after": "0s"} | asked]}, dialect).timeline
    return Due(now + made.after, replace(made, step=f"injected {made.step.partition(' ')[2]}"))


def failure(asked: Failing) -> Step:
    """Make what a poll gets that is to fail.

    Raises:
        Trouble: It is neither a status nor a code, or both.
    """
    answer = {name: value for name, value in msgspec.to_builtins(asked).items() if value is not None}
    if not answer.keys() & {"status", "code"}:
        raise Trouble("bad_request", 'a poll fails with a "status" such as 403, or with a "code" such as "1"')
    made = planned({"title": "failing", "answers": {Endpoint.EVENTS.value: {"1": answer}}})
    return replace(made.answers[Endpoint.EVENTS][0], name="failed by hand")


def _named(scenario: str) -> Scenario:
    """A name has no line break and no colon; a path of a file is none, for this may be asked from elsewhere."""
    if "\n" in scenario or ":" in scenario:
        return load(scenario, "scenario")
    if scenario not in catalogue.names():
        raise Trouble("bad_scenario", f"there is no scenario {shown(scenario)}{nearest(scenario, catalogue.names())}")
    return catalogue.find(scenario)


def _loaded(scenario: dict[str, Any]) -> Scenario:
    return load(msgspec.json.encode(scenario).decode(), "scenario")


def _is_name(text: str) -> bool:
    return re.search(NAME, text) is not None
