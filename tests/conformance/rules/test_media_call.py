"""C-POLL-14 by what was dialled at the gateway: the callee, the caller and the domain of the last "connected"."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from cec_client.protocol import Signal, SignalKind
from cec_conformance.run import Run
from mock_cec.trace.masking import mask

from tests.conformance.rules.polls_traces import (
    ANOTHER,
    FAILED,
    GATEWAY,
    PASSED,
    POLLS,
    UNEXERCISED,
    Step,
    calling,
    state,
    verdict,
)

if TYPE_CHECKING:
    from cec_conformance.judging import State

CONNECTED = 0.5
"""The second at which `calling("C")` is connected."""

CALLEE, CALLER, DOMAIN = (str(GATEWAY[name]) for name in ("accessCode", "clickToCallCaller", "domain"))
OTHER_CALLEE, OTHER_CALLER = str(ANOTHER["accessCode"]), str(ANOTHER["clickToCallCaller"])


def invite(
    callee: str = CALLEE, caller: str = CALLER, domain: str = DOMAIN, *, at: float = CONNECTED + 0.05, dialog: str = "1"
) -> Signal:
    text = (
        f"INVITE sip:{callee}@{domain} SIP/2.0\r\nVia: SIP/2.0/WS a.invalid;branch=z9hG4bK{dialog}\r\n"
        f"From: <sip:{caller}@{domain}>;tag=a\r\nTo: <sip:{callee}@{domain}>\r\nCall-ID: {dialog}\r\n"
        "CSeq: 1 INVITE\r\n\r\nv=0\r\n"
    )
    return Signal(serial=int(dialog), at=at, kind=SignalKind.RECEIVED, text=text, call=callee)


def dialling(run: Run, *signals: Signal) -> Run:
    return Run(replace(run.trace, signals=signals))


def judged(*signals: Signal) -> State:
    """Judge a client that dials after "connected"."""
    return state(dialling(calling("C", "R"), *signals), "C-POLL-14")


def test_what_connected_said_is_dialled() -> None:
    run = dialling(calling("C", "R"), invite())

    assert state(run, "C-POLL-14") is PASSED
    (seen,) = verdict(run, "C-POLL-14").observations
    assert (seen.at, seen.signals) == ((5,), (1,))


def test_whoever_takes_the_caller_for_the_callee_is_told_both() -> None:
    run = dialling(calling("C", "R"), invite(CALLER, CALLEE))
    seen = verdict(run, "C-POLL-14").observations

    assert state(run, "C-POLL-14") is FAILED
    assert [one.got and one.got.en for one in seen] == [
        f'accessCode was "{CALLER}", not "{CALLEE}"',
        f'clickToCallCaller was "{CALLEE}", not "{CALLER}"',
    ]
    assert all(one.signals == (1,) for one in seen)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (invite(callee="10086"), "accessCode"),
        (invite(caller="conformance-user"), "clickToCallCaller"),
        (invite(domain="127.0.0.1"), "domain"),
    ],
)
def test_each_of_the_three_counts(wrong: Signal, told: str) -> None:
    (seen,) = verdict(dialling(calling("C", "R"), wrong), "C-POLL-14").observations
    assert seen.got is not None
    assert seen.got.en.startswith(f"{told} was ")


@pytest.mark.parametrize("domain", [DOMAIN.upper(), f"{DOMAIN}:5060", f"{DOMAIN};transport=ws"])
def test_a_domain_is_one_however_it_is_written(domain: str) -> None:
    assert judged(invite(domain=domain)) is PASSED


def test_every_media_call_counts() -> None:
    assert judged(invite(), invite(dialog="2", at=0.58)) is PASSED
    assert judged(invite(), invite(CALLER, dialog="2", at=0.58)) is FAILED


def test_before_connected_nobody_knows_what_to_dial() -> None:
    assert judged(invite("10086", at=0.45)) is UNEXERCISED
    assert judged(invite(), invite("10086", at=0.45, dialog="2")) is PASSED


def transferred(*signals: Signal) -> State:
    """Judge a client that is connected at 0.5 s, and at 3.7 s to somebody else."""
    return state(dialling(calling("C", Step("X", after=3), Step("C2", after=0.2), "R"), *signals), "C-POLL-14")


def test_after_a_second_connected_a_leg_may_stay_up() -> None:
    assert transferred(invite()) is PASSED


def test_after_a_second_connected_a_new_call_goes_by_that_one() -> None:
    anew = invite(OTHER_CALLEE, OTHER_CALLER, at=3.75, dialog="2")

    assert transferred(invite(), anew) is PASSED
    assert transferred(invite(), invite(at=5.0, dialog="2")) is FAILED
    assert transferred(invite(OTHER_CALLEE, OTHER_CALLER)) is FAILED


def test_a_call_that_crosses_the_second_connected_may_go_by_the_first() -> None:
    assert transferred(invite(at=4.2)) is PASSED
    assert transferred(invite(at=4.2, caller=OTHER_CALLER)) is FAILED


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {},
        {"accessCode": None, "clickToCallCaller": [], "domain": ""},
        {"accessCode": int(CALLEE), "domain": 7},
        {"domain": DOMAIN + ":443"},
    ],
)
def test_what_connected_does_not_say_is_not_asked_for(content: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(POLLS, "C", (200, {"resultCode": "0", "eventId": 168101, "content": content}))
    assert judged(invite()) is PASSED


def test_a_hidden_caller_is_not_asked_for() -> None:
    hidden = invite()
    text = hidden.text.replace(f"<sip:{CALLER}@{DOMAIN}>", '"Anonymous" <sip:anonymous@anonymous.invalid>')

    assert judged(replace(hidden, text=text)) is PASSED
    wrong = text.replace("CSeq", f"P-Preferred-Identity: <sip:someone@{DOMAIN}>\r\nCSeq")
    assert judged(replace(hidden, text=wrong)) is FAILED


@pytest.mark.parametrize("personal", [False, True])
@pytest.mark.parametrize(
    "signal",
    [
        invite(),
        invite(CALLER, CALLEE),
        invite(callee="10086"),
        invite(caller="conformance-user"),
        invite(caller=CALLEE),
        invite(domain="127.0.0.1"),
    ],
)
def test_a_masked_trace_gets_the_same_verdict(signal: Signal, *, personal: bool) -> None:
    run = dialling(calling("C", "R"), signal)
    masked = Run(mask(run.trace, personal=personal))

    assert state(masked, "C-POLL-14") is state(run, "C-POLL-14")


@pytest.mark.parametrize("caller", ["李雷", "a b", 'q"uote', "1001"])
def test_a_masked_caller_that_has_to_be_escaped_is_still_the_same(caller: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content = GATEWAY | {"clickToCallCaller": caller}
    monkeypatch.setitem(POLLS, "C", (200, {"resultCode": "0", "eventId": 168101, "content": content}))
    run = dialling(calling("C", "R"), invite(caller=quote(caller)))
    masked = mask(run.trace, personal=True)

    assert quote(caller) not in masked.signals[0].text
    assert state(run, "C-POLL-14") is state(Run(masked), "C-POLL-14") is PASSED


def test_a_call_that_was_to_have_media_and_never_dialled_says_what_is_unknown() -> None:
    wanted, unwanted = (verdict(calling("C", "R", connect_media=wish), "C-POLL-14") for wish in "10")

    assert (wanted.state, unwanted.state) == (UNEXERCISED, UNEXERCISED)
    assert wanted.because is not None
    assert "CEC_CONNECT_MEDIA=1" in wanted.because.en
    assert unwanted.because is None
