"""The vocabulary against the guide's own samples: numbers, texts, paths and headers, to the letter."""

from __future__ import annotations

import subprocess
import sys

import pytest
from cec_client.protocol import EVENT_TEXT, NO_EVENT_TEXT, TERMINAL, Endpoint, event_name
from cec_client.protocol.headers import common_headers

SAMPLES = {
    168101: "Call connected",
    168102: "Call in queue",
    168106: "Call transfered",
    168110: "Call disconnected",
    168103: "Call queue timeout",
    168105: "Call failed",
}
"""eventId and resultDesc as the guide prints them (guide §5 step 4)."""


def test_events_have_the_guides_numbers_and_texts() -> None:
    assert {int(event): text for event, text in EVENT_TEXT.items()} == SAMPLES
    assert NO_EVENT_TEXT == "ClickToCall polled without any events"


def test_three_events_end_a_call() -> None:
    assert {event.name for event in TERMINAL} == {"RELEASED", "QUEUE_TIMEOUT", "FAILED"}


@pytest.mark.parametrize(("number", "name"), [(168103, "queue_timeout"), (168199, "event 168199")])
def test_events_have_names_for_people(number: int, name: str) -> None:
    assert event_name(number) == name


@pytest.mark.parametrize(
    ("name", "method", "path"),
    [
        ("tokenByAkSk", "POST", "/apigovernance/api/oauth/tokenByAkSk"),
        ("applyToken", "POST", "/apiaccess/ccmessaging/applyToken"),
        ("send", "POST", "/apiaccess/ccmessaging/send"),
        ("poll", "GET", "/apiaccess/ccmessaging/poll"),
        ("checkClickToCallSupport", "GET", "/apiaccess/ccmessaging/v1/checkClickToCallSupport"),
        ("createClickToCall", "POST", "/apiaccess/ccmessaging/v1/createClickToCall"),
        ("getClickToCallEvents", "GET", "/apiaccess/ccmessaging/v1/getClickToCallEvents"),
        ("dropClickToCall", "POST", "/apiaccess/ccmessaging/v1/dropClickToCall"),
        ("doLeaveMessage", "POST", "/apiaccess/ccmessaging/doLeaveMessage"),
    ],
)
def test_endpoints_have_the_documented_methods_and_paths(name: str, method: str, path: str) -> None:
    endpoint = next(endpoint for endpoint in Endpoint if endpoint.value == name)
    assert (endpoint.method, endpoint.path) == (method, path)


def test_the_common_headers_are_four() -> None:
    assert common_headers("key", "access", "token") == {
        "x-app-key": "key",
        "authorization": "Bearer access",
        "ccmessaging-token": "token",
        "content-type": "application/json",
    }


@pytest.mark.parametrize(
    ("program", "unwanted"),
    [
        ("import mock_cec.command, mock_cec.serving", "httpx rich hypothesis pytest aiortc sipmessage websockets"),
        ("import cec_client.protocol", "httpx rich hypothesis pytest aiortc uvicorn starlette"),
        ("import cec_client", "httpx rich hypothesis pytest aiortc sipmessage"),
    ],
)
def test_what_is_imported_brings_nothing_heavy(program: str, unwanted: str) -> None:
    check = f"{program}\nimport sys\nprint(*({unwanted.split()!r} & sys.modules.keys()))"
    check = check.replace(repr(unwanted.split()), repr(set(unwanted.split())))
    run = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True, timeout=30)
    assert run.stdout.strip() == ""
