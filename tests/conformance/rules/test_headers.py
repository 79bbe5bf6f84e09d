from __future__ import annotations

import pytest
from cec_client.protocol import Endpoint
from cec_conformance.judging import State

from tests.conformance.rules.step_traces import Talk, state, verdict

KEPT, BROKEN, NOTED, IDLE = State.PASSED, State.FAILED, State.NOTED, State.NOT_EXERCISED
GUIDED = (Endpoint.SEND, Endpoint.CHECK, Endpoint.CREATE, Endpoint.EVENTS, Endpoint.DROP)


@pytest.mark.parametrize("rule", ["C-HDR-01", "C-HDR-02", "C-HDR-03", "C-HDR-04", "C-HDR-05"])
def test_the_headers_of_the_guide_are_in_order(rule: str) -> None:
    assert state(Talk().login().steps(*GUIDED), rule) is KEPT
    assert state(Talk(), rule) is IDLE


@pytest.mark.parametrize("endpoint", [Endpoint.APPLY_TOKEN, *GUIDED])
@pytest.mark.parametrize("value", [None, "another", ""])
def test_every_step_carries_the_app_key(endpoint: Endpoint, value: str | None) -> None:
    assert state(Talk().ask(endpoint, headers={"x-app-key": value}), "C-HDR-01") is BROKEN


def test_the_app_key_is_needed_to_compare_it() -> None:
    assert state(Talk(app_key=None).login(), "C-HDR-01") is IDLE


@pytest.mark.parametrize("endpoint", [Endpoint.APPLY_TOKEN, *GUIDED])
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Bearer abc", KEPT),
        ("Bearer <access-token 2>", KEPT),
        (" Bearer abc ", KEPT),
        (None, BROKEN),
        ("", BROKEN),
        ("Bearer", BROKEN),
        ("Bearer ", BROKEN),
        ("Bearer  abc", BROKEN),
        ("Bearer\tabc", BROKEN),
        ("Bearerabc", BROKEN),
        ("bearer abc", BROKEN),
        ("Basic abc", BROKEN),
        ("Bearer Bearer abc", BROKEN),
        ("abc", BROKEN),
        ("<access-token 2>", BROKEN),
    ],
)
def test_authorization_is_bearer_one_space_and_a_token(endpoint: Endpoint, value: str | None, expected: State) -> None:
    assert state(Talk().ask(endpoint, headers={"Authorization": value}), "C-HDR-02") is expected


def test_a_sanitised_recording_says_which_export_has_authorization() -> None:
    found = verdict(Talk(authorization="not recorded").login(), "C-HDR-02")

    assert found.state is IDLE
    assert found.because is not None
    assert "HAR (with sensitive data)" in found.because.en


@pytest.mark.parametrize("endpoint", GUIDED)
@pytest.mark.parametrize("name", ["ccmessaging-token", "CCMESSAGING-TOKEN", "ccmessagingToken"])
@pytest.mark.parametrize("value", ["abc", " "])
def test_every_step_carries_the_ccmessaging_token(endpoint: Endpoint, name: str, value: str) -> None:
    talk = Talk().ask(endpoint, headers={"ccmessaging-token": None, name: value})

    assert state(talk, "C-HDR-03") is (KEPT if "-" in name and value.strip() else BROKEN)


def test_what_the_guide_does_not_name_is_not_judged() -> None:
    bare: dict[str, str | None] = {"x-app-key": None, "Authorization": None, "ccmessaging-token": None}
    talk = Talk().ask(Endpoint.POLL_TEXT, headers=bare)

    assert {state(talk, rule) for rule in ("C-HDR-01", "C-HDR-02", "C-HDR-03")} == {IDLE}


@pytest.mark.parametrize(
    ("value", "posts", "gets"),
    [
        ("application/json", KEPT, KEPT),
        ("Application/JSON;charset=UTF-8", KEPT, KEPT),
        ("application/json ; charset=GBK", KEPT, KEPT),
        ("text/plain", BROKEN, NOTED),
        ("application/jsonp", BROKEN, NOTED),
        ("application/x-www-form-urlencoded", BROKEN, NOTED),
        ("", BROKEN, NOTED),
        (None, BROKEN, NOTED),
    ],
)
def test_posts_are_json_and_gets_may_be_silent(value: str | None, posts: State, gets: State) -> None:
    for endpoint in (*GUIDED, Endpoint.TOKEN, Endpoint.APPLY_TOKEN):
        rule, expected = ("C-HDR-04", posts) if endpoint.method == "POST" else ("C-HDR-05", gets)
        assert state(Talk().ask(endpoint, headers={"Content-Type": value}), rule) is expected


def test_what_a_get_says_is_told_from_silence() -> None:
    said = [
        verdict(Talk().ask(Endpoint.CHECK, headers={"Content-Type": value}), "C-HDR-05").observations[0].got
        for value in (None, "text/html")
    ]

    assert [words.en for words in said if words] == ["left out", 'it was "text/html"']


def test_a_wrong_method_is_for_the_rules_on_methods() -> None:
    silent: dict[str, str | None] = {"Content-Type": None}

    assert state(Talk().ask(Endpoint.EVENTS, method="POST", headers=silent), "C-HDR-04") is IDLE
    assert state(Talk().ask(Endpoint.EVENTS, method="POST", headers=silent), "C-HDR-05") is IDLE
    assert state(Talk().ask(Endpoint.DROP, method="GET", headers=silent), "C-HDR-04") is IDLE
