"""A dialog, from the side that was called (RFC 3261 §12): who the peers are, where requests go, and their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mock_cec.gateway.sip.addresses import address, uri, values
from mock_cec.gateway.sip.writing import Lines, request, tagged

if TYPE_CHECKING:
    from mock_cec.gateway.sip.reading import Request

HOPS: Final = "70"

Id = tuple[str, str, str]
"""Call-ID, the tag of this side, the tag of the other."""


def dialog_id(request: Request) -> Id:
    """Name the dialog that a request says it is in."""
    return request.call_id, request.recipient.tag, request.sender.tag


def target(request: Request) -> str:
    """Give the URI of a request's Contact.

    Raises:
        ValueError: It has no Contact, or several, or one that is not of SIP.
    """
    contacts = values(request.headers.getlist("Contact"))
    if len(contacts) != 1:
        raise ValueError(f"{request.method} has to have one Contact")
    found = address(contacts[0]).uri
    uri(found)
    return found


def route_set(request: Request) -> tuple[str, ...]:
    """Give the routes that requests to the caller have to take (RFC 3261 §12.1.1).

    Raises:
        ValueError: A Record-Route is malformed.
    """
    routes = tuple(values(request.headers.getlist("Record-Route")))
    for route in routes:
        uri(address(route).uri)
    return routes


class Dialog:
    """A dialog that an INVITE has started.

    Args:
        invite: The INVITE; its Contact and Record-Route have been read once.
        tag: The tag of this side.
        contact: `host[:port]` of this side's Contact.

    Attributes:
        id: What requests within it are known by.
        contact: This side's Contact header.
        target: The URI to which requests go.
    """

    __slots__ = ("_here", "_host", "_number", "_routes", "_seen", "_there", "contact", "id", "target")

    def __init__(self, invite: Request, tag: str, contact: str) -> None:
        self.id: Id = (invite.call_id, tag, invite.sender.tag)
        self.target = target(invite)
        user = uri(invite.uri).escaped
        self.contact = f"<sip:{user}{'@' if user else ''}{contact};transport=ws>"
        self._host = contact
        self._here = tagged(invite.headers["To"], tag)
        self._there = invite.headers["From"]
        self._routes = route_set(invite)
        self._seen = invite.number
        self._number = 0

    def follows(self, number: int) -> bool:
        """Take note of a request's CSeq; one that is not above the last is out of order (RFC 3261 §12.2.2)."""
        if number <= self._seen:
            return False
        self._seen = number
        return True

    def request(self, method: str, branch: str, more: Lines = (), body: str = "") -> str:
        """Write a request to the caller (RFC 3261 §12.2.1.1)."""
        self._number += 1
        goal, routes = self._way()
        return request(
            method,
            goal,
            (
                ("Via", f"SIP/2.0/WS {self._host};branch={branch}"),
                *(("Route", route) for route in routes),
                ("Max-Forwards", HOPS),
                ("From", self._here),
                ("To", self._there),
                ("Call-ID", self.id[0]),
                ("CSeq", f"{self._number} {method}"),
                *more,
            ),
            body,
        )

    def _way(self) -> tuple[str, tuple[str, ...]]:
        if not self._routes:
            return self.target, ()
        first = address(self._routes[0]).uri
        options = uri(first).parameters.lower().split(";")
        if "lr" in (option.partition("=")[0] for option in options):
            return self.target, self._routes
        return first, (*self._routes[1:], f"<{self.target}>")
