"""Whatever happens in a call and whatever its client does, no rule objects to the emulator."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from cec_client.protocol import Endpoint
from cec_conformance.cases.generated import cases
from cec_conformance.judging import judge
from cec_conformance.run import Run
from cec_conformance.server.playing import pay
from cec_conformance.server.rules import SERVER_RULES
from cec_conformance.server.visit import Visit
from cec_conformance.server.visits.beginning import in_a_call
from cec_conformance.server.visits.ending import LIFE, login_for
from cec_conformance.words import Words
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.conformance.server.matrix import objects

if TYPE_CHECKING:
    from cec_conformance.cases.case import Case
    from cec_conformance.server.visitor import User, Visitor
    from mock_cec.scenario.dialect import DialectName

pytestmark = [pytest.mark.uncovered, pytest.mark.usefixtures("silent_emulator")]

STEPS = ("poll", "wait", "drop", "leave", "login", "short login", "create", "check", "send", "two polls", "drop beside")
ONE = {"drop": Endpoint.DROP, "create": Endpoint.CREATE, "check": Endpoint.CHECK, "send": Endpoint.SEND}


async def do(visitor: Visitor, user: User, step: str) -> None:
    """Do one thing that a client may do, however foolish."""

    async def later(endpoint: Endpoint) -> None:
        await visitor.wait(0.7)
        await user.ask(endpoint)

    if step in ONE:
        await user.ask(ONE[step])
    elif step == "wait":
        await visitor.wait(2.5)
    elif step == "leave":
        await user.post(user.letter(Endpoint.EVENTS), leave_after=0.4)
    elif step == "login":
        await user.login()
    elif step == "short login":
        await login_for(user, LIFE)
    elif step == "two polls":
        await asyncio.gather(user.poll(), later(Endpoint.EVENTS))
    elif step == "drop beside":
        await asyncio.gather(user.poll(), later(Endpoint.DROP))
    else:
        await user.poll()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    case=cases(slow=False),
    steps=st.lists(st.sampled_from(STEPS), max_size=12),
    dialect=st.sampled_from(["guide", "reference"]),
)
def test_the_emulator_breaks_no_rule_whatever_happens(case: Case, steps: list[str], dialect: DialectName) -> None:
    async def course(visitor: Visitor) -> None:
        if user := await in_a_call(visitor):
            for step in steps:
                await do(visitor, user, step)

    scenario = replace(case.scenario, answers={}, hold="2s")
    visit = Visit(name="any", title=Words("Any", "任意"), scenario=scenario, course=course)
    verdicts = judge(Run(pay(visit, dialect=dialect)), SERVER_RULES)

    assert [(verdict.rule, verdict.observations) for verdict in verdicts if objects(verdict)] == []
