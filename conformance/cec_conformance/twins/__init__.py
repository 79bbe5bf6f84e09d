"""The twins: a correct client, and for every rule one that differs from it in one thing and breaks that rule alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_conformance.twins import (
    contract,
    expiry,
    hanging_up,
    headers,
    login,
    order,
    polling,
    requests,
    retrying,
    robustness,
)

if TYPE_CHECKING:
    from cec_conformance.twins.original import Original

TWINS: Final[dict[str, type[Original]]] = {
    **login.TWINS,
    **headers.TWINS,
    **requests.TWINS,
    **order.TWINS,
    **polling.TWINS,
    **retrying.TWINS,
    **expiry.TWINS,
    **hanging_up.TWINS,
    **robustness.TWINS,
    **contract.TWINS,
}
"""Every faulty twin, by the rule that it breaks."""
