"""Recordings made into runs: merged by time, set right by their tokens, split into calls."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from cec_client.protocol import Endpoint, Exchange, Signal, SignalKind, Trace
from cec_conformance.facts import EXIT_STATUS
from cec_conformance.merging import ROUNDNESS, calls, merge, settle

OK = {"resultCode": "0"}


def exchange(endpoint: Endpoint, at: float | None, answer: dict[str, Any] | None = None, **members: Any) -> Exchange:
    return Exchange(
        serial=1,
        method=endpoint.method,
        target=endpoint.path,
        status=200,
        response_body=json.dumps(answer or OK).encode(),
        request_complete=at,
        answer_begun=None if at is None else at + 0.1,
        answer_ended=None if at is None else at + 0.1,
        **members,
    )


def trace(*exchanges: Exchange, started: str | None = "2026-01-01T00:00:00+00:00", **facts: str) -> Trace:
    numbered = tuple(replace(one, serial=serial) for serial, one in enumerate(exchanges, 1))
    return Trace(exchanges=numbered, started=started, facts=facts)


def bearing(access: str, token: str | None = None) -> tuple[tuple[str, str], ...]:
    return (("Authorization", f"Bearer {access}"), *((("ccmessaging-token", token),) if token else ()))


def login(at: float, access: str = "a1", ticket: str = "t1", user: str = "alice") -> list[Exchange]:
    body = json.dumps({"userId": user}).encode()
    return [
        exchange(Endpoint.TOKEN, at, {"AccessToken": access}),
        exchange(
            Endpoint.APPLY_TOKEN, at + 0.2, OK | {"token": ticket}, request_headers=bearing(access), request_body=body
        ),
    ]


def step(endpoint: Endpoint, at: float, ticket: str = "t1", answer: dict[str, Any] | None = None) -> Exchange:
    return exchange(endpoint, at, answer, request_headers=bearing("a1", ticket))


def names(found: Trace) -> list[str]:
    return [one.endpoint.value for one in found.exchanges if one.endpoint]


BROWSER = [step(Endpoint.CHECK, 0.0), step(Endpoint.CREATE, 1.0), step(Endpoint.EVENTS, 2.0)]
IN_ORDER = ["tokenByAkSk", "applyToken", "checkClickToCallSupport", "createClickToCall", "getClickToCallEvents"]


@pytest.mark.parametrize(
    "backend_started",
    [
        "2025-12-31T23:59:55+00:00",
        "2026-01-01T07:59:55+08:00",
        "2026-01-01T00:10:00+00:00",
        "2026-01-01T00:00:00.500000",
    ],
)
def test_two_files_are_merged_by_time_whatever_the_clock_of_the_backend_says(backend_started: str) -> None:
    found = merge([trace(*login(0.0), started=backend_started), trace(*BROWSER)])

    assert names(found) == IN_ORDER
    assert [one.serial for one in found.exchanges] == [1, 2, 3, 4, 5]
    assert min(one.request_complete or 0.0 for one in found.exchanges) == 0.0
    applied, checked = found.exchanges[1:3]
    assert (applied.answer_ended or 0.0) <= (checked.request_complete or 0.0)


def test_a_login_that_failed_tells_nothing_of_clocks() -> None:
    backend = trace(exchange(Endpoint.TOKEN, 0.0, {}), *login(0.5), started="2026-01-01T00:10:00+00:00")

    assert names(merge([trace(*BROWSER), backend])) == ["tokenByAkSk", *IN_ORDER]


def test_a_clock_that_may_be_right_is_left_alone() -> None:
    backend = trace(*login(0.0), started="2025-12-31T23:59:55+00:00")
    found = merge([trace(*BROWSER), backend])

    assert [one.request_complete for one in found.exchanges] == [0.0, 0.2, 5.0, 6.0, 7.0]
    assert found.started == "2025-12-31T23:59:55+00:00"


def test_what_a_browser_got_is_used_by_a_backend_no_earlier() -> None:
    browser = trace(*login(0.0), *BROWSER)
    backend = trace(step(Endpoint.DROP, 0.0), started="2025-12-31T23:00:00+00:00")

    found = merge([browser, backend])
    drop = next(one for one in found.exchanges if one.endpoint is Endpoint.DROP)
    applied = next(one for one in found.exchanges if one.endpoint is Endpoint.APPLY_TOKEN)
    assert (applied.answer_ended or 0.0) <= (drop.request_complete or 0.0)


def test_a_login_that_a_403_asked_for_comes_after_it() -> None:
    refused = replace(step(Endpoint.EVENTS, 3.0), status=403)
    again = replace(step(Endpoint.EVENTS, 6.0), request_headers=bearing("a2", "t2"))
    browser = trace(*BROWSER, refused, again)
    for started in ("2025-12-31T23:59:58+00:00", "2026-01-01T00:00:09+00:00"):
        backend = trace(*login(-2.0), *login(3.4, "a2", "t2"), started=started)
        found = names(merge([backend, browser]))

        assert found == [*IN_ORDER, "getClickToCallEvents", "tokenByAkSk", "applyToken", "getClickToCallEvents"]


def test_without_times_the_order_of_the_files_stays() -> None:
    plain = [replace(one, request_complete=None, answer_begun=None, answer_ended=None) for one in BROWSER]
    found = merge([trace(*plain, started=None), trace(exchange(Endpoint.DROP, None), started="no time")])

    assert names(found) == [*IN_ORDER[2:], "dropClickToCall"]


def test_one_file_is_what_it_is() -> None:
    alone = trace(*BROWSER)

    assert merge([alone]) is alone


@pytest.mark.parametrize(
    ("browser", "backend", "known"),
    [
        ({"authorization": "not recorded"}, {}, False),
        ({}, {"authorization": "not recorded"}, True),
        ({}, {}, True),
    ],
)
def test_authorization_counts_as_left_out_where_it_was_to_be(
    browser: dict[str, str],
    backend: dict[str, str],
    known: bool,  # noqa: FBT001
) -> None:
    tokens = trace(exchange(Endpoint.TOKEN, 0.0, {"AccessToken": "a1"}), **backend)
    found = merge([trace(*BROWSER, recorded_by="Chrome", **browser), tokens])

    assert ("authorization" not in found.facts) is known
    assert found.facts["recorded_by"] == "Chrome"


def test_rounded_times_do_not_make_a_request_come_before_the_answer_it_follows() -> None:
    first = replace(exchange(Endpoint.CREATE, 0.0), answer_begun=1.002, answer_ended=1.004)
    found = settle(trace(first, exchange(Endpoint.EVENTS, 1.001)))

    assert (found.exchanges[0].answer_begun, found.exchanges[0].answer_ended) == (1.001, 1.001)


def test_what_really_overlaps_stays_so() -> None:
    first = replace(exchange(Endpoint.EVENTS, 0.0), answer_ended=1.0 + 2 * ROUNDNESS)
    overlapping = trace(first, exchange(Endpoint.SEND, 1.0), exchange(Endpoint.DROP, None))

    assert settle(overlapping) == overlapping


RELEASED = OK | {"eventId": 168110}
CALL = [step(Endpoint.CHECK, 1), step(Endpoint.CREATE, 2), step(Endpoint.EVENTS, 3, answer=RELEASED)]


def later(exchanges: list[Exchange], by: float) -> list[Exchange]:
    return [
        replace(one, request_complete=(one.request_complete or 0) + by, answer_ended=(one.answer_ended or 0) + by)
        for one in exchanges
    ]


@pytest.mark.parametrize(
    ("exchanges", "lengths"),
    [
        ([*login(0), *CALL], [5]),
        ([*login(0), *CALL, *later(CALL, 10)], [5, 3]),
        ([*login(0), *CALL, *login(10), *later(CALL, 10)], [5, 5]),
        ([*login(0), *CALL, step(Endpoint.SEND, 10), *later(CALL, 10)], [5, 4]),
        ([*login(0), *CALL[:2], step(Endpoint.DROP, 5), *later(CALL, 10)], [5, 3]),
        ([*login(0), *CALL, step(Endpoint.EVENTS, 5)], [6]),  # polls on after release: a fault, no new call
        ([*login(0), step(Endpoint.DROP, 0.5), *CALL], [6]),  # a drop before any create: a fault as well
        ([*login(0), *CALL[:2], *later(CALL[:2], 5), *later(CALL, 10)], [9]),  # creates again in mid-call
    ],
)
def test_a_new_call_begins_where_the_one_before_has_ended(exchanges: list[Exchange], lengths: list[int]) -> None:
    found = calls(trace(*exchanges))

    assert [len(call.exchanges) for _, call in found] == lengths
    assert {user for user, _ in found} == {"alice"}


def test_each_user_has_calls_of_their_own() -> None:
    bob = [replace(one, request_headers=bearing("a2", "t2")) for one in CALL]
    found = calls(trace(*login(0), *login(0, "a2", "t2", "bob"), *CALL, *bob))

    assert [(user, len(call.exchanges)) for user, call in found] == [("alice", 5), ("bob", 5)]


def test_what_the_judge_recorded_is_one_run() -> None:
    run = trace(*login(0), *CALL, *later(CALL, 10), **{EXIT_STATUS: "0"})

    assert calls(run) == ((None, run),)


def test_requests_elsewhere_are_no_call() -> None:
    page = replace(exchange(Endpoint.CHECK, 0.0), target="/apiaccess/other")

    assert calls(trace(page)) == ()
    assert next(len(call.exchanges) for _, call in calls(trace(*login(0), page, *CALL))) in {5, 6}


def dial(at: float, callee: str = "1790") -> Signal:
    return Signal(serial=1, at=at, kind=SignalKind.RECEIVED, text=f"INVITE sip:{callee}@x SIP/2.0\r\n\r\n", call=callee)


def test_the_media_calls_of_merged_recordings_move_with_their_clock() -> None:
    backend = trace(*login(0.0), started="2025-12-31T23:59:55+00:00")
    browser = replace(trace(*BROWSER), signals=(dial(2.3), dial(2.4, "10086")))
    found = merge([backend, browser])

    (polled,) = [one for one in found.exchanges if one.endpoint is Endpoint.EVENTS]
    assert [signal.serial for signal in found.signals] == [1, 2]
    assert [signal.call for signal in found.signals] == ["1790", "10086"]
    assert found.signals[0].at - (polled.request_complete or 0.0) == pytest.approx(0.3)


def test_each_call_of_a_recording_has_its_own_media_call() -> None:
    released = OK | {"eventId": 168110}
    first = [*login(0.0), step(Endpoint.CHECK, 1.0), step(Endpoint.CREATE, 2.0)]
    second = [step(Endpoint.CHECK, 11.0), step(Endpoint.CREATE, 12.0), step(Endpoint.EVENTS, 13.0, answer=released)]
    whole = trace(*first, step(Endpoint.EVENTS, 3.0, answer=released), *second)
    signals = tuple(replace(dial(at), user="alice") for at in (0.5, 2.5, 10.9, 11.0, 12.5))
    parts = [part for _, part in calls(replace(whole, signals=signals))]

    assert [[signal.at for signal in part.signals] for part in parts] == [[0.5, 2.5, 10.9], [11.0, 12.5]]
