"""The faulty twins: for every rule a server that breaks it, and no other MUST."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_conformance.server.twins import ending, general, headers, polling, steps, tokens

if TYPE_CHECKING:
    from cec_conformance.server.twins.original import Original

SERVER_TWINS: Final[dict[str, type[Original]]] = {
    **tokens.TWINS,
    **headers.TWINS,
    **steps.TWINS,
    **polling.TWINS,
    **ending.TWINS,
    **general.TWINS,
}
"""Every faulty twin, by the rule that it breaks."""
