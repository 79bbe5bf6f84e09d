"""Drawing generated cases for clients outside of this process: the same seed draws the same cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings

from cec_conformance.cases.generated import cases

if TYPE_CHECKING:
    from cec_conformance.cases.case import Case


def drawn(examples: int, number: int) -> tuple[Case, ...]:
    """Draw cases without late answers; equal ones are drawn once.

    Args:
        examples: How many.
        number: The seed.
    """
    found: dict[bytes, Case] = {}

    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @seed(number)
    @given(cases(slow=False))
    def take(case: Case) -> None:
        found.setdefault(msgspec.json.encode(case), case)

    take()
    return tuple(
        msgspec.structs.replace(case, name=f"generated-{number}-{place}")
        for place, case in enumerate(found.values(), 1)
    )
