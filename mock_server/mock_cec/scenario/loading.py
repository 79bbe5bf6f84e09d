"""Reading a scenario: from text to a checked `Scenario`, or to an error that says where and what to write instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from mock_cec.scenario.model import Scenario, Voice
from mock_cec.scenario.rules import contradictions
from mock_cec.scenario.sound import sounding
from mock_cec.scenario.words import one_line, short, shown
from mock_cec.scenario.yaml_tree import YamlError, YamlTree
from mock_cec.scenario.yaml_troubles import about_colon, full_width_colon

if TYPE_CHECKING:
    from pathlib import Path

    from mock_cec.scenario.yaml_tree import Path as Place

_BEGINNING: Final = 'expected: a mapping, which begins with a line such as "title: My scenario"'

_ORDINAL: Final = 2
"""How deep in `answers` the ordinals stand."""


class ScenarioError(ValueError):
    """Raised when a scenario cannot be used; its text is one line, in a form that editors make a link of.

    Attributes:
        source: The file, or the name under which the text came.
        line: The line, from 1; `None` where the error is about the file as a whole.
        message: Where in the scenario, what is wrong, what was expected and, where something comes close, what was
            probably meant.
    """

    def __init__(self, source: str, line: int | None, message: str) -> None:
        place = source if line is None else f"{source}:{line}"
        super().__init__(one_line(f"{place}: {message}"))
        self.source = source
        self.line = line
        self.message = one_line(message)


def load(text: str, source: str, folder: Path | None = None) -> Scenario:
    """Read a scenario.

    Args:
        text: The YAML text.
        source: How errors name it.
        folder: From where the paths in it count; `None`: it comes from no file.

    Raises:
        ScenarioError: The text is not a scenario.
    """
    try:
        tree = YamlTree(text)
    except YamlError as error:
        raise ScenarioError(source, error.line, str(error)) from error
    if not isinstance(tree.value, dict):
        raise ScenarioError(source, 1, _no_mapping(tree.value))
    try:
        scenario = msgspec.convert(tree.value, Scenario)
    except msgspec.ValidationError as error:
        raise _misfit(tree, source, str(error)) from error
    for path, message in contradictions(scenario):
        raise _at(tree, source, path, message)
    media = scenario.gateway.media
    if not isinstance(media, Voice):
        return scenario
    try:
        found = Voice(voice=str(sounding(media.voice, folder)))
    except ValueError as error:
        raise _at(tree, source, ("gateway", "media", "voice"), str(error)) from error
    return replace(scenario, gateway=replace(scenario.gateway, media=found))


def _no_mapping(value: object) -> str:
    if value is None:
        return f"the file is empty; {_BEGINNING}"
    if isinstance(value, str) and (key := full_width_colon(value)):
        return about_colon(key)
    return f"this is {'a list' if isinstance(value, list) else shown(str(value))}; {_BEGINNING}"


def _misfit(tree: YamlTree, source: str, verdict: str) -> ScenarioError:
    from mock_cec.scenario.complaints import complaint  # noqa: PLC0415  (needed for errors alone, and slow to load)

    path, message = complaint(tree.value) or ((), verdict)
    return _at(tree, source, path, message)


def _at(tree: YamlTree, source: str, path: Place, message: str) -> ScenarioError:
    return ScenarioError(source, tree.line(path), f"{_place(path)}: {message}" if path else message)


def _place(path: Place) -> str:
    """Write a path as the emulator's log writes it: `events[2].after`, `answers.poll[3-5].status`."""
    text = ""
    for depth, step in enumerate(path):
        bracketed = isinstance(step, int) or (path[0] == "answers" and depth == _ORDINAL)
        word = short(str(step))
        text += f"[{word}]" if bracketed else f".{word}" if text else word
    return text
