"""Hunting: Hypothesis draws cases for a client in this process until one breaks a rule, and shrinks it to the smallest.

A case takes some milliseconds of virtual time, so thousands of them are tried in a minute.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

from hypothesis import HealthCheck, Phase, Verbosity, find, given, seed, settings
from hypothesis.database import DirectoryBasedExampleDatabase
from hypothesis.errors import NoSuchExample
from msgspec.structs import replace

from cec_conformance.cases.generated import cases
from cec_conformance.judging import State, judge
from cec_conformance.rules import CLIENT_RULES
from cec_conformance.run import Run
from cec_conformance.virtual.playing import play

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hypothesis.database import ExampleDatabase

    from cec_conformance.cases.case import Case
    from cec_conformance.virtual.playing import InProcessClient

_CALM: Final = settings(
    deadline=None,
    verbosity=Verbosity.quiet,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.reuse, Phase.generate, Phase.shrink),
)


def broken(case: Case, client: InProcessClient) -> frozenset[str]:
    """Play a case and name the rules that were broken, warnings among them."""
    verdicts = judge(Run(play(case, client)), CLIENT_RULES)
    return frozenset(verdict.rule for verdict in verdicts if verdict.state is State.FAILED)


def caught(client: InProcessClient, *, examples: int, number: int, folder: Path | None) -> tuple[Case, ...]:
    """Give the smallest cases that show what a client breaks, each named after its rule.

    Args:
        client: The client.
        examples: How many cases to try.
        number: The seed.
        folder: Where cases that broke a rule are kept for the next time; `None` keeps none.
    """
    database = None if folder is None else DirectoryBasedExampleDatabase(folder)
    found = hunt(client, examples=examples, number=number, database=database)
    return tuple(replace(case, name=f"generated-{rule}") for rule, case in found)


def hunt(
    client: InProcessClient, *, examples: int, number: int | None = None, database: ExampleDatabase | None = None
) -> Iterator[tuple[str, Case]]:
    """Give, for each rule that a client breaks in generated cases, the smallest case that shows it.

    Args:
        client: The client.
        examples: How many cases to try.
        number: The seed; the same one draws the same cases.
        database: Where examples that broke a rule are kept for the next time.
    """
    calm = settings(_CALM, max_examples=examples, database=database)
    found: dict[str, Case] = {}

    @settings(calm, database=None)
    @given(cases())
    def look(case: Case) -> None:
        for rule in broken(case, client):
            found.setdefault(rule, case)

    (look if number is None else seed(number)(look))()
    for rule in sorted(found.keys() | _kept(database)):
        # With a seed, Hypothesis neither reads nor writes a database.
        random = None if number is None or database is not None else Random(number)  # noqa: S311  (no secret)
        smallest = _smallest(client, rule, calm, random) or found.get(rule)
        if smallest is not None:
            yield rule, smallest


def _smallest(client: InProcessClient, rule: str, calm: settings, random: Random | None) -> Case | None:
    """Look for the smallest case that breaks a rule, beginning with those that are kept; `None` if none is met."""
    try:
        return find(
            cases(),
            lambda tried: rule in broken(tried, client),
            settings=calm,
            random=random,
            database_key=rule.encode(),
        )
    except NoSuchExample:
        return None


def _kept(database: ExampleDatabase | None) -> set[str]:
    """Name the rules of which a broken case is kept."""
    if database is None:
        return set()
    return {rule.id for rule in CLIENT_RULES if any(database.fetch(rule.id.encode()))}
