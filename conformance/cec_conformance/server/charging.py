"""Which rule an answer breaks that the OpenAPI document does not describe; which rules an answer concerns (pure)."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint

from cec_conformance.run import FIRST_SERVER_ERROR, FORBIDDEN, SUCCESS

if TYPE_CHECKING:
    from cec_conformance.run import Seen

_OWN: Final = {
    Endpoint.TOKEN: "S-TOK-01",
    Endpoint.APPLY_TOKEN: "S-APP-01",
    Endpoint.SEND: "S-SND-01",
    Endpoint.CHECK: "S-CHK-01",
    Endpoint.CREATE: "S-CRE-01",
    Endpoint.EVENTS: "S-POL-01",
    Endpoint.DROP: "S-DRP-01",
}
"""The rules on the good answer of each endpoint."""

ALWAYS: Final = ("S-ERR-01", "S-ERR-03", "S-GEN-01", "S-GEN-02", "S-GEN-04", "S-GEN-05")
"""The rules that every answer is held against, as far as it concerns them."""


def concerned(seen: Seen) -> set[str]:
    """Name the rules that an answer concerns."""
    if seen.status == SUCCESS:
        return {"S-GEN-05", "S-GEN-02", "S-GEN-04", *(() if seen.endpoint is Endpoint.TOKEN else ("S-GEN-01",))}
    return {"S-GEN-02", "S-GEN-04", "S-ERR-01" if seen.status == FORBIDDEN else "S-ERR-03"}


def charged(seen: Seen, failure: str) -> str:
    """Name the rule that an undescribed answer breaks; the failure is named as schemathesis calls it."""
    status, is_object = seen.status or 0, _is_object(seen)
    if status >= FIRST_SERVER_ERROR:
        return "S-GEN-04"
    if failure in _OF_LABEL and is_object:
        return "S-GEN-02"
    if status != SUCCESS:
        return "S-ERR-01" if status == FORBIDDEN else "S-ERR-03"
    if not is_object:
        return "S-GEN-05"
    if seen.endpoint is not Endpoint.TOKEN and not isinstance(seen.answer.get("resultCode"), str):
        return "S-GEN-01"
    return _OWN.get(seen.endpoint, "S-GEN-05")


def order(failure: str) -> int:
    """Say how early a failure is told, where an answer has several."""
    return _ORDER.index(failure) if failure in _ORDER else len(_ORDER)


_ORDER: Final = ("ServerError", "MalformedJson", "UndefinedStatusCode", "UndefinedContentType", "MissingContentType")
_OF_LABEL: Final = frozenset({"UndefinedContentType", "MissingContentType", "MalformedMediaType"})


def _is_object(seen: Seen) -> bool:
    with suppress(ValueError, RecursionError):
        return isinstance(json.loads(seen.exchange.response_body), dict)
    return False
