"""Rules on what a poll brings (guide §5 step 4), each by visits that a person can read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.server.visit_traces import (
    ABSENT,
    CAUSE,
    FAILED,
    GATEWAY,
    LOGIN,
    PASSED,
    UNEXERCISED,
    Q,
    Step,
    got,
    state,
    verdict,
    visiting,
)

# S-POL-01


def test_an_event_has_an_event_id() -> None:
    assert state(visiting("Q", "C", "R"), "S-POL-01") is PASSED
    assert state(visiting("-"), "S-POL-01") is UNEXERCISED


def test_an_event_id_may_be_text() -> None:
    assert state(visiting(Step("Q", body={"eventId": "168102"})), "S-POL-01") is PASSED


@pytest.mark.parametrize(
    "body",
    [
        {"eventId": ABSENT, "eventID": 168102, "resultDesc": ""},
        {"eventId": ABSENT, "event": "168102", "resultDesc": ""},
        {"eventId": ABSENT},
        {"eventId": ABSENT, "resultDesc": "Call transferred"},
        {"eventId": ABSENT, "resultDesc": "", "content": GATEWAY},
    ],
)
def test_an_event_under_another_name_has_none(body: dict[str, Any]) -> None:
    assert state(visiting(Step("Q", body=body)), "S-POL-01") is FAILED
    assert state(visiting(Step("Q", body=body)), "S-POL-02") is UNEXERCISED


def test_members_of_its_own_in_quiet_polls_are_no_event() -> None:
    quiet = visiting(Step("-", body={"serial": 7, "content": {}, "more": False}))

    assert state(quiet, "S-POL-01") is UNEXERCISED


def test_an_unknown_event_is_charged_only_where_the_platform_was_told_which_to_send() -> None:
    assert state(visiting("?"), "S-POL-01") is UNEXERCISED
    assert state(visiting("?", events=[(0, Q)]), "S-POL-01") is FAILED
    assert state(visiting("?", events=[(0, 168199)]), "S-POL-01") is PASSED
    assert "168199" in got(visiting("?", events=[]), "S-POL-01")


@pytest.mark.parametrize("fails", ["F", "5", "E"])
def test_a_poll_does_not_fail_while_an_event_waits(fails: str) -> None:
    assert state(visiting(Step(fails, after=2), events=[(0.5, Q)]), "S-POL-01") is FAILED
    assert state(visiting(Step(fails, after=1), events=[(0.5, Q)]), "S-POL-01") is UNEXERCISED
    assert state(visiting("Q", Step(fails, after=2), events=[(0, Q)]), "S-POL-01") is PASSED
    assert state(visiting(Step(fails, after=2)), "S-POL-01") is UNEXERCISED


def test_a_poll_may_fail_when_its_token_is_dead_or_the_user_logged_in_anew() -> None:
    short = (Step("TOKEN", life=3), "APPLY", "CREATE")

    assert state(visiting(Step("E", after=9), before=short, events=[(0.5, Q)]), "S-POL-01") is UNEXERCISED
    assert state(visiting("TOKEN", "APPLY", Step("F", after=9), events=[(0.5, Q)]), "S-POL-01") is UNEXERCISED


def test_a_long_value_is_shown_in_short() -> None:
    assert len(got(visiting(Step("Q", body={"eventId": "x" * 999}), events=[]), "S-POL-01")) < 200


# S-POL-02


def test_a_quiet_poll_has_no_event_id() -> None:
    assert state(visiting("-"), "S-POL-02") is PASSED
    assert state(visiting("-", before=LOGIN), "S-POL-02") is PASSED
    assert state(visiting("Q"), "S-POL-02") is UNEXERCISED


@pytest.mark.parametrize("nothing", [None, 0, "", "0"])
def test_an_event_id_that_says_nothing_is_one_too_many(nothing: object) -> None:
    assert state(visiting(Step("-", body={"eventId": nothing})), "S-POL-02") is FAILED
    assert state(visiting(Step("-", body={"eventId": nothing}), events=[]), "S-POL-01") is UNEXERCISED


def test_an_event_id_that_is_no_number_is_not_charged_here() -> None:
    assert state(visiting(Step("-", body={"eventId": "none"})), "S-POL-02") is UNEXERCISED


def test_a_poll_that_was_held_does_not_end_in_failure() -> None:
    assert state(visiting(Step("F", takes=10)), "S-POL-02") is FAILED
    assert state(visiting("F"), "S-POL-02") is UNEXERCISED
    assert state(visiting(Step("F", takes=10), before=LOGIN), "S-POL-02") is UNEXERCISED
    assert state(visiting("R", Step("F", takes=10)), "S-POL-02") is UNEXERCISED
    assert state(visiting("DROP", Step("F", takes=10)), "S-POL-02") is UNEXERCISED
    assert state(visiting("TOKEN", "APPLY", Step("F", takes=10)), "S-POL-02") is UNEXERCISED
    assert state(visiting(Step("F", after=2, takes=10), events=[(0.5, Q)]), "S-POL-02") is UNEXERCISED


# S-POL-06, S-POL-07


def test_connected_hands_out_the_gateway() -> None:
    assert state(visiting("C"), "S-POL-06") is PASSED
    assert state(visiting("R"), "S-POL-06") is UNEXERCISED


@pytest.mark.parametrize(
    "wrong",
    [
        {"domain": ""},
        {"domain": None},
        {"accessCode": True},
        {"accessCode": ""},
        {"clickToCallCaller": 7},
        {"gwAddresses": "wss://one.example,wss://two.example"},
        {"gwAddresses": []},
        {"gwAddresses": [""]},
        {"gwAddresses": [7]},
    ],
)
def test_every_part_of_the_gateway_has_to_be_usable(wrong: dict[str, object]) -> None:
    run = visiting(Step("C", body={"content": GATEWAY | wrong}))

    assert state(run, "S-POL-06") is FAILED
    assert got(run, "S-POL-06").startswith(next(iter(wrong)))


def test_a_callee_may_be_a_number() -> None:
    assert state(visiting(Step("C", body={"content": GATEWAY | {"accessCode": 179080000537636}})), "S-POL-06") is PASSED


@pytest.mark.parametrize(("poll", "rule"), [("C", "S-POL-06"), ("R", "S-POL-07")])
def test_content_may_not_be_missing(poll: str, rule: str) -> None:
    assert got(visiting(Step(poll, body={"content": ABSENT})), rule) == "content is missing"


@pytest.mark.parametrize("poll", ["R", "T", "L"])
def test_the_end_has_a_cause(poll: str) -> None:
    assert state(visiting(poll), "S-POL-07") is PASSED
    assert state(visiting(Step(poll, body={"content": CAUSE | {"causeId": "-1"}})), "S-POL-07") is PASSED
    assert state(visiting(Step(poll, body={"content": CAUSE | {"causeId": "agent"}})), "S-POL-07") is FAILED
    assert state(visiting(Step(poll, body={"content": CAUSE | {"causeId": True}})), "S-POL-07") is FAILED
    assert state(visiting(Step(poll, body={"content": CAUSE | {"causeDesc": None}})), "S-POL-07") is FAILED
    assert state(visiting("Q"), "S-POL-07") is UNEXERCISED


# S-POL-08, S-POL-09


def test_event_ids_are_integers_unless_the_platform_goes_by_the_reference() -> None:
    as_text = Step("Q", body={"eventId": "168102"})

    assert state(visiting("Q"), "S-POL-08") is PASSED
    assert state(visiting(as_text), "S-POL-08") is FAILED
    assert state(visiting(as_text, dialect="reference"), "S-POL-08") is PASSED
    assert state(visiting("-"), "S-POL-08") is UNEXERCISED


@pytest.mark.parametrize(
    ("poll", "text"), [("X", "Call transferred"), ("T", "Call queued timeout"), ("Q", "Call in queue")]
)
def test_texts_may_be_those_of_either_paper(poll: str, text: str) -> None:
    assert state(visiting(Step(poll, body={"resultDesc": text})), "S-POL-09") is PASSED


@pytest.mark.parametrize("text", ["", None, ABSENT, "Call connected!", 7])
def test_other_texts_are_not_the_guide_s(text: object) -> None:
    assert state(visiting(Step("C", body={"resultDesc": text})), "S-POL-09") is FAILED
    assert state(visiting(Step("-", body={"resultDesc": text})), "S-POL-09") is FAILED


def test_what_the_guide_does_not_list_may_be_called_anything() -> None:
    assert state(visiting("?"), "S-POL-09") is UNEXERCISED
    assert state(visiting(Step("-", body={"resultDesc": "no call"}), before=LOGIN), "S-POL-09") is UNEXERCISED
    assert state(visiting("R", Step("-", body={"resultDesc": "over"})), "S-POL-09") is PASSED


# S-POL-16


def test_a_poll_wants_its_channel() -> None:
    def without(what: str, **more: Any) -> Step:
        return Step(what, meant="no channel", **more)

    assert state(visiting(without("5")), "S-POL-16") is PASSED
    assert state(visiting(without("F")), "S-POL-16") is PASSED
    assert state(visiting(without("-")), "S-POL-16") is FAILED
    assert state(visiting(without("Q")), "S-POL-16") is FAILED
    assert state(visiting(without("!")), "S-POL-16") is UNEXERCISED
    assert state(visiting(without("CHECK")), "S-POL-16") is UNEXERCISED
    assert state(visiting("-"), "S-POL-16") is UNEXERCISED


def test_what_departs_on_purpose_is_not_judged_as_a_good_poll() -> None:
    run = visiting(Step("C", meant="no channel", body={"content": ABSENT, "eventId": "168101", "resultDesc": ""}))

    assert [verdict(run, f"S-POL-{rule}").state for rule in ("01", "06", "08", "09")] == [UNEXERCISED] * 4
