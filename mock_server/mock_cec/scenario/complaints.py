"""Why a value is not a scenario: the first place at which it differs from the types, in the words of its author.

The types of `mock_cec.scenario.model` are walked side by side with the value. msgspec has judged before; it stops at
the same places, but its sentences name neither the endpoint nor the ordinal, nor anything that could have been meant.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from cec_client.protocol import event_name
from msgspec import inspect

from mock_cec.scenario import durations, ordinals
from mock_cec.scenario.model import CODE, CODE_MEANING, MEDIA_TYPE, MEDIA_TYPE_MEANING, Scenario
from mock_cec.scenario.words import listed, nearest, shown
from mock_cec.scenario.yaml_troubles import FULL_WIDTH_COLON, about_colon

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_cec.scenario.yaml_tree import Path

    Findings = Iterator[tuple[Path, str]]

_MEANINGS: Final = {
    durations.PATTERN: durations.MEANING,
    ordinals.PATTERN: ordinals.MEANING,
    CODE: CODE_MEANING,
    MEDIA_TYPE: MEDIA_TYPE_MEANING,
}


def complaint(value: object) -> tuple[Path, str] | None:
    """Find the first thing, in the order of the file, that does not fit; `None` if all does."""
    return next(_complaints(value, inspect.type_info(Scenario), ()), None)


def _complaints(value: Any, kind: inspect.Type, path: Path) -> Findings:  # noqa: ANN401  (YAML holds anything)
    parts = tuple(_parts(kind))
    part = next((part for part in parts if _same_shape(value, part)), None)
    if part is None:
        yield path, _other_shape(value, parts)
    elif isinstance(part, inspect.StructType):
        yield from _struct(value, part, path)
    elif isinstance(part, inspect.DictType):
        yield from _dict(value, part, path)
    elif isinstance(part, inspect.VarTupleType):
        for position, item in enumerate(value):
            yield from _complaints(item, part.item_type, (*path, position))
    elif isinstance(part, inspect.LiteralType):
        if value not in part.values:
            others = tuple(other for other in parts if other is not part and not isinstance(other, inspect.NoneType))
            more = f", or {_any_of(others)}" if others else ""
            yield path, f"{shown(value)} is not known here{nearest(value, _words(part))}{more}"
    elif not _within(value, part):
        yield path, f"{_shown(value)} does not fit; expected: {_expected(part)}"


def _struct(value: dict[str, Any], kind: inspect.StructType, path: Path) -> Findings:
    members = {member.encode_name: member for member in kind.fields}
    for key, inner in value.items():
        if key in members:
            yield from _complaints(inner, members[key].type, (*path, key))
        elif FULL_WIDTH_COLON in key and (meant := key.partition(FULL_WIDTH_COLON)[0].strip()) in members:
            yield (*path, key), about_colon(meant)
        else:
            yield (*path, key), f"there is no such key here{nearest(key, tuple(members))}"
    for name, member in members.items():
        if member.required and name not in value:
            yield path, f'the key "{name}" is missing; expected: {_any_of(tuple(_parts(member.type)))}'


def _dict(value: dict[str, Any], kind: inspect.DictType, path: Path) -> Findings:
    (key_kind,) = _parts(kind.key_type)
    for key, inner in value.items():
        if isinstance(key_kind, inspect.LiteralType) and key not in key_kind.values:
            yield (*path, key), f"there is no such endpoint{nearest(key, _words(key_kind))}"
        elif not isinstance(key_kind, inspect.LiteralType) and not _within(key, key_kind):
            yield (*path, key), f"{shown(key)} does not fit; expected: {_expected(key_kind)}"
        else:
            yield from _complaints(inner, kind.value_type, (*path, key))


def _parts(kind: inspect.Type) -> Iterator[inspect.Type]:
    """Open a type: its alternatives, each without what is only said about it."""
    if isinstance(kind, inspect.Metadata):
        yield from _parts(kind.type)
    elif isinstance(kind, inspect.UnionType):
        for member in kind.types:
            yield from _parts(member)
    else:
        yield kind


_SHAPES: Final[tuple[tuple[type, tuple[type[inspect.Type], ...]], ...]] = (
    (dict, (inspect.StructType, inspect.DictType)),
    (list, (inspect.VarTupleType,)),
    (str, (inspect.StrType, inspect.LiteralType)),
    (bool, (inspect.BoolType,)),
    (int, (inspect.IntType,)),
    (type(None), (inspect.NoneType,)),
)
"""What YAML gives, and which types take it. No alternative of the format has two of the same shape."""


def _same_shape(value: object, kind: inspect.Type) -> bool:
    return isinstance(kind, inspect.AnyType) or any(
        type(value) is given and isinstance(kind, taking) for given, taking in _SHAPES
    )


def _within(value: Any, kind: inspect.Type) -> bool:  # noqa: ANN401
    """Say whether a text or a number keeps the limits of its type."""
    if isinstance(kind, inspect.StrType):
        return len(value) >= (kind.min_length or 0) and (kind.pattern is None or bool(re.search(kind.pattern, value)))
    if isinstance(kind, inspect.IntType):
        return (kind.ge is None or value >= kind.ge) and (kind.le is None or value <= kind.le)
    return True


def _other_shape(value: object, parts: tuple[inspect.Type, ...]) -> str:
    if value is None:
        return f"nothing stands here; expected: {_any_of(parts)}"
    if isinstance(value, str):
        return f"{shown(value)} does not fit; expected: {_any_of(parts)}"
    if isinstance(value, dict | list):
        return f"a {'mapping' if isinstance(value, dict) else 'list'} stands here; expected: {_any_of(parts)}"
    number = _shown(value)
    words = tuple(word for part in parts if isinstance(part, inspect.LiteralType) for word in _words(part))
    if isinstance(value, int) and (name := event_name(value)) in words:
        return f'{number} is written "{name}" here; expected: {_any_of(parts)}'
    if any(isinstance(part, inspect.StrType) and _within(number, part) for part in parts):
        return f'{number} is not text; expected: {_any_of(parts)}; did you mean "{number}", in quotes?'
    return f"{number} does not fit; expected: {_any_of(parts)}"


def _shown(value: object) -> str:
    return shown(value) if isinstance(value, str) else str(value).lower()


def _any_of(parts: tuple[inspect.Type, ...]) -> str:
    return ", or ".join(_expected(part) for part in parts if not isinstance(part, inspect.NoneType))


def _expected(kind: inspect.Type) -> str:  # noqa: PLR0911  (a list of cases)
    if isinstance(kind, inspect.StrType):
        return _MEANINGS.get(kind.pattern or "", "some text" if kind.min_length else "text")
    if isinstance(kind, inspect.LiteralType):
        return listed(_words(kind))
    if isinstance(kind, inspect.BoolType):
        return "true or false"
    if isinstance(kind, inspect.IntType):
        return f"a whole number from {kind.ge} to {kind.le}"
    if isinstance(kind, inspect.VarTupleType):
        return 'a list, each item on a line that begins with "- "'
    if isinstance(kind, inspect.StructType):
        return f"a mapping with {listed(tuple(member.encode_name for member in kind.fields))}"
    return "a mapping"


def _words(kind: inspect.LiteralType) -> tuple[str, ...]:
    return tuple(str(word) for word in kind.values)
