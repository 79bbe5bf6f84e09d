"""The contract between a judge and the client it starts: variables in, one line out.

A judge tells the client by `CEC_*` variables where the platform is and what the user wants; the client places one call,
prints how it ended as its last line on stdout, and exits with status 0.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cec_client.account import Sequence
from cec_client.media.libraries import lacking

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cec_client.outcome import Outcome


def governs(environment: Mapping[str, str]) -> bool:
    """Tell whether somebody drives this run by the contract."""
    return bool(environment.get("CEC_BASE_URL"))


def asks_too_much(environment: Mapping[str, str]) -> bool:
    """Tell whether the run asks for a sequence or for media that this client does not have, or has no libraries for."""
    flow = environment.get("CEC_FLOW") or Sequence.CALL.value
    media = environment.get("CEC_CONNECT_MEDIA") or "0"
    return not (media == "0" or (media == "1" and lacking() is None)) or flow not in list(Sequence)


def outcome_line(outcome: Outcome) -> str:
    """Write the last line."""
    return json.dumps({"outcome": outcome.value})
