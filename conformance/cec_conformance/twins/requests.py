"""The faulty twins of the rules on the shape of requests (guide §5)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Final

from cec_client.protocol import Endpoint

from cec_conformance.twins.original import Original


class _OtherBody(Original, ABC):
    """Differs in the body of one request."""

    where: ClassVar[Endpoint]

    def body(self, endpoint: Endpoint) -> dict[str, Any] | None:
        body = super().body(endpoint)
        return self.altered(body) if body is not None and endpoint is self.where else body

    @abstractmethod
    def altered(self, body: dict[str, Any]) -> dict[str, Any]:
        """Give what is sent in place of the right body."""


class ChecksWithoutChannel(Original):
    """Leaves the query out of the check."""

    def url(self, endpoint: Endpoint) -> str:
        url = super().url(endpoint)
        return url.partition("?")[0] if endpoint is Endpoint.CHECK else url


class WritesTheChannelSmall(_OtherBody):
    """Creates the call on the channel "web"."""

    where = Endpoint.CREATE

    def altered(self, body: dict[str, Any]) -> dict[str, Any]:
        return body | {"channel": "web"}


class HasNoVideo(_OtherBody):
    """Always asks for voice."""

    where = Endpoint.CREATE

    def altered(self, body: dict[str, Any]) -> dict[str, Any]:
        return body | {"mediaAbility": "0"}


class CountsItsMedia(_OtherBody):
    """Sends a number as `mediaAbility`."""

    where = Endpoint.CREATE

    def altered(self, body: dict[str, Any]) -> dict[str, Any]:
        return body | {"mediaAbility": int(body["mediaAbility"])}


class PollsByPost(Original):
    """Polls by POST."""

    def method(self, endpoint: Endpoint) -> str:
        return "POST" if endpoint is Endpoint.EVENTS else super().method(endpoint)


class DropsWithoutChannel(_OtherBody):
    """Drops with an empty object."""

    where = Endpoint.DROP

    def altered(self, body: dict[str, Any]) -> dict[str, Any]:
        body.clear()
        return body


class SwapsTheEnds(_OtherBody):
    """Swaps `from` and `to`."""

    where = Endpoint.SEND

    def altered(self, body: dict[str, Any]) -> dict[str, Any]:
        return body | {"from": body["to"], "to": body["from"]}


TWINS: Final[dict[str, type[Original]]] = {
    "C-REQ-01": ChecksWithoutChannel,
    "C-REQ-02": WritesTheChannelSmall,
    "C-REQ-03": HasNoVideo,
    "C-REQ-04": CountsItsMedia,
    "C-REQ-05": PollsByPost,
    "C-REQ-06": DropsWithoutChannel,
    "C-REQ-07": SwapsTheEnds,
}
"""Each twin by the rule that it breaks."""
