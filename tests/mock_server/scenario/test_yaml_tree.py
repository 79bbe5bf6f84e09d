"""YAML of the plain kind: values as they look, with their lines; everything surprising is refused."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_cec.scenario.yaml_tree import DEEPEST, LARGEST, MOST_NODES, YamlError, YamlTree


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-1", -1),
        ("1.5", 1.5),
        ("true", True),
        ("null", None),
        ("~", None),
        ("[]", []),
        ('"1"', "1"),
        ("'true'", "true"),
        ("!!str 13", "13"),
        ("yes", "yes"),
        ("on", "on"),
        ("TRUE", "TRUE"),
        ("007", "007"),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
        ("1e5", "1e5"),
        (".inf", ".inf"),
        ("12:30:00", "12:30:00"),
        ("2024-08-19", "2024-08-19"),
        ("179080000537636", 179080000537636),
        ("9" * 30, "9" * 30),
        ("３", "３"),
    ],
)
def test_a_scalar_is_what_it_looks_like(text: str, value: object) -> None:
    read = YamlTree(f"key: {text}").value["key"]
    assert read == value
    assert type(read) is type(value)


def test_keys_are_always_text() -> None:
    assert YamlTree("{2: a, on: b, true: c, null: d}").value == {"2": "a", "on": "b", "true": "c", "null": "d"}


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing but a comment\n", "---\n", "\ufeff"])
def test_a_text_without_a_value_has_none(text: str) -> None:
    assert YamlTree(text).value is None


def test_every_value_knows_its_line() -> None:
    tree = YamlTree(
        dedent("""\
        title: x

        events:
          - after: 1s
            event:
              id: 1
          - {after: 2s}
        """)
    )
    assert tree.line(()) == 1
    assert tree.line(("title",)) == 1
    assert tree.line(("events",)) == 3
    assert tree.line(("events", 0, "event", "id")) == 6
    assert tree.line(("events", 1, "after")) == 7
    assert tree.line(("events", 1, "event")) == 7, "what does not stand there has the line of what is around it"


def test_aliases_stand_for_what_they_name() -> None:
    tree = YamlTree("first: &call [{a: 1}]\nsecond: *call\nthird: &word x\nfourth: *word")
    assert tree.value == {"first": [{"a": 1}], "second": [{"a": 1}], "third": "x", "fourth": "x"}
    assert tree.line(("second", 0, "a")) == 2


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: 1\n\tb: 2", 2, "a tab stands here; indent with spaces"),
        ("a:\n  - b\n  \t- c: d: e\n", 3, "a tab stands here; indent with spaces"),
        ("\ta: 1", 1, "a tab stands here; indent with spaces"),
        ("a:\n\t- b", 2, "a tab stands here; indent with spaces"),
        ("a: \tb: c", 1, "a colon stands where none can be"),
        ("a: b: c", 1, "a colon stands where none can be: check the indentation, or quote the text"),
        ("a: 1\n  b: 2", 2, "a colon stands where none can be"),
        ("a: @b", 1, 'no text can begin with "@" unless it is in quotes'),
        ("a: `b", 1, 'no text can begin with "`" unless it is in quotes'),
        ("a: 'b", 1, "a quotation mark is missing"),
        ("a: [1, 2\n", 1, "a comma or a closing bracket is missing"),
        ("a: {b: [1}", 1, "a comma or a closing bracket is missing"),
        ("a: [", 1, "something is missing here; perhaps a bracket was not closed"),
        ("a:\n  - b\n  c: d", 3, "does not line up with the list above"),
        ("a: 1\n b\nc", 3, 'a key without its colon; write "key: value"'),
        ("a: 'b' c", 1, "does not line up with the lines above it, or a quotation mark is too many"),
        ("%a", 1, "this is not YAML: "),
        ("a: *b", 1, "this alias (*) stands for nothing"),
        ("a: &a [*a]", 1, "this alias (*) stands for nothing"),
        ("a: 1\n---\nb: 2", 2, 'a second document begins here ("---"); a file holds one scenario'),
        ("a: 1\n...\n---\n", 3, "a second document begins here"),
        ("a: 1\nb: 2\na: 3", 3, '"a" stands here twice; first on line 1'),
        ("? [a]\n: b", 1, "a key has to be a word"),
        ("{a: 1}: b", 1, "a key has to be a word"),
        ("a: !!python/name:os.system x", 1, 'a scenario has no tags such as "tag:yaml.org,2002:python/name:os.system"'),
        ("a: !!python/object/apply:os.system [ls]", 1, "a scenario has no tags"),
        ("a: !thing {b: c}", 1, "a scenario has no tags"),
        ("a: !!int '3'", 1, "a scenario has no tags"),
        ("a: \x00", 1, "control characters"),
        ("a: \ud800", 1, "half characters"),
        ("title：x\nhold: 3s: 4", 1, 'the colon after "title" is a full-width one (：); write "title: "'),
        ("title: x\nhold：5s\nevents: []", 2, 'the colon after "hold" is a full-width one'),
        ("x" * (LARGEST + 1), 1, "larger, or nested deeper, than a scenario can be"),
        ("[" * 40_000, 1, "larger, or nested deeper, than a scenario can be"),
        ("- " * 40_000, 1, "larger, or nested deeper, than a scenario can be"),
        ("{a: " * 40_000, 1, "larger, or nested deeper, than a scenario can be"),
        ("a:\n" + "- x\n" * MOST_NODES, MOST_NODES, "larger, or nested deeper, than a scenario can be"),
        (BOMB, 5, "larger, or nested deeper, than a scenario can be"),
    ],
)
def test_what_is_not_plain_yaml_is_refused_with_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(YamlError) as raised:
        YamlTree(text)
    assert message in str(raised.value)
    assert raised.value.line == line


def test_a_scenario_has_room_to_be_deep() -> None:
    assert YamlTree("[" * DEEPEST + "]" * DEEPEST).value


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    line = 1
    try:
        YamlTree(text)
    except YamlError as error:
        line = error.line
    assert 1 <= line <= text.count("\n") + text.count("\r") + sum(map(text.count, "\x85\u2028\u2029")) + 2
