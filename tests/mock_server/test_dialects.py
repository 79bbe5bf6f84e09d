"""The dialects on the wire: what a client of the guide gets, and one of the API reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cec_client.protocol.codes import EXPIRED_TEXT
from mock_cec.trace.grouping import by_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.mock_server.conftest import Api

    MakeApi = Callable[..., Api]

POLL, CREATE, CHECK = "getClickToCallEvents", "createClickToCall", "checkClickToCallSupport"
ENDS = "events: [{after: 1s, event: released, cause: {id: -1, desc: xxxx}}]\n"
LIFE = 100.0
SHORT = f"title: t\nhold: 30s\ntokens: {{access: 1h, ccmessaging: {LIFE:g}s}}\n"

both = pytest.mark.parametrize(("dialect", "status"), [("guide", 403), ("reference", 401)])


def spoken(dialect: str, rest: str = "") -> str:
    return f"title: t\ndialect: {dialect}\n{rest}"


@both
@pytest.mark.parametrize("header", ["authorization", "ccmessaging-token", "x-app-key"])
@pytest.mark.parametrize("value", [None, "Bearer wrong"])
def test_a_missing_or_wrong_token(api: MakeApi, dialect: str, status: int, header: str, value: str | None) -> None:
    answer = api(spoken(dialect)).login().call(CHECK, headers={header: value})
    assert answer.status_code == status
    assert answer.json() == {"errorCode": "0", "exceptionInfo": EXPIRED_TEXT}
    assert header in answer.headers["x-mock-cec-hint"].lower()


@both
def test_a_token_that_has_run_out(api: MakeApi, dialect: str, status: int) -> None:
    client = api(spoken(dialect, "tokens: {access: 5s}\n")).login()
    client.advance(5.0)
    assert client.call(CHECK).status_code == status


@both
def test_a_token_that_the_scenario_lets_die(api: MakeApi, dialect: str, status: int) -> None:
    client = api(spoken(dialect, f"answers: {{{CHECK}: {{1: {{expire: both}}}}}}\n")).login()
    answers = [client.call(CHECK) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [status, status]
    assert {answer.json()["exceptionInfo"] for answer in answers} == {EXPIRED_TEXT}
    assert client.login().call(CHECK).status_code == 200


@both
@pytest.mark.parametrize("scripted", [401, 403])
def test_a_scripted_status_is_what_it_says(api: MakeApi, dialect: str, status: int, scripted: int) -> None:
    answer = api(spoken(dialect, f"answers: {{{CHECK}: {{1: {{status: {scripted}}}}}}}\n")).login().call(CHECK)
    assert answer.status_code == scripted
    assert (answer.json()["exceptionInfo"] == EXPIRED_TEXT) == (scripted == status)


@both
def test_wrong_credentials_are_no_dead_token(api: MakeApi, dialect: str, status: int) -> None:
    answer = api(spoken(dialect)).call("tokenByAkSk", json={"app_key": "mock-app-key", "app_secret": "wrong"})
    assert (answer.status_code, answer.json()["errorCode"]) == (401, "401"), status


@pytest.mark.parametrize(
    ("dialect", "event_id", "cause_id", "created"), [("guide", 168110, -1, ""), ("reference", "168110", "-1", None)]
)
def test_ids_and_texts(api: MakeApi, dialect: str, event_id: Any, cause_id: Any, created: str | None) -> None:
    client = api(spoken(dialect, ENDS)).login()
    assert client.call(CREATE).json() == {"resultCode": "0", "resultDesc": created}
    poll = client.start(POLL)
    client.advance(1.0)
    assert client.answer(poll).json() == {
        "resultCode": "0",
        "resultDesc": "Call disconnected",
        "eventId": event_id,
        "content": {"causeId": cause_id, "causeDesc": "xxxx"},
    }


def test_what_a_gateway_is_has_no_dialect(api: MakeApi) -> None:
    contents = []
    for dialect in ("guide", "reference"):
        client = api(spoken(dialect, "events: [{after: 0s, event: connected}]\n")).login()
        client.call(CREATE)
        contents.append(client.call(POLL).json()["content"])
    assert contents[0] == contents[1]
    assert isinstance(contents[0]["accessCode"], str)


# The ccmessaging token that runs out within a session (facts §2)


def test_the_poll_in_which_a_token_runs_out_brings_the_next_one(api: MakeApi) -> None:
    client = api(f"{SHORT}dialect: reference\n").login()
    client.call(CREATE)
    old = client.headers["ccmessaging-token"]
    client.advance(LIFE - 20)
    poll = client.start(POLL)
    client.advance(30.0)
    new = client.answer(poll).headers["ccmessaging-token"]
    assert new != old
    client.headers["ccmessaging-token"] = new
    client.advance(LIFE - 11)
    answer = client.call(CHECK)
    assert answer.status_code == 200
    assert "ccmessaging-token" not in answer.headers, "it lives as long as the first one did"
    assert set(by_user(client.tenant.recorder.trace())) == {"alice"}


@pytest.mark.parametrize(
    ("late", "status", "renewed"), [(-0.1, 200, False), (0.0, 200, True), (19.9, 200, True), (20.0, 401, False)]
)
def test_a_token_that_has_run_out_is_taken_for_a_fifth_of_its_life(
    api: MakeApi,
    late: float,
    status: int,
    renewed: bool,  # noqa: FBT001
) -> None:
    client = api(f"{SHORT}dialect: reference\n").login()
    client.call("send")
    client.advance(LIFE + late)
    answer = client.call(CHECK)
    assert (answer.status_code, "ccmessaging-token" in answer.headers) == (status, renewed)


def test_an_answer_that_was_lost_is_made_good_by_the_same_token(api: MakeApi) -> None:
    client = api(f"{SHORT}dialect: reference\n").login()
    client.call("send")
    client.advance(LIFE)
    assert len({client.call(CHECK).headers["ccmessaging-token"] for _ in range(3)}) == 1


def test_without_a_call_or_a_text_session_a_token_that_has_run_out_is_dead(api: MakeApi) -> None:
    client = api(f"{SHORT}dialect: reference\n").login()
    client.advance(LIFE)
    assert client.call(CHECK).status_code == 401


def test_in_the_guides_dialect_no_token_is_handed_out(api: MakeApi) -> None:
    client = api(SHORT).login()
    client.call(CREATE)
    client.advance(LIFE - 1)
    poll = client.start(POLL)
    client.advance(30.0)
    assert "ccmessaging-token" not in client.answer(poll).headers
    assert client.call(POLL).status_code == 403


def test_a_token_that_the_scenario_let_die_is_not_replaced(api: MakeApi) -> None:
    client = api(f"{SHORT}dialect: reference\nanswers: {{{CHECK}: {{1: {{expire: ccmessaging}}}}}}\n").login()
    client.call(CREATE)
    client.advance(LIFE - 10)
    poll = client.start(POLL)
    client.call(CHECK)
    client.advance(30.0)
    answer = client.answer(poll)
    assert (answer.status_code, "ccmessaging-token" in answer.headers) == (200, False)


@pytest.mark.parametrize("odd", ["{add: {x: 1}}", "{code: '1'}", "{status: 502}"])
def test_altered_answers_bring_it_as_well_and_refusals_do_not(api: MakeApi, odd: str) -> None:
    client = api(f"{SHORT}dialect: reference\nanswers: {{{CHECK}: {{1: {odd}}}}}\n").login()
    client.call("send")
    client.advance(LIFE)
    answer = client.call(CHECK)
    assert ("ccmessaging-token" in answer.headers) == (answer.status_code == 200)


def test_a_page_of_another_origin_may_read_it(api: MakeApi) -> None:
    client = api(f"{SHORT}dialect: reference\n").login()
    client.call("send")
    client.advance(LIFE)
    answer = client.call(CHECK, headers={"origin": "https://shop.test"})
    assert answer.headers["ccmessaging-token"]
    assert "ccmessaging-token" in answer.headers["access-control-expose-headers"]
