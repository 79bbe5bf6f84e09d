from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cec_client.protocol import Endpoint
from cec_conformance.judging import State

from tests.conformance.rules.step_traces import BODIES, Talk, state, verdict

if TYPE_CHECKING:
    from cec_conformance.judging import Verdict

KEPT, BROKEN, NOTED, IDLE = State.PASSED, State.FAILED, State.NOTED, State.NOT_EXERCISED
TOKEN, APPLY = Endpoint.TOKEN, Endpoint.APPLY_TOKEN


def said(verdict: Verdict) -> str:
    return "; ".join(seen.got.en for seen in verdict.observations if seen.got)


@pytest.mark.parametrize("rule", ["C-AUTH-01", "C-AUTH-02", "C-AUTH-03", "C-AUTH-04"])
def test_a_login_as_in_the_guide_is_in_order(rule: str) -> None:
    assert state(Talk().login(), rule) is KEPT


@pytest.mark.parametrize("rule", ["C-AUTH-01", "C-AUTH-02", "C-AUTH-03", "C-AUTH-04"])
def test_a_recording_without_the_login_names_what_would_bring_it(rule: str) -> None:
    found = verdict(Talk(exit_status=None, ended_at=None).steps(Endpoint.CHECK), rule)

    assert found.state is IDLE
    assert found.because is not None
    assert "HAR of the backend" in found.because.en


@pytest.mark.parametrize(
    ("differs", "words"),
    [
        ({"method": "GET"}, "it was a GET"),
        ({"body": b"app_key=the-app-key&app_secret=the-app-secret"}, "its body is no JSON object"),
        ({"body": ["the-app-key", "the-app-secret"]}, "its body is no JSON object"),
        ({"body": {"appKey": "the-app-key", "appSecret": "the-app-secret"}}, "its body has no app_key"),
        ({"body": {"app_key": "the-app-key"}}, "its body has no app_secret"),
        ({"body": BODIES[TOKEN] | {"app_key": "another"}}, 'app_key was "another", expected "the-app-key"'),
        ({"body": BODIES[TOKEN] | {"app_key": 5}}, 'app_key was 5, expected "the-app-key"'),
        ({"body": BODIES[TOKEN] | {"app_secret": "another"}}, "app_secret was not the given one"),
    ],
)
def test_the_token_call_posts_the_given_pair(differs: dict[str, Any], words: str) -> None:
    found = verdict(Talk().ask(TOKEN, **differs).ask(APPLY), "C-AUTH-01")

    assert (found.state, said(found)) == (BROKEN, words)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("1", KEPT),
        ("3600", KEPT),
        (" 600 ", KEPT),
        ("0600", KEPT),
        (None, IDLE),
        ("0", BROKEN),
        ("3601", BROKEN),
        ("-5", BROKEN),
        ("600s", BROKEN),
        ("10.5", BROKEN),
        ("٦٠٠", BROKEN),
        ("", BROKEN),
        ("9" * 5000, BROKEN),
    ],
)
def test_the_life_asked_for_is_a_number_from_1_to_3600(asked: str | None, expected: State) -> None:
    assert state(Talk().ask(TOKEN, headers={"X-Token-Expire": asked}).ask(APPLY), "C-AUTH-02") is expected


def test_the_life_may_be_left_out_but_not_asked_of_applytoken() -> None:
    none = {"X-Token-Expire": None}
    left_out = verdict(Talk().ask(TOKEN, headers=none).ask(APPLY), "C-AUTH-03")
    strayed = verdict(Talk().ask(TOKEN, headers=none).ask(APPLY, headers={"X-Token-Expire": "600"}), "C-AUTH-03")

    assert (left_out.state, said(left_out)) == (NOTED, "left out; the platform chooses the life")
    assert (strayed.state, said(strayed)) == (NOTED, "it went with applyToken only")


@pytest.mark.parametrize(
    ("differs", "words"),
    [
        ({"method": "PUT"}, "it was a PUT"),
        ({"body": {"userId": "the-user"}}, "its body has no userName"),
        ({"body": BODIES[APPLY] | {"locale": ""}}, 'locale was "", expected a text'),
        ({"body": BODIES[APPLY] | {"userName": None}}, "userName was null, expected a text"),
        ({"body": BODIES[APPLY] | {"userId": "other"}}, 'userId was "other", expected "the-user"'),
        ({"body": BODIES[APPLY] | {"channelId": ""}}, 'channelId was "", expected "the-channel"'),
    ],
)
def test_applytoken_posts_who_wants_to_talk(differs: dict[str, Any], words: str) -> None:
    found = verdict(Talk().ask(TOKEN).ask(APPLY, **differs), "C-AUTH-04")

    assert (found.state, said(found)) == (BROKEN, words)


def test_without_the_given_values_nobody_can_compare_them() -> None:
    assert state(Talk(app_secret=None).login(), "C-AUTH-01") is IDLE
    assert state(Talk(user_id=None).login(), "C-AUTH-04") is IDLE
