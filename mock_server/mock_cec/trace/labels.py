"""The book of labels: which value has which label, and finding those values in running text."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from heapq import merge
from itertools import groupby
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

import msgspec
from cec_client.protocol import EVENT_TEXT, NO_EVENT_TEXT, Endpoint, bodies, codes, headers

from mock_cec.trace.names import PERSONAL_KINDS, Kind
from mock_cec.trace.places import FIRST_NUMBER, LABEL, NUMBER_LABEL, SCHEMES, Spelling, looks_like_json, scalars

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SHORTEST: Final = 8
"""The fewest characters a value has to have for being sought within words: shorter ones are found by chance."""

_SHORTEST_WORD: Final = 4
"""The fewest characters of a value that is sought as a whole word."""

_PREFIX: Final = 6
"""How many characters of a secret the emulator shows in a message, before the sign of omission."""

_OMISSION: Final = "…"

_NO_SECRETS: Final = SCHEMES | {"", "undefined", "null", "none", "nil", "nan", "true", "false", "[object object]"}
"""What programs write where they have no value, and the schemes, in lower case; they tell more unmasked."""

_VOCABULARY: Final = "\n".join(
    (
        *(f"{endpoint.method} {endpoint.value} {endpoint.path}" for endpoint in Endpoint),
        *(str(value) for module in (headers, codes) for value in vars(module).values() if isinstance(value, str)),
        *(
            name
            for struct in vars(bodies).values()
            if isinstance(struct, type) and issubclass(struct, msgspec.Struct)
            for name in struct.__struct_encode_fields__
        ),
        *EVENT_TEXT.values(),
        NO_EVENT_TEXT,
        "text/plain; charset=utf-8, keep-alive, gzip, deflate, localhost",
        *Kind,
    )
)
"""The protocol's own words: a value that is one of them is masked where it stands, and sought nowhere else."""


