from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cec_client.protocol import Endpoint
from cec_conformance.server.departures import BAD_MEDIA, LACKING_SENDS, Departure, Occasion

from tests.conformance.server.asked_traces import (
    BLOCKED,
    BROKEN,
    ERROR,
    EXPIRED,
    IDLE,
    KEPT,
    NOTED,
    OK,
    SUPPORTED,
    Asked,
    said,
    state,
    verdict,
)

if TYPE_CHECKING:
    from cec_conformance.judging import State

TOKEN, SEND, CHECK, CREATE, DROP = Endpoint.TOKEN, Endpoint.SEND, Endpoint.CHECK, Endpoint.CREATE, Endpoint.DROP
Q, C, R = 168102, 168101, 168110
REFUSED = OK | {"resultCode": "1"}
NO_AGENT = {"resultCode": "13", "resultDesc": "No agents available currently"}

SENDS: list[tuple[dict[str, Any], State, str]] = [
    ({}, KEPT, ""),
    ({"answer": {"resultCode": 0}}, KEPT, ""),
    ({"answer": NO_AGENT}, NOTED, "no agent: HTTP 200 came, with resultCode 13"),
    ({"answer": NO_AGENT | {"resultCode": "12"}}, NOTED, "no agent: HTTP 200 came, with resultCode 12"),
    ({"answer": REFUSED}, BROKEN, "HTTP 200 came, with resultCode 1"),
    ({"answer": ERROR, "status": 400}, BROKEN, "HTTP 400 came"),
    ({"status": None}, BROKEN, "no answer came"),
]


@pytest.mark.parametrize(("answer", "expected", "words"), [*SENDS, ({"status": 202}, BROKEN, "HTTP 202 came")])
def test_a_good_send_succeeds(answer: dict[str, Any], expected: State, words: str) -> None:
    found = verdict(Asked().login().ask(SEND, **answer), "S-SND-01")

    assert (found.state, said(found)) == (expected, words)


@pytest.mark.parametrize(("answer", "expected", "words"), [*SENDS, ({"status": 202}, KEPT, "")])
def test_a_good_send_succeeds_in_a_call_too(answer: dict[str, Any], expected: State, words: str) -> None:
    found = verdict(Asked().login().create().ask(SEND, **answer), "S-SND-02")

    assert (found.state, said(found)) == (expected, words)


def test_where_send_stands_decides_which_rule_it_is_for() -> None:
    before = Asked().login().ask(SEND, answer=REFUSED)
    between = Asked().login().ask(CHECK).ask(SEND, answer=REFUSED)
    inside = Asked().login().create().ask(SEND, answer=REFUSED)
    after = Asked().login().create().ask(DROP).ask(SEND, answer=REFUSED)
    released = Asked().login().create().poll(R).ask(SEND, answer=REFUSED)

    assert [state(asked, "S-SND-01") for asked in (before, between, inside, after, released)] == [
        BROKEN, BROKEN, IDLE, BROKEN, BROKEN,
    ]  # fmt: skip
    assert [state(asked, "S-SND-02") for asked in (before, between, inside, after, released)] == [
        BROKEN, IDLE, BROKEN, IDLE, IDLE,
    ]  # fmt: skip


def test_what_is_no_json_or_came_with_a_dead_token_is_for_others() -> None:
    assert state(Asked().login().ask(SEND, answer=b"OK"), "S-SND-01") is BLOCKED
    assert state(Asked().login().ask(SEND, answer=EXPIRED, status=403, wait=700), "S-SND-01") is IDLE


@pytest.mark.parametrize("departure", LACKING_SENDS)
def test_send_wants_its_members(departure: Departure) -> None:
    assert state(Asked().ask(SEND, departure, ERROR, 400), "S-SND-03") is KEPT
    assert state(Asked().ask(SEND, departure, REFUSED), "S-SND-03") is KEPT
    assert state(Asked().ask(SEND, departure), "S-SND-03") is BROKEN
    assert state(Asked().ask(SEND, departure, status=None), "S-SND-03") is IDLE


def test_a_check_that_lacks_its_channel_is_no_send() -> None:
    assert state(Asked().ask(CHECK, Departure.NO_CHANNEL), "S-SND-03") is IDLE


