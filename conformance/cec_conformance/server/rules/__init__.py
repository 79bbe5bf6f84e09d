"""The catalogue of rules for servers, in families, in the order of the guide's own steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_conformance.server.rules.expiry import ENDING
from cec_conformance.server.rules.general import GENERAL
from cec_conformance.server.rules.headers import HEADERS
from cec_conformance.server.rules.polling_time import POLLING
from cec_conformance.server.rules.steps import STEPS_OF_A_CALL
from cec_conformance.server.rules.tokens import TOKENS

if TYPE_CHECKING:
    from cec_conformance.rule import Family, Rule

SERVER_FAMILIES: Final[tuple[Family, ...]] = (TOKENS, HEADERS, STEPS_OF_A_CALL, POLLING, ENDING, GENERAL)
"""The families of rules for servers."""

SERVER_RULES: Final[tuple[Rule, ...]] = tuple(rule for family in SERVER_FAMILIES for rule in family.rules)
"""Every rule for servers."""
