"""Loading: a scenario, or one line that says where, what is wrong, what was expected, and what was perhaps meant."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mock_cec.scenario import catalogue
from mock_cec.scenario.explain import explain
from mock_cec.scenario.loading import ScenarioError, load
from mock_cec.scenario.model import Scenario
from mock_cec.scenario.plan import plan

DURATION = "expected: a duration such as 300ms, 2s, 1m30s or 1h"
EVENTS = '"connected", "failed", "queue_timeout", "queued", "released" or "transferred"'
ENDPOINTS = (
    "there is: applyToken, checkClickToCallSupport, createClickToCall, doLeaveMessage, dropClickToCall, "
    "getClickToCallEvents, poll, send, tokenByAkSk"
)


def test_a_title_is_all_it_takes() -> None:
    assert load("title: Nothing happens", "f.yaml") == Scenario(title="Nothing happens")


def test_a_byte_order_mark_is_no_part_of_the_title() -> None:
    assert load("\ufefftitle: 您好", "f.yaml").title == "您好"


def test_null_leaves_out_what_can_be_left_out() -> None:
    assert load("title: x\ntokens: {ccmessaging_value: null}", "f.yaml") == Scenario(title="x")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", '1: the file is empty; expected: a mapping, which begins with a line such as "title: My scenario"'),
        ("# a comment", "1: the file is empty; expected: a mapping"),
        ("- title: x", "1: this is a list; expected: a mapping"),
        ("answered", '1: this is "answered"; expected: a mapping'),
        ("13", '1: this is "13"; expected: a mapping'),
        ("title：您好", '1: the colon after "title" is a full-width one (：); write "title: " with an ASCII colon'),
        ("您好：x", '1: this is "您好：x"; expected: a mapping'),
        ("title: x\ntitle: y", '2: "title" stands here twice; first on line 1'),
        ("title: a: b", "1: a colon stands where none can be: check the indentation, or quote the text"),
    ],
)
def test_a_file_has_to_be_a_mapping(text: str, message: str) -> None:
    assert complaint(text).startswith(f"f.yaml:{message}")


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ("evnets: []", '2: evnets: there is no such key here; did you mean "events"? there is: title, dialect, '),
        ("support: {webRTC: true}", '2: support.webRTC: there is no such key here; did you mean "webrtc"? there is: '),
        ("tokens:\n  acces: 1s", '3: tokens.acces: there is no such key here; did you mean "access"? there is: '),
        ("create: {cod: '1'}", '2: create.cod: there is no such key here; did you mean "code"? there is: code, desc'),
        (
            "events: [{after: 1s, evnt: queued}]",
            '2: events[0].evnt: there is no such key here; did you mean "event"? there is: after, event, gateway',
        ),
        (
            "events: [{after: 1s, event: {id: 1, description: x}}]",
            '2: events[0].event.description: there is no such key here; did you mean "desc"? there is: id, desc',
        ),
        (
            "answers: {poll: {2: {stauts: 403}}}",
            '2: answers.poll[2].stauts: there is no such key here; did you mean "status"?',
        ),
        (
            "agent: [{says: hi}]",
            '2: agent[0].says: there is no such key here; did you mean "say"? there is: after, on,',
        ),
        (
            "gateway: {audio: echo}",
            "2: gateway.audio: there is no such key here; there is: domain, addresses, callee, caller, answer",
        ),
        ("<<: {hold: 1s}", "2: <<: there is no such key here; there is: title"),
        ('"": 1', "2: : there is no such key here; there is: title"),
        ('"a\\nb": 1', "2: a\\nb: there is no such key here; there is: title"),
        (
            "events: [{after：1s, event: queued}]",
            '2: events[0].after：1s: the colon after "after" is a full-width one (：); write "after: " with',
        ),
        ("事件：: 1", "2: 事件：: there is no such key here; there is: title"),
    ],
)
def test_unknown_keys_are_named_with_those_there_are(rest: str, message: str) -> None:
    assert complaint(f"title: x\n{rest}").startswith(f"f.yaml:{message}")


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ("events: [{after: 1s}]", f'2: events[0]: the key "event" is missing; expected: {EVENTS}, or a mapping with '),
        ("events: [{event: queued}]", f'2: events[0]: the key "after" is missing; {DURATION}'),
        ("create: {desc: x}", '2: create: the key "code" is missing; expected: a resultCode in quotes, such as "13"'),
        (
            "events: [{after: 1s, event: {}}]",
            '2: events[0].event: the key "id" is missing; expected: a whole number from 1 to 9007199254740991',
        ),
    ],
)
def test_missing_keys_are_named(rest: str, message: str) -> None:
    assert complaint(f"title: x\n{rest}").startswith(f"f.yaml:{message}")


def test_a_scenario_without_a_title_is_told_so() -> None:
    assert complaint("hold: 1s") == 'f.yaml:1: the key "title" is missing; expected: some text'


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ("hold: 2 seconds", f'2: hold: "2 seconds" does not fit; {DURATION}'),
        ("hold: 300", f"2: hold: 300 does not fit; {DURATION}"),
        ("hold: 1.5", f"2: hold: 1.5 does not fit; {DURATION}"),
        ("hold: ２s", f'2: hold: "２s" does not fit; {DURATION}'),
        ("hold:", f"2: hold: nothing stands here; {DURATION}"),
        ("hold: [1s]", f"2: hold: a list stands here; {DURATION}"),
        ("hold: {s: 1}", f"2: hold: a mapping stands here; {DURATION}"),
        (f"hold: {'9' * 5000}s", f'2: hold: "{"9" * 60}…" does not fit; {DURATION}'),
        ("dialect: klingon", '2: dialect: "klingon" is not known here; there is: guide, reference'),
        ("support: yes", '2: support: "yes" does not fit; expected: a mapping with "webrtc" or "click_to_call"'),
        ("support: {webrtc: yes}", '2: support.webrtc: "yes" does not fit; expected: true or false'),
        ("support: {webrtc: 1}", "2: support.webrtc: 1 does not fit; expected: true or false"),
        (
            "create: {code: 13}",
            '2: create.code: 13 is not text; expected: a resultCode in quotes, such as "13"; did you mean "13", in',
        ),
        ("create: {code: “13”}", '2: create.code: "“13”" does not fit; expected: a resultCode in quotes, such as "13"'),
        (
            "create: no",
            '2: create: "no" is not known here; did you mean "ok"? there is: ok, or a mapping with "code" or "desc"',
        ),
        ("create: 13", '2: create: 13 does not fit; expected: "ok", or a mapping with "code" or "desc"'),
        (
            "create: {code: '1', desc: true}",
            '2: create.desc: true is not text; expected: text; did you mean "true", in quotes?',
        ),
        (
            "events: {after: 1s}",
            "2: events: a mapping stands here; expected: a list, each item on a line that begins wit",
        ),
        ("events:", '2: events: nothing stands here; expected: a list, each item on a line that begins with "- "'),
        (
            "events: [queued]",
            '2: events[0]: "queued" does not fit; expected: a mapping with "after", "event", "gateway"',
        ),
        (
            "events:\n- {after: 1s, event: queu}",
            '3: events[0].event: "queu" is not known here; did you mean "queue_timeout" or "queued"? there is: co',
        ),
        (
            "events: [{after: 1s, event: “queued”}]",
            '2: events[0].event: "“queued”" is not known here; did you mean "queued"',
        ),
        (
            "events: [{after: 1s, event: 168106}]",
            '2: events[0].event: 168106 is written "transferred" here; expected: ',
        ),
        (
            "events: [{after: 1s, event: 168199}]",
            f"2: events[0].event: 168199 does not fit; expected: {EVENTS}, or a map",
        ),
        (
            "events: [{after: 1s, event: {id: 0}}]",
            "2: events[0].event.id: 0 does not fit; expected: a whole number from 1",
        ),
        (f"events: [{{after: 1s, event: {{id: {'9' * 18}}}}}]", f"2: events[0].event.id: {'9' * 18} does not fit; exp"),
        (f"events: [{{after: 1s, event: {{id: {'9' * 99}}}}}]", f'2: events[0].event.id: "{"9" * 60}…" does not fit; '),
        (
            "answers: {pol: {1: {status: 500}}}",
            f'2: answers.pol: there is no such endpoint; did you mean "poll"? {ENDPOINTS}',
        ),
        ("answers: [poll]", "2: answers: a list stands here; expected: a mapping"),
        (
            "answers:\n  poll:\n    0: {status: 500}",
            '4: answers.poll[0]: "0" does not fit; expected: the number of a request: 2, 3-5, 7+ or "every 4"',
        ),
        (
            "answers:\n  poll:\n    5-3: {status: 500}",
            '4: answers.poll[5-3]: "5-3" counts backwards; did you mean 3-5?',
        ),
        (
            'answers: {poll: {"2\\n": {status: 500}}}',
            '2: answers.poll[2\\n]: "2\\n" does not fit; expected: the number of',
        ),
        (
            "answers: {poll: {2: 403}}",
            '2: answers.poll[2]: 403 does not fit; expected: a mapping with "status", "code",',
        ),
        (
            "answers: {poll: {2: {status: 200}}}",
            "2: answers.poll[2].status: 200 does not fit; expected: a whole number fro",
        ),
        (
            "answers: {poll: {2: {status: '403'}}}",
            '2: answers.poll[2].status: "403" does not fit; expected: a whole numb',
        ),
        ("answers: {poll: {2: {delay: soon}}}", f'2: answers.poll[2].delay: "soon" does not fit; {DURATION}'),
        ("on_drop: quiet", '2: on_drop: "quiet" is not known here; there is: silence'),
        ("text: human", '2: text: "human" is not known here; there is: agent, closed, robot, unavailable'),
        ("agent: [{say: ''}]", '2: agent[0].say: "" does not fit; expected: some text'),
        (
            "agent: [{say: 168}]",
            '2: agent[0].say: 168 is not text; expected: some text; did you mean "168", in quotes?',
        ),
        ("agent: [{on: call}]", '2: agent[0].on: "call" is not known here; did you mean "chat"? there is: chat'),
        (
            "gateway: {addresses: xx1}",
            '2: gateway.addresses: "xx1" is not known here; there is: bare, or a list, each item on a line tha',
        ),
        (
            "gateway: {callee: 179080000537636}",
            "2: gateway.callee: 179080000537636 is not text; expected: some text; did y",
        ),
        ("cors: '*'", '2: cors: "*" is not known here; there is: echo, none'),
    ],
)
def test_wrong_values_are_shown_beside_what_was_expected(rest: str, message: str) -> None:
    assert complaint(f"title: x\n{rest}").startswith(f"f.yaml:{message}")


def test_a_place_that_an_alias_stands_for_has_the_line_of_the_alias() -> None:
    text = "title: x\nagent: [&line {say: hi}]\nevents: [*line]"
    assert complaint(text).startswith("f.yaml:3: events[0].say: there is no such key here")


def complaint(text: str) -> str:
    """Load what is no scenario, and give the one line that is said of it."""
    with pytest.raises(ScenarioError) as raised:
        load(text, "f.yaml")
    assert len(str(raised.value).splitlines()) == 1
    assert raised.value.source == "f.yaml"
    assert str(raised.value).endswith(raised.value.message)
    return str(raised.value)


def loads_or_complains(text: str) -> None:
    """What can be loaded can be played and explained; what cannot ends in one line that begins with its place."""
    try:
        scenario = load(text, "f.yaml")
    except ScenarioError as error:
        said = str(error)
    else:
        plan(scenario)
        said = "f.yaml:1: " + explain("f", scenario).partition("\n")[0]
    assert re.match(r"f\.yaml:[1-9]\d*: .", said)
    assert len(said.splitlines()) == 1
    assert "Expected" not in said, "that would be msgspec's sentence, not ours"


@pytest.mark.uncovered
@given(st.text())
@example("title: x\nhold: |\n  2s\n")
def test_any_text_is_a_scenario_or_a_complaint(text: str) -> None:
    loads_or_complains(text)


GOOD = [(catalogue.folder() / f"{name}.yaml").read_text(encoding="utf-8") for name in catalogue.names()]
PIECES = [
    *"：:\t\n -?*&!|>'\"{}[],#%@`\x00\ufeff　",
    *(
        "title: ",
        "events:\n",
        "- ",
        "  ",
        "null",
        "true",
        "13",
        "2s",
        "0s",
        "queued",
        "released",
        "every 3",
        "7+",
        "5-3",
    ),
    *("{after: 1s, event: connected}", "{status: 500}", "{delay: 1s}", "&a ", "*a", "!!str ", "---\n", "<<: "),
]


@pytest.mark.uncovered
@given(st.data())
def test_a_scenario_with_pieces_put_in_and_cut_out_is_a_scenario_or_a_complaint(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(GOOD))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 12)))
        text = text[:start] + data.draw(st.sampled_from(["", *PIECES])) + text[end:]
    loads_or_complains(text)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["1s", "queued", "ok", "silence", "13", "您好", "", "3-5"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["after", "event", "id", "desc", "code", "status", "delay", "cause", "gateway", "2", "say", "x"]
            )
            | st.sampled_from(
                ["poll", "send", "getClickToCallEvents", "webrtc", "access", "domain", "addresses", "by"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@pytest.mark.uncovered
@given(st.dictionaries(st.sampled_from(Scenario.__struct_fields__), VALUES, max_size=3))
def test_any_value_under_any_key_is_a_scenario_or_a_complaint(value: dict[str, object]) -> None:
    import json  # noqa: PLC0415

    loads_or_complains(json.dumps({"title": "x", **value}, ensure_ascii=False))
