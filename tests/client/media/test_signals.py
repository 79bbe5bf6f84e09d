"""The tone and the picture: their steps, and knowing them again."""

from __future__ import annotations

import math
from array import array
from random import Random

import pytest
from cec_client.media import picture, tone
from cec_client.media.policy import MediaPolicy
from cec_client.media.statistics import StreamStatistics
from cec_client.media.steps import LENGTH, Ear, Walk, random_walk
from hypothesis import given
from hypothesis import strategies as st

NOISE = [Random(7).randint(-9000, 9000) for _ in range(tone.FRAME)]  # noqa: S311 - any noise will do
WALK = Walk((0, 1, 2, 3, 1, 0, 3, 2, 0, 2, 1, 3), 0.2)


@given(st.integers(3, 8), st.randoms(use_true_random=False))
def test_no_step_of_a_walk_is_like_the_next(symbols: int, random: Random) -> None:
    order = random_walk(symbols, 0.2, random).order
    assert len(order) == LENGTH
    assert all(one != other for one, other in zip(order, (*order[1:], order[0]), strict=True))
    assert set(order) <= set(range(symbols))


def test_a_walk_begins_anew() -> None:
    assert [WALK.at(seconds) for seconds in (0.0, 0.19, 0.2, 2.39, 2.4)] == [0, 0, 1, 3, 0]


def listen(delay: float, seconds: float, walk: Walk = WALK, began: float | None = 100.0) -> Ear:
    """Hear a walk come back, 50 times a second."""
    ear = Ear(WALK, sure=3)
    if began is not None:
        ear.begin(began)
    for tick in range(int(seconds * 50)):
        ear.hear(walk.at(tick / 50), 100.0 + delay + tick / 50)
    return ear


@given(st.floats(0.0, 1.5))
def test_an_echo_is_recognised_with_its_delay(delay: float) -> None:
    ear = listen(delay, 3.0)
    assert ear.recognised
    assert ear.delay == pytest.approx(delay, abs=0.03)


def test_four_steps_are_needed() -> None:
    assert not listen(0.1, 0.6).recognised
    assert listen(0.1, 0.8).recognised
    assert listen(0.1, 0.6).delay is None


@pytest.mark.parametrize(
    "walk", [Walk((0, 3), 0.2), Walk((0, 1, 0, 2, 0, 3), 0.2), Walk(WALK.order[::-1], 0.2), Walk((2,), 0.2)]
)
def test_somebody_elses_signal_is_none_of_ours(walk: Walk) -> None:
    assert not listen(0.1, 5.0, walk).recognised


def test_nothing_is_recognised_before_anything_was_sent() -> None:
    assert not listen(0.1, 5.0, began=None).recognised


def test_noise_between_the_steps_does_no_harm() -> None:
    ear = Ear(WALK, sure=2)
    ear.begin(0.0)
    for tick, symbol in enumerate((0, 0, None, 0, 0, 5, 1, 1, None, 2, 2, 2, 3, 3)):
        ear.hear(symbol, tick / 10)
    assert ear.recognised


@pytest.mark.parametrize("place", range(len(tone.FREQUENCIES)))
def test_each_tone_is_told(place: int) -> None:
    assert tone.tone_in(array("h", tone.SOUNDS[place])) == place
    half = [sample // 2 for sample in array("h", tone.SOUNDS[place])]
    assert tone.tone_in(half[40:] + half[:40]) == place


@pytest.mark.parametrize(
    "samples",
    [
        [],
        [0] * tone.FRAME,
        [10 * (-1) ** n for n in range(tone.FRAME)],
        [round(6000 * math.sin(2 * math.pi * 475 * n / tone.RATE)) for n in range(tone.FRAME)],
        NOISE,
        [9000 * (n % 7 - 3) for n in range(tone.FRAME)],
    ],
)
def test_silence_and_noise_are_no_tone(samples: list[int]) -> None:
    assert tone.tone_in(samples) is None


@pytest.mark.parametrize(
    ("pixels", "told"),
    [
        ([40, 42, 38], 0),
        ([110] * 4, 2),
        ([220, 219], 5),
        ([], None),
        ([92] * 4, None),
        ([16] * 4, None),
        ([75, 180], None),
    ],
)
def test_greys_are_told(pixels: list[int], told: int | None) -> None:
    assert picture.grey_in(pixels) == told


@pytest.mark.parametrize(("received", "lost", "loss"), [(0, 0, 0.0), (99, 1, 0.01), (0, 5, 1.0), (10, -2, 0.0)])
def test_loss_is_a_share(received: int, lost: int, loss: float) -> None:
    assert StreamStatistics(kind="audio", packets_received=received, packets_lost=lost).loss == pytest.approx(loss)


@pytest.mark.parametrize("name", ["connect_timeout", "answer_timeout", "ring_timeout", "media_timeout", "farewell"])
def test_a_policy_refuses_what_makes_no_sense(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is 0; give a number that is more than 0"):
        MediaPolicy(**{name: 0})
    with pytest.raises(ValueError, match=name):
        MediaPolicy(**{name: math.nan})
