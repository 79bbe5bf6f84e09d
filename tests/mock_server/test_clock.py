"""Clocks: real time may run faster, stepped time stands still."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_cec.clock import AutoClock, ClockKind, RealClock, SteppedClock, clock


@pytest.mark.parametrize(("kind", "made"), [("real", RealClock), ("auto", AutoClock), ("stepped", SteppedClock)])
def test_there_are_three_kinds_of_clock(kind: ClockKind, made: type) -> None:
    assert type(clock(kind)) is made


def test_stepped_time_starts_on_the_day_of_the_guide() -> None:
    assert SteppedClock().started == 1724025600.0  # 2024-08-19T00:00:00Z
    assert SteppedClock().now() == 0.0


def test_stepped_time_runs_callbacks_at_their_own_times_and_in_order() -> None:
    clock = SteppedClock()
    seen: list[tuple[str, float]] = []
    clock.call_at(2.0, lambda: seen.append(("second", clock.now())))
    clock.call_at(1.0, lambda: seen.append(("first", clock.now())))
    clock.call_at(2.0, lambda: seen.append(("third", clock.now())))
    clock.call_at(9.0, lambda: seen.append(("never", clock.now())))
    assert clock.next_due() == 1.0
    clock.advance(5.0)
    assert seen == [("first", 1.0), ("second", 2.0), ("third", 2.0)]
    assert clock.now() == 5.0


def test_a_callback_may_set_the_next_one() -> None:
    clock = SteppedClock()
    seen: list[float] = []

    def again() -> None:
        seen.append(clock.now())
        clock.call_at(clock.now() + 1.0, again)

    clock.call_at(1.0, again)
    clock.advance(3.5)
    assert seen == [1.0, 2.0, 3.0]


def test_a_callback_that_was_called_off_never_runs() -> None:
    clock = SteppedClock()
    timer = clock.call_at(1.0, lambda: pytest.fail("it ran"))
    timer.cancel()
    assert clock.next_due() is None
    clock.advance(2.0)


def test_a_callback_whose_time_has_passed_runs_at_the_next_step() -> None:
    clock = SteppedClock()
    clock.advance(5.0)
    seen: list[float] = []
    clock.call_at(1.0, lambda: seen.append(clock.now()))
    clock.advance(0.0)
    assert seen == [5.0]


@given(st.lists(st.floats(0.0, 100.0)), st.lists(st.floats(0.0, 30.0)))
def test_however_time_is_cut_the_same_callbacks_run_in_the_same_order(dues: list[float], steps: list[float]) -> None:
    runs = []
    for cut in (steps, [sum(steps)]):
        clock = SteppedClock()
        seen: list[int] = []
        for number, due in enumerate(dues):
            clock.call_at(due, lambda number=number, seen=seen: seen.append(number))  # type: ignore[misc]
        for step in cut:
            clock.advance(step)
        runs.append([number for number in seen if dues[number] < sum(steps) - 1e-6])
    assert runs[0] == runs[1]


def test_real_time_can_run_faster() -> None:
    clock = RealClock(speed=1000.0)

    async def later() -> float:
        done = asyncio.get_running_loop().create_future()
        clock.call_at(clock.now() + 5.0, lambda: done.set_result(clock.now()))
        return float(await done)

    before = clock.now()
    assert asyncio.run(later()) >= before + 5.0