@pytest.mark.parametrize(
    ("answer", "expected", "words"),
    [
        (SUPPORTED, KEPT, ""),
        (SUPPORTED | {"webRTCSupported": False}, KEPT, ""),
        (SUPPORTED | {"resultCode": 0}, KEPT, ""),
        (SUPPORTED | {"webRTCSupported": "true"}, BROKEN, 'webRTCSupported was "true"'),
        (SUPPORTED | {"clickToCallSupported": 1}, BROKEN, "clickToCallSupported was 1"),
        (OK | {"webRTCSupported": True}, BROKEN, "clickToCallSupported was nothing"),
        (REFUSED, BROKEN, "HTTP 200 came, with resultCode 1"),
        (b"[]", BLOCKED, "HTTP 200 came, without a JSON object"),
    ],
)
def test_a_check_tells_in_booleans(answer: Any, expected: State, words: str) -> None:
    found = verdict(Asked().login().ask(CHECK, answer=answer), "S-CHK-01")

    assert (found.state, said(found)) == (expected, words)


def test_a_token_that_dies_too_early_is_charged_once() -> None:
    early = Asked().login().ask(CHECK).ask(CHECK, answer=EXPIRED, status=403, wait=300)

    assert state(early, "S-EXP-02") is BROKEN
    assert state(early, "S-CHK-01") is BLOCKED


@pytest.mark.parametrize(
    ("second", "expected"),
    [(SUPPORTED, KEPT), (SUPPORTED | {"clickToCallSupported": False}, BROKEN), (REFUSED, IDLE)],
)
def test_two_checks_in_a_row_say_the_same(second: Any, expected: State) -> None:
    assert state(Asked().login().ask(CHECK).ask(CHECK, answer=second), "S-CHK-02") is expected


def test_only_what_one_user_hears_in_a_row_is_compared() -> None:
    no = SUPPORTED | {"clickToCallSupported": False}

    assert state(Asked().ask(CHECK).ask(CHECK, answer=no, user="bob"), "S-CHK-02") is IDLE
    assert state(Asked().ask(CHECK).ask(SEND).ask(CHECK, answer=no), "S-CHK-02") is IDLE


def two_calls(*events: int | None) -> Asked:
    """Alice checks in her call and then gets these events; bob does not check, and is queued and connected."""
    asked = Asked().create().create(user="bob").poll(Q).poll(Q, user="bob")
    asked.ask(CHECK, Occasion.CHECK_IN_CALL, SUPPORTED).ask(CHECK, Occasion.CHECK_IN_CALL, SUPPORTED)
    for event in events:
        asked.poll(event)
    return asked.poll(C, user="bob")


@pytest.mark.parametrize(
    ("events", "expected", "words"),
    [
        ([C], KEPT, ""),
        ([None, C], KEPT, ""),
        ([R], BROKEN, f"the events were {Q}, {R}; without it they were {Q}, {C}"),
        ([], BROKEN, f"the events were {Q}; without it they were {Q}, {C}"),
    ],
)
def test_whoever_checks_in_a_call_fares_like_others(events: list[int | None], expected: State, words: str) -> None:
    found = verdict(two_calls(*events), "S-CHK-02")

    assert (found.state, said(found)) == (expected, words)


def test_without_another_call_there_is_nothing_to_compare() -> None:
    asked = Asked().create().poll(Q).ask(CHECK, Occasion.CHECK_IN_CALL).poll(R)

    assert state(asked, "S-CHK-02") is IDLE
    assert state(asked.ask(CREATE, answer=NO_AGENT, user="bob"), "S-CHK-02") is IDLE


def test_a_check_wants_its_channel() -> None:
    assert state(Asked().ask(CHECK, Departure.NO_CHANNEL, ERROR, 400), "S-CHK-03") is KEPT
    assert state(Asked().ask(CHECK, Departure.NO_CHANNEL), "S-CHK-03") is BROKEN
    assert state(Asked().ask(Endpoint.EVENTS, Departure.NO_CHANNEL), "S-CHK-03") is IDLE


