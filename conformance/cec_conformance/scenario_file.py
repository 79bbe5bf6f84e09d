"""A case as a scenario file, which `mock-cec` plays and `cec-conformance client` judges again (pure)."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final

import msgspec
import yaml

if TYPE_CHECKING:
    from mock_cec.scenario.model import Scenario

    from cec_conformance.cases.case import Case

_WIDTH: Final = 110


def yaml_of(scenario: Scenario) -> str:
    """Write a scenario; what it leaves at its default is left out."""
    text: str = yaml.safe_dump(
        msgspec.to_builtins(scenario), allow_unicode=True, sort_keys=False, default_flow_style=None, width=_WIDTH
    )
    return text


def options_of(case: Case) -> tuple[str, ...]:
    """Give the options by which the user wants the same as in a case."""
    options: list[str] = []
    if case.flow != "call":
        options += ["--flow", case.flow]
    if case.media != "0":
        options += ["--media", "video"]
    if case.connect_media:
        options += ["--connect-media"]
    if case.hangup_after is not None:
        options += ["--hangup-after", f"{case.hangup_after:g}"]
        if case.hangup_when != "connected":
            options += ["--hangup-when", case.hangup_when]
    return tuple(options)


def written(case: Case, rule: str) -> str:
    """Write a case that breaks a rule, with the commands that play and judge it."""
    titled = msgspec.structs.replace(case.scenario, title=f"The smallest case that was found to break {rule}")
    judged = shlex.join(["cec-conformance", "client", "--scenario", "FILE", *options_of(case)])
    return f"# Play it:  mock-cec --scenario FILE\n# Judge it: {judged} -- COMMAND\n{yaml_of(titled)}"
