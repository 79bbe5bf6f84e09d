"""The fixed cases: the same every time, and between them an occasion for every rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_conformance.cases import (
    contract,
    expiry,
    hanging_up,
    headers,
    login,
    media,
    order,
    polling,
    requests,
    retrying,
    robustness,
)

if TYPE_CHECKING:
    from cec_conformance.cases.case import Case

FIXED: Final[tuple[Case, ...]] = (
    *login.CASES,
    *headers.CASES,
    *requests.CASES,
    *order.CASES,
    *polling.CASES,
    *retrying.CASES,
    *expiry.CASES,
    *hanging_up.CASES,
    *robustness.CASES,
    *media.CASES,
    *contract.CASES,
)
"""Every fixed case."""

SIGNALLING: Final[tuple[Case, ...]] = tuple(case for case in FIXED if not case.connect_media)
"""Those that need no gateway, and can be played in virtual time."""

QUICK: Final[tuple[Case, ...]] = tuple(case for case in FIXED if not case.slow)
"""Those without an answer later than 15 s."""

SMOKE: Final[tuple[Case, ...]] = tuple(case for case in FIXED if case.smoke)
"""The few for a first look."""
