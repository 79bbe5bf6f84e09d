"""What a rule is: its place in the guide, its wording, and a pure function from a run to observations.

A rule looks at every place of a run that concerns it and says at each whether it was kept. A run that has no such place
does not exercise the rule, which is neither pass nor fail.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cec_conformance.facts import Fact
    from cec_conformance.run import Run, Seen

    Look = Callable[[Run], Iterator["Observation"]]


class Level(StrEnum):
    """What a violation means."""

    MUST = "MUST"
    """It fails the run."""
    SHOULD = "SHOULD"
    """It is a warning, and fails the run only if the user is strict."""
    INFO = "INFO"
    """The guide is silent: the behaviour is recorded, and nothing fails."""


class Basis(Enum):
    """What a rule rests on."""

    DOCUMENTED = Words("documented", "文档明言")
    """The guide says it."""
    INFERRED = Words("inferred", "由文档推出")
    """It follows from an example or a table of the guide."""
    REFERENCE = Words("reference", "API 参考")
    """The vendor's API reference alone says it."""
    HYGIENE = Words("hygiene", "良好实践")
    """Nobody says it, but it is sound."""
    CONTRACT = Words("contract", "启动约定")
    """The contract between the judge and the client it starts."""


class Saw(StrEnum):
    """What was observed at one place."""

    KEPT = "kept"
    BROKEN = "broken"
    NOTED = "noted"
    """Something the guide leaves open."""


class Observation(Struct, frozen=True):
    """What a rule saw at one place of a run.

    Attributes:
        saw: Whether it was kept there.
        at: The serials of the exchanges that show it, the decisive one last.
        got: What came, where that is worth a word; always for what was broken.
        signals: The serials of the messages to the gateway that show it.
    """

    saw: Saw
    at: tuple[int, ...]
    got: Words | None = None
    signals: tuple[int, ...] = ()


def kept(*at: Seen, signals: tuple[int, ...] = ()) -> Observation:
    """Observe that the rule was kept at these exchanges."""
    return Observation(Saw.KEPT, tuple(seen.serial for seen in at), signals=signals)


def broken(at: Iterable[Seen], en: str, zh: str, *, signals: tuple[int, ...] = ()) -> Observation:
    """Observe that the rule was broken at these exchanges; the words say what came."""
    return Observation(Saw.BROKEN, tuple(seen.serial for seen in at), Words(en, zh), signals)


def noted(at: Iterable[Seen], en: str, zh: str) -> Observation:
    """Observe how the client chose where the guide leaves a choice."""
    return Observation(Saw.NOTED, tuple(seen.serial for seen in at), Words(en, zh))


def each(requests: Iterable[Seen], fault: Callable[[Seen], Words | None]) -> Iterator[Observation]:
    """Observe every one of these requests: broken where a fault is found in it, kept elsewhere."""
    for seen in requests:
        found = fault(seen)
        yield kept(seen) if found is None else broken([seen], found.en, found.zh)


EVERY_OTHER: Final = frozenset({"*"})
"""For `Rule.yields_to`: whichever other rule was broken in the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule of the catalogue.

    Attributes:
        id: Its name, such as `C-RETRY-03`.
        level: What a violation means.
        basis: What it rests on.
        section: The section of the guide, such as `§5.4` (step 4 of chapter 5); empty where there is none.
        words: What is demanded.
        accepts: What is accepted besides, where the guide allows several readings; `None` where it allows one.
        needs: The facts without which it cannot be judged.
        yields_to: The rules whose violation in the same run is the first cause of what it would see.
        twin: What its faulty twin does wrong, in one phrase.
        look: Gives what it sees in a run.
    """

    id: str
    level: Level
    basis: Basis
    section: str
    words: Words
    twin: Words
    look: Look
    accepts: Words | None = None
    needs: frozenset[Fact] = frozenset()
    yields_to: frozenset[str] = frozenset()


class Family:
    """The rules about one thing, in the order of the catalogue.

    Attributes:
        title: What they are about.
        rules: The rules.
    """

    def __init__(self, en: str, zh: str) -> None:
        self.title = Words(en, zh)
        self.rules: list[Rule] = []

    def rule(  # noqa: PLR0913  (what makes a rule)
        self,
        rule_id: str,
        level: Level,
        basis: Basis,
        section: str,
        words: Words,
        *,
        twin: Words,
        accepts: Words | None = None,
        needs: Iterable[Fact] = (),
        yields_to: Iterable[str] = (),
    ) -> Callable[[Look], Look]:
        """Make a rule of the function that is decorated; the arguments are the attributes of `Rule`."""

        def add(look: Look) -> Look:
            self.rules.append(
                Rule(
                    id=rule_id,
                    level=level,
                    basis=basis,
                    section=section,
                    words=words,
                    twin=twin,
                    look=look,
                    accepts=accepts,
                    needs=frozenset(needs),
                    yields_to=frozenset(yields_to),
                )
            )
            return look

        return add
