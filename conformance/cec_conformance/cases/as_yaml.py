"""A case as a scenario file, which `mock-cec` plays and `cec-conformance client` judges again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from cec_conformance.cases.case import Case


def as_yaml(case: Case) -> str:
    """Write the scenario of a case as YAML; what the user wants stands above it, as options of the judge.

    The loader of the scenario format reads it back as the same scenario, under the title of the case.
    """
    import yaml  # noqa: PLC0415  (the reports alone write)

    scenario = msgspec.structs.replace(case.scenario, title=case.title.en)
    text = yaml.safe_dump(msgspec.to_builtins(scenario), allow_unicode=True, sort_keys=False, width=100)
    return f"# {' '.join(wishes(case)) or 'a call that nobody hangs up'}\n{text}"


def wishes(case: Case) -> tuple[str, ...]:
    """Give what the user wants in a case as options of `cec-conformance client`; the usual is left out."""
    options: list[str] = []
    if case.flow != "call":
        options += ["--flow", case.flow]
    if case.media != "0":
        options += ["--media", case.media]
    if case.hangup_after is not None:
        options += ["--hangup-after", f"{case.hangup_after:g}"]
        options += ["--hangup-when", case.hangup_when] if case.hangup_when != "connected" else []
    return tuple(options)