class Book:
    """The values to be masked, each with a label of its own, numbered in order of first appearance."""

    def __init__(self) -> None:
        self._kinds: dict[str, Kind] = {}
        self._labels: dict[str, str] = {}
        self._numbers: dict[str, str] = {}
        self._used: Counter[str] = Counter()
        self._public: set[str] = set()
        self._finder: Finder | None = None

    def reserve(self, text: str) -> None:
        """Keep the numbers of the labels that a text already has, so that no new label equals one of them."""
        for label in LABEL.finditer(unquote(text)):
            self._used[label["kind"]] = max(self._used[label["kind"]], int(label["number"]))
        for label in NUMBER_LABEL.finditer(text):
            self._used["number"] = max(self._used["number"], int(label["number"]))

    def publish(self, value: str) -> None:
        """Leave a value as it is, unless it is a secret."""
        self._public.add(value)

    def decide(self, value: str, kind: Kind) -> None:
        """Say for sure of which kind a value is, before any is labelled."""
        if not _plain(value):
            self._kinds.setdefault(value, kind)
            self._finder = None

    def note(self, value: str, kind: Kind, spelling: Spelling) -> None:
        """Give a value its label, unless it has one.

        A value that contains one whose kind is sure, such as `Bearerabc`, is not labelled as a whole: what it is made
        of shall be seen. Only long parts beside it are.
        """
        if spelling is Spelling.NUMBER:
            self._number(value)
            return
        for part in [value] if value in self._kinds else self._parts(value):
            public = kind in PERSONAL_KINDS and part in self._public
            if not public and not _plain(part) and part not in self._labels:
                self._label(part, self._kinds.get(part, kind))

    def label(self, value: str, spelling: Spelling) -> str | None:
        """Give the label of a whole value; `None` if it has none."""
        return (self._numbers if spelling is Spelling.NUMBER else self._labels).get(value)

    def close(self) -> Finder:
        """Give the finder of all labelled values."""
        return Finder(self._labels)

    def _parts(self, value: str) -> list[str]:
        """Split a value at the sure secrets and the labels in it; the short parts beside them are no secrets."""
        if self._finder is None:
            self._finder = Finder(dict.fromkeys(self._kinds, ""))
        spans = sorted([*(found[:2] for found in self._finder.find(value)), *(m.span() for m in LABEL.finditer(value))])
        if not spans:
            return [value]
        edges = [0, *(edge for span in spans for edge in span), len(value)]
        gaps = [value[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]
        inside = [value[start:end] for start, end in spans]
        return [*inside, *(gap for gap in gaps if len(gap) >= SHORTEST)]

    def _label(self, value: str, kind: Kind) -> None:
        self._used[kind] += 1
        name = f"{kind} {self._used[kind]}"
        self._labels[value] = f"<{name}>"
        decoded = Spelling.PERCENT.read(value)
        if decoded != value:
            self._labels.setdefault(decoded, f"<{name} decoded>")

    def _number(self, value: str) -> None:
        if not NUMBER_LABEL.fullmatch(value) and value not in self._numbers:
            self._used["number"] += 1
            self._numbers[value] = str(FIRST_NUMBER + self._used["number"])


class Finder:
    """Finds values in running text, however they are spelled there.

    Args:
        labels: The label of each value. Those that are short, or words of the protocol, are not sought.
    """

    def __init__(self, labels: dict[str, str]) -> None:
        own = {value: label for value, label in labels.items() if value not in _VOCABULARY}
        self._labels = {value: label for value, label in own.items() if len(value) >= SHORTEST}
        self._words = {value: label for value, label in own.items() if _is_word(value, label)}
        lengths = groupby(sorted(self._words, key=lambda word: (-len(word), word)), key=len)
        self._word = re.compile(rf"(?<!\w)(?:{'|'.join(_alternatives(group) for _, group in lengths) or '(?!)'})(?!\w)")
        self._by_prefix: defaultdict[str, list[str]] = defaultdict(list)
        for value in sorted(self._labels, key=len, reverse=True):
            self._by_prefix[value[:_PREFIX]].append(value)
        self._prefix = re.compile(f"(?={_alternatives(sorted(self._by_prefix))})" if self._labels else r"(?!)")

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Find the values in a text from left to right: where each begins and ends, and its label."""
        end = 0
        found = (self._word.finditer(text), self._prefix.finditer(text))
        for candidate in merge(*found, key=lambda match: match.start()):
            start = candidate.start()
            if start < end:
                continue
            if candidate.end() > start:
                end = candidate.end()
                yield start, end, self._words[candidate[0]]
                continue
            for value in self._by_prefix[text[start : start + _PREFIX]]:
                if length := _match(text, start, value):
                    end = start + length
                    yield start, end, self._labels[value]
                    break

    def replace(self, text: str, *, url: bool = False) -> str:
        """Put the labels in place of the values, whether they stand there as they are, escaped or percent-encoded.

        Args:
            text: The text.
            url: It is a URL, where a percent sign is never itself.
        """
        if not url:
            text = self._in_json(text) if _is_json(text) else self._in_running_text(text)
        if url or "%" in text:
            text = self._in(_percent_units(text), Spelling.PERCENT)
        if url and "+" in text:
            text = self._in(
                ((raw, " " if raw == "+" else letter) for raw, letter in _percent_units(text)), Spelling.PERCENT
            )
        return text

    def _in_running_text(self, text: str) -> str:
        text = _joined(text, self.find(text), Spelling.PLAIN)
        return self._in(_json_units(text), Spelling.JSON) if "\\" in text else text

    def _in_json(self, text: str) -> str:
        """Replace inside the texts of JSON only, so that it stays JSON whatever a secret is made of."""
        parts: list[str] = []
        last = 0
        for start, end in scalars(text):
            parts += (text[last:start], self._in(_json_units(text[start:end]), Spelling.JSON))
            last = end
        return "".join((*parts, text[last:]))

    def _in(self, units: Iterable[tuple[str, str]], spelling: Spelling) -> str:
        """Replace in a text that is given as units, each with the letter it spells."""
        pairs = list(units)
        found = self.find("".join(letter for _, letter in pairs))
        return _joined([raw for raw, _ in pairs], found, spelling)


def _joined(units: str | list[str], found: Iterable[tuple[int, int, str]], spelling: Spelling) -> str:
    parts: list[str] = []
    last = 0
    for start, end, label in found:
        parts += (*units[last:start], spelling.write(label))
        last = end
    return "".join((*parts, *units[last:]))


def _plain(value: str) -> bool:
    return value.strip().lower() in _NO_SECRETS or LABEL.fullmatch(value) is not None


def _is_json(text: str) -> bool:
    if not looks_like_json(text):
        return False
    try:
        msgspec.json.decode(text.encode("utf-8", "surrogateescape"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _is_word(value: str, label: str) -> bool:
    """Say whether a short value is sought as a word: not numbers, which count something, nor what people wrote."""
    fits = _SHORTEST_WORD <= len(value) < SHORTEST and not value.isdecimal()
    return fits and not label.startswith(f"<{Kind.TEXT}")


def _match(text: str, start: int, value: str) -> int:
    """Say how many characters of a text are this value, or its beginning before a sign of omission."""
    if text.startswith(value, start):
        return len(value)
    cut = text.find(_OMISSION, start, start + len(value))
    return cut - start if cut > 0 and value.startswith(text[start:cut]) else 0


def _alternatives(words: Iterable[str]) -> str:
    """Write a pattern for sorted words of one length as a tree: thousands are sought as fast as one."""
    groups = groupby((word for word in words if word), key=lambda word: word[0])
    branches = [re.escape(first) + _alternatives(word[1:] for word in group) for first, group in groups]
    return f"(?:{'|'.join(branches)})" if branches else ""


_JSON_UNIT: Final = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\[\"\\/bfnrt]|.", re.DOTALL
)
_PERCENT_UNIT: Final = re.compile(r"(?:%[0-9a-fA-F]{2})+|.", re.DOTALL)


def _json_units(text: str) -> Iterator[tuple[str, str]]:
    for unit in _JSON_UNIT.findall(text):
        yield unit, json.loads(f'"{unit}"') if len(unit) > 1 else unit


def _percent_units(text: str) -> Iterator[tuple[str, str]]:
    for unit in _PERCENT_UNIT.findall(text):
        if len(unit) == 1:
            yield unit, unit
            continue
        start = 0
        for letter in unquote(unit, errors="surrogateescape"):
            size = 3 * len(letter.encode("utf-8", "surrogateescape"))
            yield unit[start : start + size], letter
            start += size
