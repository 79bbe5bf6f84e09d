"""Whose exchange is it? A trace may hold the calls of several users; each gets a diagram of their own.

A login names the user, and its tokens lead to everything else. What has no token that is known is told by the user's
id in it, by its connection if that served one user only, and at last by there being one user at all.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from cec_client.protocol import Endpoint
from cec_client.protocol.headers import AUTHORIZATION, CCMESSAGING_TOKEN

from mock_cec.trace.saying import members

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cec_client.protocol import Exchange, Signal, Trace

_ID_MEMBERS: Final = {
    Endpoint.APPLY_TOKEN: "userId",
    Endpoint.SEND: "from",
    Endpoint.LEAVE_MESSAGE: "callId",
}
"""Where a request's body names its user (guide §2.2, §5 step 1; facts §9)."""


def by_user(trace: Trace) -> dict[str | None, Trace]:
    """Split a trace into one for each user, in order of appearance; `None` is nobody known."""
    owners = _Owners(trace.exchanges)
    found: defaultdict[str | None, list[Exchange]] = defaultdict(list)
    for exchange in trace.exchanges:
        found[owners.of(exchange)].append(exchange)
    signals: defaultdict[str | None, list[Signal]] = defaultdict(list)
    on_socket = _by_socket(trace.signals)
    for signal in trace.signals:
        signals[signal.user or _only(on_socket.get(signal.connection, ()))].append(signal)
    users = dict.fromkeys([*found, *signals])
    return {user: replace(trace, exchanges=tuple(found[user]), signals=tuple(signals[user])) for user in users}


def _by_socket(signals: Iterable[Signal]) -> dict[str | None, set[str]]:
    """Say whose calls each WebSocket carried: what is nobody's there, such as REGISTER, is theirs."""
    users: defaultdict[str | None, set[str]] = defaultdict(set)
    for signal in signals:
        if signal.user is not None and signal.connection is not None:
            users[signal.connection].add(signal.user)
    return users


class _Owners:
    """What is known of users, from the whole trace."""

    def __init__(self, exchanges: Iterable[Exchange]) -> None:
        self._by_token: defaultdict[str, set[str]] = defaultdict(set)
        self._by_connection: defaultdict[str, set[str]] = defaultdict(set)
        self._users: set[str] = set()
        for exchange in exchanges:
            if exchange.endpoint is Endpoint.APPLY_TOKEN and (user := _named(exchange)):
                self._users.add(user)
                self._by_token[_access_token(exchange)].add(user)
                self._by_token[str(members(exchange.response_body).get("token", ""))].add(user)
        for exchange in exchanges:
            self._learn_renewed(exchange)
        self._by_token.pop("", None)
        for exchange in exchanges:
            user = self._by_traffic(exchange)
            if user is not None and exchange.connection is not None:
                self._by_connection[exchange.connection].add(user)

    def _learn_renewed(self, exchange: Exchange) -> None:
        """A token in the header of an answer replaces the request's own (facts §2)."""
        old, new = exchange.request_header(CCMESSAGING_TOKEN), exchange.response_header(CCMESSAGING_TOKEN)
        if old is not None and new is not None and old in self._by_token:
            self._by_token[new] |= self._by_token[old]

    def of(self, exchange: Exchange) -> str | None:
        user = self._by_traffic(exchange)
        if user is None and exchange.connection is not None:
            user = _only(self._by_connection.get(exchange.connection, ()))
        if user is None and exchange.endpoint is not None:
            user = _only(self._users)
        return user

    def _by_traffic(self, exchange: Exchange) -> str | None:
        for token in (
            exchange.request_header(CCMESSAGING_TOKEN),
            str(members(exchange.response_body).get("AccessToken", ""))
            if exchange.endpoint is Endpoint.TOKEN
            else None,
        ):
            if token and (user := _only(self._by_token.get(token, ()))):
                return user
        return _named(exchange) or _only(self._by_token.get(_access_token(exchange), ()))


def _named(exchange: Exchange) -> str | None:
    """Give the user's id that stands in a request."""
    if exchange.endpoint is Endpoint.POLL_TEXT:
        return next(iter(parse_qs(exchange.target.partition("?")[2]).get("receiverId", ())), None)
    name = members(exchange.request_body).get(_ID_MEMBERS.get(exchange.endpoint, "")) if exchange.endpoint else None
    return name if isinstance(name, str) and name else None


def _access_token(exchange: Exchange) -> str:
    value = exchange.request_header(AUTHORIZATION) or ""
    return value.strip().removeprefix("Bearer").strip()


def _only(users: Iterable[str]) -> str | None:
    found = tuple(users)
    return found[0] if len(found) == 1 else None
