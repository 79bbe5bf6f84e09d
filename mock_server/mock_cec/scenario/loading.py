"""Reading a scenario: from text to a checked `Scenario`, or to an error that says where and what to write instead."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any, Final

import msgspec
from cec_client.protocol import TERMINAL, EventId

from mock_cec.scenario.model import EventKind, Scenario, ScriptedAnswer, ScriptedEvent
from mock_cec.scenario.ordinals import ordinals
from mock_cec.scenario.yaml_tree import Path, YamlError, YamlTree

if TYPE_CHECKING:
    from collections.abc import Iterator

_AT: Final = re.compile(r"^(?P<what>.*?)(?: - at (?:`key` in )?`(?P<path>\$.*)`)?$", re.DOTALL)
_STEP: Final = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)


class ScenarioError(ValueError):
    """Raised when a scenario cannot be used; its text is one line, in a form that editors make a link of.

    Attributes:
        source: The file, or the name under which the text came.
        line: The line, from 1; `None` where the error is about the file as a whole.
        message: What is wrong, what was expected and, where something comes close, what was probably meant.
    """

    def __init__(self, source: str, line: int | None, message: str) -> None:
        super().__init__(f"{source}: {message}" if line is None else f"{source}:{line}: {message}")
        self.source = source
        self.line = line
        self.message = message


def load(text: str, source: str) -> Scenario:
    """Read a scenario.

    Args:
        text: The YAML text.
        source: How errors name it.

    Raises:
        ScenarioError: The text is not a scenario.
    """
    try:
        tree = YamlTree(text)
    except YamlError as error:
        raise ScenarioError(source, error.line, str(error)) from error
    if not isinstance(tree.value, dict):
        raise ScenarioError(source, 1, "a scenario is a mapping; it begins with a line such as 'title: My scenario'")
    for path, message in _wrong_ordinals(tree.value):
        raise ScenarioError(source, tree.line(path), f"{_where(path)}: {message}")
    try:
        scenario = msgspec.convert(tree.value, Scenario)
    except msgspec.ValidationError as error:
        path, message = _explain(str(error), tree.value)
        raise ScenarioError(source, tree.line(path), f"{_where(path)}: {message}" if path else message) from error
    for path, message in _contradictions(scenario):
        raise ScenarioError(source, tree.line(path), f"{_where(path)}: {message}")
    return scenario


def nearest(word: str, candidates: tuple[str, ...]) -> str:
    """Say what a wrong word may have meant and what there is to choose from, as the end of a sentence."""
    close = difflib.get_close_matches(word, candidates, n=1, cutoff=0.5)
    hint = f'; did you mean "{close[0]}"?' if close else ";"
    return f"{hint} there is: {', '.join(candidates)}"


def _where(path: Path) -> str:
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _wrong_ordinals(value: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """Find ordinals that are none: the one place where a key has a form of its own."""
    answers = value.get("answers")
    for endpoint, lines in answers.items() if isinstance(answers, dict) else ():
        for text in lines if isinstance(lines, dict) else ():
            try:
                ordinals(text)
            except ValueError as error:
                yield ("answers", endpoint, text), str(error)


def _explain(error: str, value: dict[str, Any]) -> tuple[Path, str]:  # noqa: PLR0911  (a list of cases)
    """Turn msgspec's sentence into the path it is about and a sentence for the scenario's author."""
    match = _AT.match(error)
    what = match["what"] if match else error
    path = _path(match["path"] or "" if match else "")
    expected = _Expected(path)
    if unknown := _UNKNOWN.match(what):
        return (*path, unknown[1]), f'there is no key "{unknown[1]}" here{nearest(unknown[1], expected.keys())}'
    if what.startswith("Object missing required field"):
        return path, f"the key {what.split('`')[1]!r} is missing"
    found = _at(value, path)
    if path == ("answers",):
        wrong = next(key for key in found if key not in expected.words())
        return (*path, wrong), f'there is no endpoint "{wrong}"{nearest(wrong, expected.words())}'
    if isinstance(found, str) and expected.words():
        return path, f'"{found}" does not fit{nearest(found, expected.words())}'
    if isinstance(found, str) and expected.description:
        return path, f'"{found}" does not fit; expected: {expected.description}'
    if isinstance(found, bool | int | float) and expected.is_text():
        return path, f"expected: {expected.description or 'text'}; put {_yaml(found)} in quotes if it is meant as it is"
    return path, f"{what[0].lower()}{what[1:]}".replace("`", "").replace("object", "a mapping").replace(
        "array", "a list"
    )


def _path(text: str) -> Path:
    return tuple(int(index) if index else key for key, index in _STEP.findall(text.removeprefix("$")) if index != "...")


def _at(value: Any, path: Path) -> Any:  # noqa: ANN401
    for step in path:
        value = value[step]
    return value


def _yaml(value: float | bool) -> str:  # noqa: FBT001
    return str(value).lower()


class _Expected:
    """What the format wants at a path, read off the types of `mock_cec.scenario.model`."""

    def __init__(self, path: Path) -> None:
        from msgspec import inspect  # noqa: PLC0415  (needed for errors alone, and slow to load)

        self._inspect = inspect
        self.description = ""
        self._types = self._open(inspect.type_info(Scenario))
        for step in path:
            self._types = [inner for outer in self._types for inner in self._step(outer, step)]

    def keys(self) -> tuple[str, ...]:
        """Give the keys a mapping may have here."""
        structs = [kind for kind in self._types if isinstance(kind, self._inspect.StructType)]
        return tuple(member.encode_name for kind in structs for member in kind.fields)

    def words(self) -> tuple[str, ...]:
        """Give the words that may stand here, for a mapping those of its keys; none if any text may."""
        kinds = [
            part for kind in self._types for part in (self._open(kind.key_type) if self._is_dict(kind) else [kind])
        ]
        literals = [kind for kind in kinds if isinstance(kind, self._inspect.LiteralType)]
        return tuple(str(word) for kind in literals for word in kind.values)

    def is_text(self) -> bool:
        """Say whether text is wanted here."""
        return any(isinstance(kind, self._inspect.StrType) for kind in self._types)

    def _is_dict(self, kind: Any) -> bool:  # noqa: ANN401
        return isinstance(kind, self._inspect.DictType)

    def _open(self, kind: Any) -> list[Any]:  # noqa: ANN401
        if isinstance(kind, self._inspect.Metadata):
            self.description = (kind.extra_json_schema or {}).get("description", self.description)
            return self._open(kind.type)
        if isinstance(kind, self._inspect.UnionType):
            return [part for member in kind.types for part in self._open(member)]
        return [kind]

    def _step(self, kind: Any, step: str | int) -> list[Any]:  # noqa: ANN401
        self.description = ""
        if isinstance(kind, self._inspect.StructType):
            return [part for member in kind.fields if member.encode_name == step for part in self._open(member.type)]
        if self._is_dict(kind):
            return self._open(kind.value_type)
        return self._open(kind.item_type) if isinstance(kind, self._inspect.VarTupleType) else []


def _contradictions(scenario: Scenario) -> Iterator[tuple[Path, str]]:
    """Find what the types allow and the protocol does not."""
    over: str | None = None
    for position, event in enumerate(scenario.events):
        path: Path = ("events", position)
        if over:
            yield path, f'nothing can follow "{over}": the call is over'
        yield from _misplaced(event, path)
        over = event_word(event) if event_id(event) in TERMINAL else None
    if isinstance(scenario.on_drop, ScriptedEvent):
        yield from _misplaced(scenario.on_drop, ("on_drop",))
        if event_id(scenario.on_drop) not in TERMINAL:
            yield ("on_drop", "event"), 'after a drop only an event that ends the call can come, such as "released"'
    for endpoint, lines in scenario.answers.items():
        for ordinal, answer in lines.items():
            yield from _empty_answer(answer, ("answers", endpoint, ordinal))
    for position, line in enumerate(scenario.agent):
        if (line.say is None) != line.disconnect:
            yield ("agent", position), 'a line has either "say" or "disconnect: true"'


def event_id(event: ScriptedEvent) -> int:
    """Give the number of a scripted event."""
    return event.event.id if isinstance(event.event, EventKind) else EventId[event.event.upper()]


def event_word(event: ScriptedEvent) -> str:
    """Give the short name of a scripted event, or its number where it has none."""
    return str(event.event.id) if isinstance(event.event, EventKind) else event.event


def _misplaced(event: ScriptedEvent, path: Path) -> Iterator[tuple[Path, str]]:
    if event.gateway is not None and event.event != "connected":
        yield (*path, "gateway"), 'only "connected" hands out a gateway'
    if event.cause is not None and event_id(event) not in TERMINAL:
        yield (*path, "cause"), 'only the events that end a call have a cause: "released", "queue_timeout", "failed"'


def _empty_answer(answer: ScriptedAnswer, path: Path) -> Iterator[tuple[Path, str]]:
    if answer == ScriptedAnswer():
        yield path, 'this answer says nothing; give it "status", "code" or "delay"'
    if answer.status is not None and answer.code is not None:
        yield path, '"status" and "code" exclude each other: a resultCode comes with status 200'
    if answer.desc is not None and answer.status is None and answer.code is None:
        yield path, '"desc" needs a "code" or a "status" to describe'
