"""YAML with line numbers: plain values, and beside them the line on which each of them stands.

Keys are always text (`2:` and `on:` mean what they look like), and only `true`, `false`, `null` and numbers are
anything but text: the surprises of YAML 1.1 stay outside. So do tags, which could name Python objects, and whatever is
larger than a scenario can be. The text is read event by event, as building a whole tree first would let a deeply
nested file exhaust the C parser's stack.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import yaml

from mock_cec.scenario.words import shown
from mock_cec.scenario.yaml_troubles import TOO_LARGE, about_colon, explained, full_width_colon

if TYPE_CHECKING:
    from collections.abc import Iterator

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # pragma: no cover  (a PyYAML built without libyaml)
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

Path = tuple[str | int, ...]
"""Where a value stands: keys and list positions from the top."""

LARGEST: Final = 256 * 1024
"""The most characters a file may have: a scenario has some hundreds."""

MOST_NODES: Final = 20_000
"""The most values a file may have, aliases expanded: a scenario has some dozens."""

DEEPEST: Final = 20
"""The deepest nesting a file may have: a scenario has five levels."""

_TEXT_TAG: Final = "tag:yaml.org,2002:str"
_WORDS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None, "~": None, "": None}
_INTEGER: Final = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")  # longer ones, and 007, are codes rather than numbers
_NUMBER: Final = re.compile(r"[-+]?[0-9]{1,17}\.[0-9]{1,17}")


class YamlError(ValueError):
    """Raised when the text is not YAML, or not YAML of the plain kind; `line` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


class YamlTree:
    """A YAML document read into plain values.

    Attributes:
        value: Dictionaries, lists and scalars; `None` for a text without any.
        lines: The line, from 1, of every value by its path; a mapping's entry has the line of its key.
    """

    def __init__(self, text: str) -> None:
        self.value: Any = None
        self.lines: dict[Path, int] = {(): 1}
        self._nodes = 0
        self._anchors: dict[str, tuple[Any, int]] = {}
        if len(text) > LARGEST:
            raise YamlError(1, TOO_LARGE)
        try:
            self._document(yaml.parse(text, Loader=_Loader))
        except yaml.MarkedYAMLError as error:
            raise _explained(error, text) from error
        except (yaml.YAMLError, ValueError) as error:
            if isinstance(error, YamlError):
                raise
            raise YamlError(1, explained(str(error), "")) from error

    def line(self, path: Path) -> int:
        """Give the line of a path, or of the nearest part around it that stands in the file."""
        while path not in self.lines:
            path = path[:-1]
        return self.lines[path]

    def _document(self, events: Iterator[yaml.Event]) -> None:
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if self._nodes:
                    raise YamlError(_line(event), explained("another document", ""))
                self.value = self._read(next(events), events, ())

    def _read(self, event: yaml.Event, events: Iterator[yaml.Event], path: Path) -> Any:  # noqa: ANN401
        self.lines.setdefault(path, _line(event))
        before = self._nodes
        self._count(event, 1, path)
        if isinstance(event, yaml.AliasEvent):
            return self._again(event, path)
        assert isinstance(event, yaml.NodeEvent)  # noqa: S101  (the grammar of events)
        value = self._new(event, events, path)
        if event.anchor is not None:  # known from here on only, so that nothing can contain itself
            self._anchors[event.anchor] = value, self._nodes - before
        return value

    def _new(self, event: yaml.NodeEvent, events: Iterator[yaml.Event], path: Path) -> Any:  # noqa: ANN401
        tag = getattr(event, "tag", None)
        if isinstance(event, yaml.ScalarEvent) and tag in {None, _TEXT_TAG}:
            return event.value if tag else _scalar(event)
        if tag is not None:
            raise YamlError(_line(event), f"a scenario has no tags such as {shown(tag)}; leave it out")
        return self._mapping(events, path) if isinstance(event, yaml.MappingStartEvent) else self._list(events, path)

    def _again(self, alias: yaml.AliasEvent, path: Path) -> Any:  # noqa: ANN401
        if alias.anchor not in self._anchors:
            raise YamlError(_line(alias), explained("undefined alias", ""))
        value, size = self._anchors[alias.anchor]
        self._count(alias, size, path)
        return value

    def _count(self, event: yaml.Event, size: int, path: Path) -> None:
        self._nodes += size
        if self._nodes > MOST_NODES or len(path) > DEEPEST:
            raise YamlError(_line(event), TOO_LARGE)

    def _list(self, events: Iterator[yaml.Event], path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(self._read(event, events, (*path, len(items))))
        return items

    def _mapping(self, events: Iterator[yaml.Event], path: Path) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise YamlError(_line(event), "a key has to be a word")
            key, inner = event.value, (*path, event.value)
            if key in mapping:
                raise YamlError(_line(event), f"{shown(key)} stands here twice; first on line {self.lines[inner]}")
            self.lines[inner] = _line(event)
            mapping[key] = self._read(next(events), events, inner)
        return mapping


def _line(event: yaml.Event) -> int:
    assert event.start_mark is not None  # noqa: S101  (the parser knows where it is)
    return event.start_mark.line + 1


def _explained(error: yaml.MarkedYAMLError, text: str) -> YamlError:
    """Explain an error of the parser's; a full-width colon on the way to it is the more likely reason."""
    mark = error.problem_mark
    assert mark is not None  # noqa: S101  (the parser knows where it is)
    line, column = mark.line, mark.column
    rows = text.rstrip().split("\n")
    for number, row in enumerate(rows[: line + 1], 1):
        if key := full_width_colon(row):
            return YamlError(number, about_colon(key))
    row = rows[line] if line < len(rows) else ""
    return YamlError(min(line + 1, len(rows)), explained(str(error.problem), row[column : column + 1]))


def _scalar(event: yaml.ScalarEvent) -> str | int | float | bool | None:
    text: str = event.value
    if event.style:  # in quotes, or a block of text
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    return text
