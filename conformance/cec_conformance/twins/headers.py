"""The faulty twins of the rules on the common headers (guide §4.1)."""

from __future__ import annotations

from typing import Final

from cec_client.protocol import Endpoint

from cec_conformance.twins.original import Original


class DropsItsKey(Original):
    """Leaves `x-app-key` out of `dropClickToCall`."""

    def headers(self, endpoint: Endpoint) -> dict[str, str]:
        headers = super().headers(endpoint)
        if endpoint is Endpoint.DROP:
            del headers["x-app-key"]
        return headers


class BaresItsToken(Original):
    """Sends the AccessToken without `Bearer`."""

    def headers(self, endpoint: Endpoint) -> dict[str, str]:
        headers = super().headers(endpoint)
        return headers if endpoint is Endpoint.TOKEN else headers | {"Authorization": self.access_token}


class MisnamesAHeader(Original):
    """Names the header `ccmessagingToken` in `createClickToCall`."""

    def headers(self, endpoint: Endpoint) -> dict[str, str]:
        headers = super().headers(endpoint)
        if endpoint is Endpoint.CREATE:
            headers["ccmessagingToken"] = headers.pop("ccmessaging-token")
        return headers


class PostsText(Original):
    """Posts its JSON as `text/plain`."""

    def headers(self, endpoint: Endpoint) -> dict[str, str]:
        headers = super().headers(endpoint)
        return headers | {"Content-Type": "text/plain"} if endpoint.method == "POST" else headers


class GetsAForm(Original):
    """Says of its GETs that they are forms."""

    def headers(self, endpoint: Endpoint) -> dict[str, str]:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return super().headers(endpoint) | (form if endpoint.method == "GET" else {})


TWINS: Final[dict[str, type[Original]]] = {
    "C-HDR-01": DropsItsKey,
    "C-HDR-02": BaresItsToken,
    "C-HDR-03": MisnamesAHeader,
    "C-HDR-04": PostsText,
    "C-HDR-05": GetsAForm,
}
"""Each twin by the rule that it breaks."""
