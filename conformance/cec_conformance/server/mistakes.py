"""What can be wrong with which request, and what may come back to it (pure)."""

from __future__ import annotations

from typing import Final

from cec_client.protocol import Endpoint

from cec_conformance.server.coming import NO_SUCCESS, Allowed, Came
from cec_conformance.server.departures import Departure

_WRONG: Final[dict[Departure, tuple[frozenset[Came], str]]] = {
    Departure.WRONG_SECRET: (frozenset({Came.FORBIDDEN, Came.ERROR}), "S-TOK-02"),
    Departure.UNKNOWN_KEY: (frozenset({Came.FORBIDDEN, Came.ERROR}), "S-TOK-02"),
    Departure.NO_AUTHORIZATION: (frozenset({Came.FORBIDDEN}), "S-HDR-01"),
    Departure.WRONG_AUTHORIZATION: (frozenset({Came.FORBIDDEN}), "S-HDR-01"),
    Departure.NO_CCMESSAGING_TOKEN: (NO_SUCCESS, "S-HDR-02"),
    Departure.WRONG_CCMESSAGING_TOKEN: (NO_SUCCESS, "S-HDR-02"),
    Departure.NO_APP_KEY: (NO_SUCCESS, "S-HDR-03"),
    Departure.WRONG_APP_KEY: (NO_SUCCESS, "S-HDR-03"),
    Departure.NOT_JSON: (NO_SUCCESS, "S-GEN-04"),
}
"""What may come to a request that is wrong on purpose. A 5xx is in none: where one is documented it is for bad values,
and there it is added."""

_NO_CHANNEL: Final = {Endpoint.CHECK: "S-CHK-03", Endpoint.EVENTS: "S-POL-16", Endpoint.SEND: "S-SND-03"}
_TOKENS_WRONG: Final = (
    Departure.NO_AUTHORIZATION,
    Departure.WRONG_AUTHORIZATION,
    Departure.NO_CCMESSAGING_TOKEN,
    Departure.WRONG_CCMESSAGING_TOKEN,
    Departure.NO_APP_KEY,
    Departure.WRONG_APP_KEY,
)

MISTAKES: Final[dict[Endpoint, tuple[Departure, ...]]] = {
    Endpoint.TOKEN: (Departure.WRONG_SECRET, Departure.UNKNOWN_KEY, Departure.NOT_JSON),
    Endpoint.APPLY_TOKEN: (Departure.NO_AUTHORIZATION, Departure.WRONG_AUTHORIZATION, Departure.NOT_JSON),
    Endpoint.SEND: (*_TOKENS_WRONG, Departure.NO_CHANNEL, Departure.NOT_JSON),
    Endpoint.CHECK: (*_TOKENS_WRONG, Departure.NO_CHANNEL),
    Endpoint.CREATE: (Departure.NO_AUTHORIZATION, Departure.WRONG_AUTHORIZATION, Departure.NOT_JSON),
    Endpoint.EVENTS: (*_TOKENS_WRONG, Departure.NO_CHANNEL),
    Endpoint.DROP: (*_TOKENS_WRONG, Departure.NOT_JSON),
}
"""What can be wrong with a request of which the document says what follows. The API reference calls the headers of
create optional, so only its `Authorization` is looked at (conformance A-21; S-HDR-02)."""


def to_mistake(endpoint: Endpoint, wrong: Departure) -> Allowed:
    """Say what may come back to a request that is wrong on purpose."""
    if wrong is Departure.NO_CHANNEL:
        # The API reference has 500 for values that a check refuses (facts §0).
        return Allowed(NO_SUCCESS | {Came.TROUBLE}, _NO_CHANNEL[endpoint])
    answers, rule = _WRONG[wrong]
    if endpoint is Endpoint.APPLY_TOKEN and rule == "S-HDR-01":
        rule = "S-APP-04"
    return Allowed(answers, rule)
