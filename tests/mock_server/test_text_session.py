"""The text session: `send` and `poll` (guide §5 step 1; facts §3, §4)."""

from __future__ import annotations

import pytest
from mock_cec.scenario.loading import load
from mock_cec.scenario.plan import plan
from mock_cec.text_session import TextSession

CHAT = """
title: A chat
agent:
  - {after: 500ms, say: hello}
  - {on: chat, after: 1s, say: first answer}
  - {after: 2s, say: anything else?}
  - {on: chat, after: 1s, disconnect: true}
"""


def session(text: str = CHAT) -> TextSession:
    return TextSession(plan(load(text, "test")))


def connected(peer: str = "agent") -> TextSession:
    talk = session(f"title: t\ntext: {peer}\n")
    assert talk.send("CONNECT", 0.0)[0] == "0"
    return talk


def said(talk: TextSession, now: float) -> list[str | None]:
    return [spoken.line.say for spoken in talk.collect(now)]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("agent", ("0", "")),
        ("robot", ("0", "connect to robot successfully")),
        ("closed", ("12", "The current time is not within the working time of the service agents")),
        ("unavailable", ("13", "No ccucs address available!")),
    ],
)
def test_connect_is_answered_as_the_scenario_says(text: str, verdict: tuple[str, str]) -> None:
    assert session(f"title: t\ntext: {text}\n").send("CONNECT", 0.0) == verdict


@pytest.mark.parametrize(
    ("command", "peer", "verdict"),
    [
        ("CHAT", "agent", ("0", "sendUserMessage successfully.")),
        ("CHAT", "robot", ("0", "Send message to robot successfully")),
        ("INPUT", "agent", ("0", "")),
        ("READ", "robot", ("0", "")),
        ("TRANS2AGENT", "robot", ("0", "")),
        ("TRANS2AGENT", "agent", ("13", "fail to transfer from robot to agent,it has been agent service.")),
        ("DISCONNECT", "agent", ("0", "disconnect successfully")),
        ("DISCONNECT", "robot", ("0", "Disconnect robot successfully")),
    ],
)
def test_commands_in_a_session_have_their_documented_answers(command: str, peer: str, verdict: tuple[str, str]) -> None:
    assert connected(peer).send(command, 1.0) == verdict


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("CHAT", "sendUserMessage failed"),
        ("INPUT", "sendUserMessage failed"),
        ("READ", "sendUserMessage failed"),
        ("TRANS2AGENT", "fail to transfer from robot to agent,session keep touch failed."),
        ("DISCONNECT", "disconnect failed"),
    ],
)
def test_commands_without_a_session_are_refused(command: str, text: str) -> None:
    assert session().send(command, 0.0) == ("13", text)


def test_a_robot_hands_over_to_an_agent() -> None:
    talk = connected("robot")
    talk.send("TRANS2AGENT", 1.0)
    assert talk.send("CHAT", 2.0) == ("0", "sendUserMessage successfully.")


def test_the_agents_lines_come_at_their_times_and_once() -> None:
    talk = session()
    talk.send("CONNECT", 10.0)
    assert said(talk, 10.4) == []
    assert said(talk, 10.5) == ["hello"]
    assert said(talk, 60.0) == []


def test_a_line_waits_for_the_customers_message() -> None:
    talk = session()
    talk.send("CONNECT", 0.0)
    talk.send("CHAT", 5.0)
    assert said(talk, 5.9) == ["hello"]
    assert said(talk, 6.0) == ["first answer"]
    assert said(talk, 8.0) == ["anything else?"]


def test_a_message_that_came_early_is_answered_after_the_greeting() -> None:
    talk = session()
    talk.send("CONNECT", 0.0)
    talk.send("CHAT", 0.1)
    assert said(talk, 1.4) == ["hello"]
    assert said(talk, 1.5) == ["first answer"]


def test_the_other_side_can_end_the_session() -> None:
    talk = session()
    talk.send("CONNECT", 0.0)
    talk.send("CHAT", 1.0)
    talk.send("CHAT", 2.0)
    assert [spoken.line.disconnect for spoken in talk.collect(60.0)] == [False, False, False, True]
    assert talk.send("CHAT", 61.0) == ("13", "sendUserMessage failed")


def test_after_disconnect_nothing_more_is_said_and_a_new_session_starts_over() -> None:
    talk = session()
    talk.send("CONNECT", 0.0)
    talk.send("DISCONNECT", 0.1)
    assert said(talk, 60.0) == []
    talk.send("CONNECT", 100.0)
    assert said(talk, 100.5) == ["hello"]


def test_a_second_connect_goes_on_with_the_session() -> None:
    talk = session()
    talk.send("CONNECT", 0.0)
    assert talk.send("CONNECT", 1.0) == ("0", "")
    assert said(talk, 60.0) == ["hello"]
