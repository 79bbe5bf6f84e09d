"""The engine: one stream of events, whatever the target does."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from cec_client.protocol import Trace
from cec_conformance.cases.case import Case
from cec_conformance.cases.writing import scenario
from cec_conformance.engine import STOPPED, Budget, Probe, run
from cec_conformance.fairness import Measured
from cec_conformance.judging import State
from cec_conformance.probing import PROBE
from cec_conformance.results import CaseBegan, CaseEnded, Ending, RunBegan, RunEnded, Shrunk
from cec_conformance.targets.in_process import InProcess
from cec_conformance.targets.target import Played, Stopped
from cec_conformance.twins import TWINS
from cec_conformance.twins.original import Original
from cec_conformance.virtual.playing import play
from cec_conformance.words import Words
from mock_cec.child import CannotRun
from mock_cec.scenario.loading import load

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    import httpx
    from cec_conformance.results import CaseResult, Event

CASES = tuple(
    Case(name=name, title=Words(name, name), scenario=scenario(events=["1s connected", "1s released"]))
    for name in ("one", "two", "three")
)


class Fake:
    """A target that is what the test says."""

    name = "a fake"
    most: int | None = None

    def __init__(self, how: Callable[[Case], Awaitable[Played]], *, probed: bool = False) -> None:
        self._how = how
        self.probed = probed
        self.closed = 0

    async def play(self, case: Case) -> Played:
        return await self._how(case)

    async def close(self) -> None:
        self.closed += 1


def events(cases: tuple[Case, ...], target: Any, **budget: Any) -> list[Event]:
    async def collect() -> list[Event]:
        return [event async for event in run(cases, target, Budget(**budget), settings={"seed": "1"})]

    return asyncio.run(collect())


def results(told: list[Event]) -> dict[str, CaseResult]:
    return {event.result.case.name: event.result for event in told if isinstance(event, CaseEnded)}


async def _original(environment: Mapping[str, str], transport: httpx.AsyncBaseTransport) -> str:
    return await Original(environment, transport).place()


async def _twin(environment: Mapping[str, str], transport: httpx.AsyncBaseTransport) -> str:
    return await TWINS["C-DROP-02"](environment, transport).place()


async def fine(case: Case) -> Played:
    """Play a case with the original."""
    return await InProcess("original", _original).play(case)


async def faulty(case: Case) -> Played:
    """Play a case with a twin."""
    return await InProcess("twin", _twin).play(case)


def test_a_run_begins_tells_each_case_and_ends() -> None:
    target = Fake(fine)
    told = events(CASES, target, jobs=2)

    assert told[0] == RunBegan("a fake", ("one", "two", "three"), {"seed": "1"})
    assert [type(event) for event in told].count(CaseBegan) == 3
    assert set(results(told)) == {"one", "two", "three"}
    assert isinstance(told[-1], RunEnded)
    assert told[-1].unjudged is None
    assert target.closed == 1


def test_cases_are_played_side_by_side_but_no_more_than_may_be() -> None:
    playing: set[str] = set()
    most = 0

    async def slowly(case: Case) -> Played:
        nonlocal most
        playing.add(case.name)
        most = max(most, len(playing))
        for _ in range(5):
            await asyncio.sleep(0)
        playing.remove(case.name)
        return Played(Trace(), None)

    events(CASES, Fake(slowly), jobs=2)
    assert most == 2
    most, alone = 0, Fake(slowly)
    alone.most = 1
    events(CASES, alone, jobs=8)
    assert most == 1


def test_a_case_that_could_not_be_played_says_what_it_would_have_taken() -> None:
    lacking = Words("it would take a key", "需要钥匙")

    async def locked(case: Case) -> Played:
        return Played(Trace(), None, missing=lacking) if case.name == "two" else await fine(case)

    aiming = tuple(msgspec.structs.replace(case, aims=("C-DROP-02",)) for case in CASES)
    found = results(events(aiming, Fake(locked)))["two"]
    assert found.skipped
    assert [(one.rule, one.state, one.because) for one in found.verdicts] == [
        ("C-DROP-02", State.NOT_EXERCISED, lacking)
    ]


def test_a_target_that_is_to_be_left_alone_is_asked_no_more() -> None:
    asked: list[str] = []
    enough = Words("it asked to be left alone", "请勿打扰")

    async def soon(case: Case) -> Played:
        asked.append(case.name)
        raise Stopped(enough, Played(Trace(), None, missing=enough))

    async def search() -> tuple[CaseResult, ...]:
        asked.append("search")
        return ()

    async def collect() -> list[Event]:
        return [event async for event in run(CASES, Fake(soon), Budget(), search=search)]

    told = asyncio.run(collect())
    names = ("one", "two", "three")
    assert asked == ["one"]
    assert {name: result.skipped for name, result in results(told).items()} == dict.fromkeys(names, True)
    assert isinstance(told[-1], RunEnded)
    assert told[-1].unjudged == enough


@pytest.mark.parametrize(("seconds", "trouble"), [(None, True), (0.05, False)])
def test_a_search_that_fails_is_told_and_one_that_takes_too_long_is_left(
    seconds: float | None, *, trouble: bool
) -> None:
    async def search() -> tuple[CaseResult, ...]:
        if seconds is None:
            raise OSError("no network")
        await asyncio.Event().wait()
        return ()

    async def collect() -> list[Event]:
        return [event async for event in run((), Fake(fine), Budget(seconds=seconds), search=search)]

    found = results(asyncio.run(collect()))
    assert bool(found) is trouble
    assert all("could not search: no network" in str(result.trouble) for result in found.values())


def test_another_probe_tells_why_a_server_cannot_be_judged() -> None:
    closed = Words("it is closed", "已关闭")
    probe = Probe(CASES[0], lambda _played: closed)

    async def collect() -> list[Event]:
        target = Fake(fine, probed=True)
        return [event async for event in run(CASES, target, Budget(), probe=probe, subject="server")]

    told = asyncio.run(collect())
    assert told[0] == RunBegan("a fake", ("one", "two", "three"), {}, "server")
    assert results(told)["one"].trouble == closed
    assert len(results(told)) == 1


def test_a_case_that_the_machine_was_too_slow_for_is_played_again_alone() -> None:
    order: list[str] = []

    async def slow_at_first(case: Case) -> Played:
        again = case.name in order
        order.append(case.name)
        return Played((await faulty(case)).trace, None, Measured(lag=0.0 if again or case.name != "one" else 9.0))

    told = events(CASES, Fake(slow_at_first), jobs=3, shrinking=0)
    assert order[3:] == ["one"]
    assert all(result.trouble is None for result in results(told).values())
    assert [type(event) for event in told].count(CaseEnded) == 3


def test_where_nothing_may_be_played_twice_a_slow_machine_leaves_a_case_unjudged() -> None:
    order: list[str] = []

    async def slow(case: Case) -> Played:
        order.append(case.name)
        return Played((await faulty(case)).trace, None, Measured(lag=9.0))

    told = results(events(CASES, Fake(slow), jobs=3, again=False))
    assert sorted(order) == sorted(case.name for case in CASES)
    assert all(result.trouble and "too slow" in result.trouble.en for result in told.values())


def test_a_machine_that_stays_too_slow_is_no_fault_of_the_client() -> None:
    async def slow(case: Case) -> Played:
        return Played((await faulty(case)).trace, None, Measured(lag=9.0))

    told = results(events(CASES, Fake(slow), jobs=3))
    assert all(result.trouble and "too slow" in result.trouble.en for result in told.values())
    assert all(result.verdicts == () for result in told.values())


def test_what_was_kept_on_a_slow_machine_was_kept() -> None:
    async def slow(case: Case) -> Played:
        return Played((await fine(case)).trace, None, Measured(lag=9.0))

    told = results(events(CASES, Fake(slow), jobs=3))
    assert all(result.trouble is None and result.verdicts for result in told.values())


def test_a_skipped_case_is_not_exercised() -> None:
    async def skips(case: Case) -> Played:
        return Played((await faulty(case)).trace, Ending(0, "skip", 0.0, 1.0))

    (result,) = results(events(CASES[:1], Fake(skips))).values()
    assert result.skipped
    assert {verdict.state for verdict in result.verdicts} == {State.NOT_EXERCISED}


async def _says_skip(_case: Case) -> Played:
    return Played((await fine(CASES[0])).trace, Ending(0, "skip", 0.0, 1.0))


async def _lacks_a_gateway(_case: Case) -> Played:
    return Played(Trace(), None, missing=Words("no gateway", "没有网关"))


@pytest.mark.parametrize(
    ("how", "why"), [(_says_skip, "the client says it has no media"), (_lacks_a_gateway, "no gateway")]
)
def test_why_a_case_with_media_is_not_exercised_is_said_of_what_it_aims_at(
    how: Callable[[Case], Awaitable[Played]], why: str
) -> None:
    of_nobody = msgspec.structs.replace(CASES[0], connect_media=True)
    (whole,) = results(events((of_nobody,), Fake(how))).values()
    aimed = msgspec.structs.replace(of_nobody, aims=("C-POLL-14",))
    (found,) = results(events((aimed,), Fake(how))).values()

    assert [verdict.rule for verdict in found.verdicts] == ["C-POLL-14"]
    for one in (whole, found):
        assert one.skipped
        assert one.trouble is None
        assert one.why_skipped is not None
        assert one.why_skipped.en == why
        assert {verdict.state for verdict in one.verdicts} == {State.NOT_EXERCISED}


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (
            CannotRun("x: command not found", 127),
            "the command cannot be started: x: command not found. Give it after --",
        ),
        (RuntimeError("a bug"), "the judge could not play it: RuntimeError('a bug')"),
        (TimeoutError("a bug"), "the judge could not play it: TimeoutError('a bug')"),
    ],
)
@pytest.mark.parametrize("probed", [True, False])
def test_what_cannot_be_played_is_told(failure: Exception, told: str, *, probed: bool) -> None:
    async def fails(_case: Case) -> Played:
        raise failure

    target = Fake(fails, probed=probed)
    heard = events(CASES, target)
    troubles = {name: result.trouble for name, result in results(heard).items()}
    assert set(troubles) == ({PROBE.name} if probed else {"one", "two", "three"})
    assert all(trouble and trouble.en.startswith(told) for trouble in troubles.values())
    assert isinstance(heard[-1], RunEnded)
    assert heard[-1].unjudged == (troubles[PROBE.name] if probed else None)
    assert target.closed == 1


def test_one_message_takes_the_place_of_all_cases_where_the_contract_is_not_kept() -> None:
    async def mute(_case: Case) -> Played:
        return Played(Trace(), Ending(0, "", 0.0, 1.0, stderr="oops"))

    told = events(CASES, Fake(mute, probed=True))
    assert isinstance(told[-1], RunEnded)
    assert told[-1].unjudged is not None
    assert "never sent a request" in told[-1].unjudged.en
    assert set(results(told)) == {PROBE.name}
    assert results(told)[PROBE.name].ending == Ending(0, "", 0.0, 1.0, stderr="oops")


def test_whoever_keeps_the_contract_is_judged() -> None:
    assert set(results(events(CASES, Fake(fine, probed=True)))) == {"one", "two", "three"}


def test_the_time_limit_ends_what_is_under_way_and_begins_nothing_more() -> None:
    ended: list[str] = []

    async def forever(case: Case) -> Played:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(case.name)
        raise AssertionError

    told = results(events(CASES, Fake(forever), jobs=2, seconds=0.05))
    assert set(ended) <= {"one", "two", "three"}
    assert all(result.trouble and "time limit of 0.05 s" in result.trouble.en for result in told.values())
    assert len(told) == 3


def test_a_run_that_is_stopped_ends_what_is_under_way_and_says_so() -> None:
    async def stopped() -> tuple[list[Event], Fake]:
        told: list[Event] = []
        begun = asyncio.Event()

        async def forever(_case: Case) -> Played:
            begun.set()
            await asyncio.Event().wait()
            raise AssertionError

        target = Fake(forever)

        async def listen() -> None:
            async for event in run(CASES, target, Budget(jobs=2)):
                told.append(event)  # noqa: PERF401  (what was told before the end counts)

        task = asyncio.ensure_future(listen())
        await begun.wait()
        task.cancel()
        await asyncio.wait([task])
        return told, target

    told, target = asyncio.run(stopped())
    assert isinstance(told[-1], RunEnded)
    assert told[-1].unjudged == STOPPED
    assert target.closed == 1


BIG = Case(
    name="big",
    title=Words("big", "big"),
    scenario=scenario(
        events=["3s queued", "3s connected", "3s transferred", "3s released"],
        polls={"2": {"code": "1"}, "4": {"status": 403}},
    ),
    flow="text_then_call",
)


def test_what_breaks_a_rule_is_shown_by_the_smallest_case() -> None:
    told = events((*CASES, BIG), Fake(faulty), jobs=4)
    (shrunk,) = [event.example for event in told if isinstance(event, Shrunk)]

    assert shrunk.rule == "C-DROP-02"
    small = load(shrunk.scenario, "test")
    assert (len(small.events), small.answers) == (1, {})
    assert (shrunk.result.case.flow, shrunk.result.case.hangup_after) == ("call", None)
    assert shrunk.tries > 0
    states = {verdict.rule: verdict.state for verdict in shrunk.result.verdicts}
    assert states["C-DROP-02"] is State.FAILED
    again = play(shrunk.result.case, _twin)
    assert [exchange.endpoint for exchange in again.exchanges] == [
        exchange.endpoint for exchange in shrunk.result.trace.exchanges
    ]


def test_without_time_to_look_for_a_smaller_one_the_case_itself_is_shown() -> None:
    told = events((BIG,), Fake(faulty), shrinking=0)
    (shrunk,) = [event.example for event in told if isinstance(event, Shrunk)]
    assert (shrunk.result.case, shrunk.tries) == (BIG, 0)


def test_a_client_without_a_violation_has_no_counter_example() -> None:
    assert not any(isinstance(event, Shrunk) for event in events((BIG,), Fake(fine)))
