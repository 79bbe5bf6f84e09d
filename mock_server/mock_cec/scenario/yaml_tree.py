"""YAML with line numbers: plain values, and beside them the line on which each of them stands.

Keys are always text (`2:` and `on:` mean what they look like), and only `true`, `false`, `null` and numbers are
anything but text: the surprises of YAML 1.1 stay outside.
"""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # pragma: no cover  (a PyYAML built without libyaml)
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

Path = tuple[str | int, ...]
"""Where a value stands: keys and list positions from the top."""

MOST_NODES: Final = 20_000
"""The most values a file may have, aliases expanded: a scenario has some dozens."""

DEEPEST: Final = 20
"""The deepest nesting a file may have."""

_WORDS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None, "~": None, "": None}
_INTEGER: Final = re.compile(r"[-+]?\d+")
_NUMBER: Final = re.compile(r"[-+]?\d+\.\d+")


class YamlError(ValueError):
    """Raised when the text is not YAML, or not YAML of the plain kind; `line` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


class YamlTree:
    """A YAML document read into plain values.

    Attributes:
        value: Dictionaries, lists and scalars.
        lines: The line, from 1, of every value by its path; a mapping's entry has the line of its key.
    """

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {(): 1}
        self._nodes = 0
        try:
            top = yaml.compose(text, Loader=_Loader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise YamlError(mark.line + 1 if mark else 1, f"this is not YAML: {error.problem}") from error
        except (yaml.YAMLError, ValueError) as error:
            raise YamlError(1, f"this is not YAML: {error}") from error
        except RecursionError as error:
            raise YamlError(1, "this is nested too deeply") from error
        self.value = None if top is None else self._read(top, ())

    def line(self, path: Path) -> int:
        """Give the line of a path, or of the nearest part around it that stands in the file."""
        while path not in self.lines:
            path = path[:-1]
        return self.lines[path]

    def _read(self, node: yaml.Node, path: Path) -> Any:  # noqa: ANN401  (YAML holds anything)
        self._nodes += 1
        line = node.start_mark.line + 1
        if self._nodes > MOST_NODES or len(path) > DEEPEST:
            raise YamlError(line, "this is larger or nested deeper than any scenario")
        self.lines.setdefault(path, line)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._read(item, (*path, position)) for position, item in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)  # noqa: S101  (there are only three kinds)
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise YamlError(line, "a key has to be a word")
            if key.value in mapping:
                raise YamlError(line, f"{key.value!r} stands here twice")
            self.lines[(*path, key.value)] = line
            mapping[key.value] = self._read(value, (*path, key.value))
        return mapping


def _scalar(node: yaml.ScalarNode) -> str | int | float | bool | None:
    text: str = node.value
    if node.style:  # in quotes, or a block of text
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) < 20 else text  # noqa: PLR2004  (longer ones are codes, not numbers)
    if _NUMBER.fullmatch(text):
        return float(text)
    return text
