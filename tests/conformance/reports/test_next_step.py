"""What may come next, step by step through a call, and where a client left the flow."""

from __future__ import annotations

import json

import pytest
from cec_client.protocol import Endpoint, Exchange, Trace
from cec_conformance.facts import FLOW
from cec_conformance.reports.next_step import allowed_after, turn
from cec_conformance.run import Run

SAID = {
    "token": (Endpoint.TOKEN, 200, {"AccessToken": "a"}),
    "no token": (Endpoint.TOKEN, 500, {}),
    "apply": (Endpoint.APPLY_TOKEN, 200, {"resultCode": "0", "token": "t"}),
    "no apply": (Endpoint.APPLY_TOKEN, 200, {"resultCode": "1"}),
    "send": (Endpoint.SEND, 200, {"resultCode": "0"}),
    "no send": (Endpoint.SEND, 200, {"resultCode": "1"}),
    "check": (Endpoint.CHECK, 200, {"resultCode": "0", "webRTCSupported": True, "clickToCallSupported": True}),
    "no check": (Endpoint.CHECK, 200, {"resultCode": "0", "webRTCSupported": False, "clickToCallSupported": True}),
    "create": (Endpoint.CREATE, 200, {"resultCode": "0"}),
    "no create": (Endpoint.CREATE, 200, {"resultCode": "13"}),
    "-": (Endpoint.EVENTS, 200, {"resultCode": "0"}),
    "R": (Endpoint.EVENTS, 200, {"resultCode": "0", "eventId": 168110}),
    "F": (Endpoint.EVENTS, 200, {"resultCode": "1"}),
    "E": (Endpoint.EVENTS, 403, {}),
    "drop": (Endpoint.DROP, 200, {"resultCode": "0"}),
    "no drop": (Endpoint.DROP, 500, {}),
}
CALL = ["token", "apply", "check", "create"]


def run(*steps: str, flow: str = "call") -> Run:
    """Write a run, a second for each step."""
    exchanges = []
    for serial, step in enumerate(steps, 1):
        endpoint, status, body = SAID[step]
        exchanges.append(
            Exchange(
                serial=serial,
                method=endpoint.method,
                target=endpoint.path,
                status=status,
                response_body=json.dumps(body).encode(),
                request_complete=float(serial),
                answer_begun=serial + 0.1,
                answer_ended=serial + 0.2,
            )
        )
    return Run(Trace(exchanges=tuple(exchanges), facts={FLOW: flow}))


@pytest.mark.parametrize(
    ("steps", "words", "end"),
    [
        ([], "tokenByAkSk, to log in", False),
        (["token"], "applyToken, with the AccessToken", False),
        (["no token"], "the same request again", True),
        (["token", "no apply"], "the same request again", True),
        (["token", "apply"], "checkClickToCallSupport", False),
        (["token", "apply", "check"], "createClickToCall", False),
        (["token", "apply", "no check"], "no createClickToCall", True),
        ([*CALL], "the next getClickToCallEvents", False),
        ([*CALL[:3], "no create"], "no poll", True),
        ([*CALL, "-"], "the next getClickToCallEvents", False),
        ([*CALL, "F"], "retry 1 of 3", False),
        ([*CALL, "F", "F", "-", "F"], "retry 1 of 3", False),
        ([*CALL, "F", "F", "F"], "retry 3 of 3", False),
        ([*CALL, "F", "F", "F", "F"], "three retries have failed", True),
        ([*CALL, "E"], "a new login", False),
        ([*CALL, "E", "token", "apply"], "getClickToCallEvents once more", False),
        ([*CALL, "-", "token", "apply"], "the next getClickToCallEvents", False),
        ([*CALL, "R"], "the call is over", True),
        ([*CALL, "drop"], "perhaps after a few polls", True),
        ([*CALL, "no drop"], "dropClickToCall again", True),
        (["token", "apply", "drop"], "checkClickToCallSupport", False),
        ([*CALL, "-", "send"], "the next getClickToCallEvents", False),
        (["token", "apply", "send"], "checkClickToCallSupport", False),
        (["token", "apply", "no send"], "no check, no call", True),
    ],
)
def test_after_each_step_the_guide_allows_certain_ones(steps: list[str], words: str, end: bool) -> None:  # noqa: FBT001
    one = run(*steps)
    found = allowed_after(one, one.calls[-1] if steps else None)

    assert words in found.words.en
    assert found.words.zh
    assert found.end is end


def test_the_text_session_comes_first_where_that_was_wanted() -> None:
    one = run("token", "apply", flow="text_then_call")

    assert Endpoint.SEND in allowed_after(one, one.calls[-1]).endpoints


@pytest.mark.parametrize(
    ("steps", "decisive", "after", "came"),
    [
        (["token", "apply", "drop", "check"], 3, 2, 3),  # it should not have come
        (["token", "apply", "create"], 3, 2, 3),
        (["check"], 1, None, 1),
        ([*CALL, "R", "-"], 5, 5, 6),  # what followed should not have come
        ([*CALL, "-"], 5, 5, None),  # something should have followed
        ([*CALL, "F", "F", "F", "F", "F"], 9, 8, 9),
    ],
)
def test_a_turn_is_where_the_client_left_the_flow(
    steps: list[str], decisive: int, after: int | None, came: int | None
) -> None:
    one = run(*steps)
    found = turn(one, one.calls[decisive - 1])

    assert found is not None
    assert (found.after and found.after.serial) == after
    assert (found.came and found.came.serial) == came


def test_a_request_at_its_place_is_no_turn_whatever_its_form() -> None:
    one = run(*CALL, "-", "R")

    assert [turn(one, seen) for seen in one.calls] == [None] * 6
