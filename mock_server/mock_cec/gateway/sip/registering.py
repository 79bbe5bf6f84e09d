"""REGISTER, accepted from whoever comes (RFC 3261 §10.3): a call is routed by its WebSocket, so nothing is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mock_cec.gateway.sip.addresses import address, values

if TYPE_CHECKING:
    from mock_cec.gateway.sip.reading import Request
    from mock_cec.gateway.sip.writing import Lines

USUAL: Final = 3_600
"""Seconds for which a binding is said to last if the client names none."""


def bindings(request: Request) -> Lines:
    """Give the Contact headers of the 200: the client's own, letter by letter, each with its `expires`.

    Contacts that are taken back (`expires=0`, or all of them: `*`) are left out.

    Raises:
        ValueError: A Contact is malformed, or `*` does not stand alone with `Expires: 0` (RFC 3261 §10.2.2).
    """
    contacts = values(request.headers.getlist("Contact"))
    if "*" in contacts:
        if contacts != ["*"] or request.expires != 0:
            raise ValueError("Contact: * stands alone, with Expires: 0")
        return ()
    usual = USUAL if request.expires is None else request.expires
    lines = []
    for contact in contacts:
        own = address(contact).parameters.get("expires")
        if own is None and usual:
            lines.append(("Contact", f"{contact};expires={usual}"))
        elif own is not None and own.strip("0"):
            lines.append(("Contact", contact))
    return tuple(lines)
