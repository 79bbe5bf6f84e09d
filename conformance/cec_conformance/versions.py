"""Which guide, which catalogue and which tool a verdict comes from."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from mock_cec import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cec_conformance.rule import Rule

GUIDE: Final = "Huawei CEC 3.6.0.0, VOIP audio and video access, issue 01, 2024-08-19"
"""The document that decides."""


def catalogue(rules: Iterable[Rule]) -> str:
    """Name a catalogue by how many rules it has and a digest of what they demand: equal names, equal rules."""
    digest = sha256()
    count = 0
    for rule in rules:
        accepts = rule.accepts.en if rule.accepts else ""
        digest.update("\0".join((rule.id, rule.level, rule.basis.value.en, rule.words.en, accepts, "")).encode())
        count += 1
    return f"{count} rules, {digest.hexdigest()[:12]}"


def versions(rules: Iterable[Rule]) -> dict[str, str]:
    """Give the versions of guide, catalogue and tool, for `RunBegan.settings` and for evidence."""
    return {"guide": GUIDE, "catalogue": catalogue(rules), "tool": f"mock-cec {__version__}"}