@pytest.mark.parametrize(
    ("answer", "expected", "words"),
    [
        ({}, KEPT, ""),
        ({"answer": {"resultCode": "0", "resultDesc": None}}, KEPT, ""),
        ({"answer": NO_AGENT}, NOTED, "refused: HTTP 200 came, with resultCode 13"),
        ({"answer": {"resultCode": "13"}}, BROKEN, "HTTP 200 came, with resultCode 13"),
        ({"answer": {"resultCode": "13", "resultDesc": ""}}, BROKEN, "HTTP 200 came, with resultCode 13"),
        ({"answer": {"resultDesc": "no"}}, BROKEN, "HTTP 200 came, without a resultCode"),
        ({"status": 201}, BROKEN, "HTTP 201 came"),
        ({"status": 503, "answer": ERROR}, BROKEN, "HTTP 503 came"),
        ({"answer": b"{resultCode:0}"}, BLOCKED, "HTTP 200 came, without a JSON object"),
    ],
)
def test_a_create_that_is_allowed_succeeds_or_says_why_not(answer: dict[str, Any], expected: State, words: str) -> None:
    found = verdict(Asked().login().ask(CHECK).ask(CREATE, **answer), "S-CRE-01")

    assert (found.state, said(found)) == (expected, words)


@pytest.mark.parametrize(
    "asked",
    [
        Asked().ask(CREATE, status=500),
        Asked().ask(CHECK, user="bob").ask(CREATE, status=500),
        Asked().ask(CHECK, answer=REFUSED | SUPPORTED | {"resultCode": "1"}).ask(CREATE, status=500),
        Asked().ask(CHECK, answer=SUPPORTED | {"webRTCSupported": False}).ask(CREATE, status=500),
        Asked().ask(CHECK).ask(CREATE, beside=True, status=500),
    ],
    ids=["no check", "another's check", "a failed check", "an unsupported one", "together with the check"],
)
def test_a_create_that_no_check_allowed_is_not_judged(asked: Asked) -> None:
    assert state(asked, "S-CRE-01") is IDLE


def test_a_second_create_in_a_call_is_for_others() -> None:
    assert state(Asked().create().create(), "S-CRE-01") is KEPT
    assert state(Asked().create().ask(CREATE, status=409, answer=ERROR), "S-CRE-01") is KEPT


@pytest.mark.parametrize("departure", BAD_MEDIA)
def test_a_create_wants_voice_or_video(departure: Departure) -> None:
    assert state(Asked().ask(CREATE, departure, ERROR, 400), "S-CRE-02") is KEPT
    assert state(Asked().ask(CREATE, departure), "S-CRE-02") is BROKEN


def test_a_create_that_the_check_forbids_fails() -> None:
    seven = OK | {"resultCode": "7"}

    assert state(Asked().ask(CREATE, Occasion.CREATE_UNSUPPORTED, seven), "S-CRE-03") is KEPT
    assert state(Asked().ask(CREATE, Occasion.CREATE_UNSUPPORTED), "S-CRE-03") is BROKEN


def test_a_second_create_may_be_refused() -> None:
    assert state(Asked().create().ask(CREATE, Occasion.CREATE_IN_CALL, NO_AGENT), "S-CRE-04") is KEPT


def test_a_second_create_that_is_granted_is_noted_where_nothing_can_be_compared() -> None:
    assert state(Asked().create().ask(CREATE, Occasion.CREATE_IN_CALL).poll(Q), "S-CRE-04") is NOTED


@pytest.mark.parametrize(
    ("events", "expected"), [([Q, C, R], KEPT), ([Q, Q, C, R], BROKEN), ([C], BROKEN), ([], BROKEN)]
)
def test_a_second_create_that_is_granted_leaves_one_stream_of_events(events: list[int], expected: State) -> None:
    asked = Asked().create().poll(Q).ask(CREATE, Occasion.CREATE_IN_CALL).create(user="bob")
    for event in (Q, C, R):
        asked.poll(event, user="bob")
    for event in events:
        asked.poll(event)

    assert state(asked, "S-CRE-04") is expected


def test_no_events_are_called_none() -> None:
    asked = Asked().create().ask(CREATE, Occasion.CREATE_IN_CALL).create(user="bob").poll(Q, user="bob")

    assert said(verdict(asked, "S-CRE-04")) == f"the events were none; without it they were {Q}"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"takes": 9.9}, KEPT),
        ({"takes": 10.1}, BROKEN),
        ({"takes": 75.0, "status": None}, BROKEN),
        ({"takes": 12.0, "answer": NO_AGENT}, BROKEN),
    ],
)
def test_a_create_answers_within_ten_seconds(answer: dict[str, Any], expected: State) -> None:
    assert state(Asked().ask(CHECK).ask(CREATE, **answer), "S-CRE-05") is expected


def test_a_create_that_is_still_open_shows_no_time() -> None:
    assert state(Asked().ask(CHECK).ask(CREATE, status=None, open=True), "S-CRE-05") is IDLE
