"""What was recorded elsewhere, as a case: nobody knows what the platform's script was."""

from __future__ import annotations

from typing import Final

from mock_cec.scenario.model import Scenario

from cec_conformance.cases.case import Case
from cec_conformance.words import Words

RECORDED: Final = Scenario(title="(recorded elsewhere: there is no script)")
"""Stands in the place of a scenario."""


def recorded(name: str, en: str, zh: str) -> Case:
    """Make a case of a recording."""
    return Case(name=name, title=Words(en, zh), scenario=RECORDED)
