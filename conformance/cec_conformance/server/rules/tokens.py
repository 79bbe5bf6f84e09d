"""What a server does at the two token endpoints (guide §2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint

from cec_conformance.rule import Basis, Family, Level, broken, kept
from cec_conformance.server.departures import Departure
from cec_conformance.server.reading import good, meant, with_departure
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.rule import Observation
    from cec_conformance.run import Run

TOKENS: Final = Family("tokens", "令牌")


@TOKENS.rule(
    "S-TOK-01",
    Level.MUST,
    Basis.DOCUMENTED,
    "§2.1",
    Words(
        "tokenByAkSk with good credentials answers 200 with a non-empty AccessToken.",
        "凭据正确时，tokenByAkSk 返回 200 及非空的 AccessToken。",
    ),
    twin=Words("names it access_token", "把它命名为 access_token"),
)
def gives_access_token(run: Run) -> Iterator[Observation]:
    """Look at every good login."""
    for seen in good(run, Endpoint.TOKEN):
        if seen.ok:
            yield kept(seen)
        else:
            yield broken([seen], f"HTTP {seen.status} without an AccessToken", f"HTTP {seen.status}，没有 AccessToken")


@TOKENS.rule(
    "S-TOK-02",
    Level.MUST,
    Basis.INFERRED,
    "§2.1",
    Words(
        "tokenByAkSk with a wrong app_secret or an unknown app_key gives no AccessToken.",
        "app_secret 错误或 app_key 未知时，tokenByAkSk 不返回 AccessToken。",
    ),
    twin=Words("never compares the app_secret", "从不核对 app_secret"),
)
def refuses_bad_credentials(run: Run) -> Iterator[Observation]:
    """Look at every login with bad credentials."""
    for seen in with_departure(run, Departure.WRONG_SECRET, Departure.UNKNOWN_KEY):
        if seen.answer.get("AccessToken") or seen.status == 200:  # noqa: PLR2004  (HTTP's own)
            yield broken([seen], f"{meant(seen)} was answered {seen.status}", f"对“{meant(seen)}”返回 {seen.status}")
        else:
            yield kept(seen)
