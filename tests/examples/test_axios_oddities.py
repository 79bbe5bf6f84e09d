"""The axios example and answers that the guide does not promise, but that a live platform may give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cec_client.protocol import Endpoint

from tests.examples.canned import Canned, canned_cec

if TYPE_CHECKING:
    from tests.examples.programs import Program

RELEASED = Canned((b'{"resultCode": "0", "eventId": 168110, "content": {"causeId": -1, "causeDesc": "bye"}}',))


@pytest.mark.parametrize(
    "released",
    [
        pytest.param(b'{"resultCode": "0", "eventId": "168110", "content": {}}', id="its id is a string"),
        pytest.param(b'{"resultCode": "0", "eventId": 168110}', id="it has no content"),
        pytest.param(b'{"resultCode": "0", "eventId": 168110, "mood": {"a": [1]}}', id="it has a member too many"),
    ],
)
def test_released_is_released_in_any_form(axios_call: Program, released: bytes) -> None:
    with canned_cec(Canned((released,))) as cec:
        assert axios_call.run(cec.url).outcome == "released"


def test_an_answer_in_pieces_is_read_to_its_end(axios_call: Program) -> None:
    (whole,) = RELEASED.pieces
    with canned_cec(Canned((whole[:10], whole[10:40], whole[40:]))) as cec:
        assert axios_call.run(cec.url).outcome == "released"


@pytest.mark.parametrize("event", ['""', "null", '"nonsense"', "168100"])
def test_an_event_of_no_known_name_is_polled_past(axios_call: Program, event: str) -> None:
    with canned_cec(Canned((f'{{"resultCode": "0", "eventId": {event}}}'.encode(),)), RELEASED) as cec:
        assert axios_call.run(cec.url).outcome == "released"


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(Canned((b"<html>busy</html>",)), id="a page"),
        pytest.param(Canned((b"null",)), id="null"),
        pytest.param(Canned((b'{"resultCode": "0", "eve',), cut=True), id="cut short"),
        pytest.param(Canned((), status=502), id="an empty 502"),
    ],
)
def test_an_answer_that_is_none_is_a_failed_poll(axios_call: Program, failure: Canned) -> None:
    with canned_cec(failure, RELEASED) as cec:
        assert axios_call.run(cec.url).outcome == "released"
    assert cec.steps[-2:] == [Endpoint.EVENTS, Endpoint.EVENTS]


def test_a_403_without_a_body_is_a_403(axios_call: Program) -> None:
    with canned_cec(Canned((), status=403), RELEASED) as cec:
        assert axios_call.run(cec.url).outcome == "released"
    assert cec.steps[-4:] == [Endpoint.EVENTS, Endpoint.TOKEN, Endpoint.APPLY_TOKEN, Endpoint.EVENTS]
