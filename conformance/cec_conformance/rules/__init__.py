"""The catalogue: every rule, in families, in the order of the guide's own steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_conformance.rules.calling import ORDER
from cec_conformance.rules.contract import CONTRACT
from cec_conformance.rules.expiry_limits import EXPIRY
from cec_conformance.rules.hanging_up import HANGING_UP
from cec_conformance.rules.headers import HEADERS
from cec_conformance.rules.polling_time import POLLING
from cec_conformance.rules.requests import REQUESTS
from cec_conformance.rules.retrying import RETRYING
from cec_conformance.rules.robustness import ROBUSTNESS
from cec_conformance.rules.tokens import LOGIN

if TYPE_CHECKING:
    from cec_conformance.rule import Family, Rule

FAMILIES: Final[tuple[Family, ...]] = (
    LOGIN,
    HEADERS,
    REQUESTS,
    ORDER,
    POLLING,
    RETRYING,
    EXPIRY,
    HANGING_UP,
    ROBUSTNESS,
    CONTRACT,
)
"""The families of rules for clients."""

CLIENT_RULES: Final[tuple[Rule, ...]] = tuple(rule for family in FAMILIES for rule in family.rules)
"""Every rule for clients."""
