"""Explaining: a scenario as a table of times."""

from __future__ import annotations

from textwrap import dedent

import pytest
from mock_cec.scenario import catalogue
from mock_cec.scenario.explain import explain
from mock_cec.scenario.loading import load

REST = """  no event
  65.125 s  poll 34     released         168110  Call disconnected  (cause 7: bye)
            drop        nothing          polls end at once

Answers of their own
  createClickToCall  request 1        as usual       1s late
                     request 2-3      resultCode 0   says yes, does nothing
                     request 4        resultCode 7   the request fails
                     request 5+       resultCode 12  "closed"
  poll               request every 2  HTTP 500       the request fails, 2s late
                     request 3        HTTP 502       "坏"

Text session
  There is none: send (CONNECT) says resultCode 12 \
"The current time is not within the working time of the service agents".

Settings
  A poll waits 2s at most.
  Tokens live 10s (access) and 1h (ccmessaging) at most.
  The ccmessaging token is always abc
  connected hands out gwAddresses a, b
  connected hands out clickToCallCaller c
  Pages of another origin are not let in (cors: none)."""


def told(name: str) -> str:
    return explain(name, catalogue.find(name))


def test_times_words_and_numbers_stand_under_each_other() -> None:
    assert told("token_expiry") == dedent("""\
        token_expiry: A poll in mid-call gets 403; after a new login the next poll finds the call answered

        The call
          as a client sees it that polls on at once; the last line is what a drop brings:

            0.0 s    create  the call begins
            0.3 s    poll 1  queued           168102  Call in queue
            1.8 s    poll 2  HTTP 403         the user's tokens of both kinds are dead, 1500ms late
            3.3 s    poll 3  connected        168101  Call connected
                     then    nothing          every poll ends after 25s, until someone hangs up
          + 0.1 s    drop    released         168110  Call disconnected

        Answers of their own
          getClickToCallEvents  request 2  HTTP 403  the user's tokens of both kinds are dead, 1500ms late""")


def test_polls_without_events_are_counted_together() -> None:
    assert "    3.0 s    polls 1-3  no event\n" in told("quiet")


def test_what_comes_after_a_client_has_given_up_is_told_as_due() -> None:
    text = told("poll_errors_persist")
    assert "             then    gives up         3 retries have failed\n" in text
    assert "    2.3 s    due     connected        168101  Call connected\n" in text
    assert "then    nothing" not in text


def test_chinese_stands_at_the_end_of_its_line() -> None:
    assert "  + 0.9 s    after a chat  agent   says 请您提供一下订单号，我来帮您查询。\n" in told("text_chat")
    assert told("text_chat").endswith("  + 0.5 s                  agent   ends the session")


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("no_agents", 'There is none: createClickToCall says resultCode 13 "No agents available currently".'),
        (
            "unsupported_tenant",
            "There is none: checkClickToCallSupport says webRTCSupported false and clickToCallSupported true.",
        ),
    ],
)
def test_a_scenario_without_a_call_says_why(name: str, call: str) -> None:
    assert told(name).endswith(f"\n\nThe call\n  {call}")


def test_everything_that_is_not_as_usual_is_told() -> None:
    text = explain(
        "mine.yaml",
        load(
            dedent("""\
            title: x
            tokens: {access: 10s, ccmessaging_value: abc}
            hold: 2s
            events:
              - {after: 0.125s, event: {id: 168199, desc: 新}}
              - {after: 65s, event: released, cause: {id: 7, desc: bye}}
            answers:
              createClickToCall:
                1: {delay: 1s}
                2-3: {code: "0"}
                4: {code: "7"}
                5+: {code: "12", desc: closed}
              poll:
                every 2: {status: 500, delay: 2s}
                3: {status: 502, desc: 坏}
            on_drop: silence
            text: closed
            gateway: {addresses: [a, b], caller: c}
            cors: none
            """),
            "mine.yaml",
        ),
    )
    assert text.partition("polls 2-33")[2] == REST


def test_a_text_session_may_be_out_of_reach() -> None:
    text = explain("f", load("title: x\ntext: unavailable", "f"))
    assert text.endswith(
        'Text session\n  There is none: send (CONNECT) says resultCode 13 "No ccucs address available!".'
    )


@pytest.mark.parametrize("name", catalogue.names())
def test_only_what_the_scenario_says_needs_more_than_ascii(name: str) -> None:
    scenario = catalogue.find(name)
    said = {line.say for line in scenario.agent}
    quoted = {answer.desc for lines in scenario.answers.values() for answer in lines.values()}
    for line in told(name).splitlines():
        assert line.isascii() or line.partition("says ")[2] in said or line.split('"')[1] in quoted
        assert line == line.rstrip()
