"""Searching: what a server does with requests that nobody wrote down, as results like those of visits.

Half of the time goes into sequences of requests, which are held against a model of the document, half into single
requests that are drawn from its OpenAPI form.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from cec_client.protocol import Trace
from msgspec import Struct

from cec_conformance.cases.recorded import recorded
from cec_conformance.judging import State, Verdict
from cec_conformance.results import CaseResult
from cec_conformance.rule import Observation, Saw
from cec_conformance.server.exploring import explore
from cec_conformance.server.fuzzing import fuzz
from cec_conformance.server.grounds import SCENARIO, OverNetwork
from cec_conformance.server.playing import known
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_cec.scenario.dialect import DialectName

    from cec_conformance.server.control import Control
    from cec_conformance.server.exploring import Exploration, Found
    from cec_conformance.server.fuzzing import Fuzzed, Fuzzing
    from cec_conformance.server.reaching import Carrier
    from cec_conformance.server.visitor import Access

PAUSES: Final = (0.05, 0.5)
"""Seconds between two steps, where one waits: real ones, of which there are few."""
PATIENCE: Final = (0.4, 0.0)
"""Seconds for which a poll is waited for before the next step."""

MOST: Final = 3
"""How many departures from the document are looked for, each made as short as can be."""


class Search(Struct, frozen=True, kw_only=True):
    """How to search.

    Attributes:
        seconds: How long.
        examples: How many sequences are drawn at most.
        seed: Which.
        pause: Seconds before every request.
    """

    seconds: float
    examples: int
    seed: int
    pause: float = 0.0


async def searched(
    search: Search, access: Access, carrier: Carrier, control: Control | None, dialect: DialectName | None
) -> tuple[CaseResult, ...]:
    """Search a server, in a tenant of its own where there is a control channel.

    Raises:
        ControlError: The control channel makes no tenant.
    """
    if control is None:
        return await _explored(search, access, carrier)
    name = f"conformance-search-{search.seed}"
    async with control.tenant(name, SCENARIO, dialect, moves=False) as credentials:
        own = type(access)(base_url=access.base_url, token_base_url=access.token_base_url, credentials=credentials)
        return await _explored(search, own, carrier)


async def _explored(search: Search, access: Access, carrier: Carrier) -> tuple[CaseResult, ...]:
    ground = OverNetwork(access, carrier.client, search.pause, pauses=PAUSES, patience=PATIENCE)
    examples, number, budget = search.examples, search.seed, search.seconds / 2
    exploration = await asyncio.to_thread(explore, ground, examples=examples, number=number, budget=budget, most=MOST)
    fuzzing = await asyncio.to_thread(fuzz, ground, examples=examples, number=number, budget=budget)
    return (*explored(exploration, known(access)), *fuzzed(fuzzing, known(access)))


def explored(exploration: Exploration, facts: Mapping[str, str]) -> tuple[CaseResult, ...]:
    """Tell an exploration: one result for the whole, and one for each departure from the document."""
    whole = recorded(
        "explored",
        f"{exploration.requests} requests in {exploration.sequences} sequences that nobody wrote down, held against a "
        "model of the document",
        f"随机生成 {exploration.sequences} 个序列、共 {exploration.requests} 次请求，与文档模型对照",
    )
    about = Words(
        "The shortest sequence found in which an answer departs from the document", "所发现的、应答偏离文档的最短序列"
    )
    departed = (_departed("explored", about, found, facts) for found in exploration.found)
    return (CaseResult(whole, Trace(), (), searched=True), *departed)


def fuzzed(fuzzing: Fuzzing, facts: Mapping[str, str]) -> tuple[CaseResult, ...]:
    """Tell a fuzzing: one result for the whole, and one for each answer that no document describes."""
    answers, endpoints = sum(fuzzing.answered.values()), len(fuzzing.answered)
    whole = recorded(
        "fuzzed",
        f"{answers} answers of {endpoints} endpoints to requests drawn from the OpenAPI document",
        f"按 OpenAPI 文档随机生成请求：{endpoints} 个接口共 {answers} 次应答",
    )
    about = Words("The smallest request found whose answer no document describes", "所发现的、应答不合文档的最小请求")
    departed = (_departed("fuzzed", about, found, facts) for found in fuzzing.found)
    return (CaseResult(whole, Trace(), (), searched=True), *departed)


def _departed(kind: str, about: Words, found: Found | Fuzzed, facts: Mapping[str, str]) -> CaseResult:
    contradiction, trace = found.contradiction, found.trace
    case = recorded(f"{kind}-{contradiction.rule}", about.en, about.zh)
    got = Words(
        f"{contradiction.came.en}; allowed: {contradiction.allowed.en}",
        f"{contradiction.came.zh}；允许：{contradiction.allowed.zh}",
    )
    verdict = Verdict(contradiction.rule, State.FAILED, (Observation(Saw.BROKEN, (contradiction.serial,), got),))
    whole = Trace(exchanges=trace.exchanges, started=trace.started, facts={**trace.facts, **facts})
    return CaseResult(case, whole, (verdict,), searched=True)
