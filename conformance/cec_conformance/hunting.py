"""Hunting: Hypothesis draws cases for a client in this process until one breaks a rule, and shrinks it to the smallest.

A case takes some milliseconds of virtual time, so thousands of them are tried in a minute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypothesis import HealthCheck, Phase, Verbosity, find, given, seed, settings
from hypothesis.errors import NoSuchExample

from cec_conformance.cases.generated import cases
from cec_conformance.judging import State, judge
from cec_conformance.rules import CLIENT_RULES
from cec_conformance.run import Run
from cec_conformance.virtual.playing import play

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

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

    @calm
    @given(cases())
    def look(case: Case) -> None:
        for rule in broken(case, client):
            found.setdefault(rule, case)

    (look if number is None else seed(number)(look))()
    for rule in sorted(found):
        yield rule, _smallest(client, rule, found[rule], calm, number)


def _smallest(client: InProcessClient, rule: str, case: Case, calm: settings, number: int | None) -> Case:
    from random import Random  # noqa: PLC0415  (for a hunt alone)

    random: Random | None = None if number is None else Random(number)  # noqa: S311  (no secret)
    try:
        return find(cases(), lambda tried: rule in broken(tried, client), settings=calm, random=random)
    except NoSuchExample:  # it was rare: what was found first is an example all the same
        return case
