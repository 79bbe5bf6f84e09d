"""Addresses as request lines and headers have them (RFC 3261 §19.1, §20.10): read, never written anew.

`sipmessage` is not asked here: it takes no host whose last label has a digit or an underscore, such as a container's
`cec1`, and its parameters cannot be called `self`.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

from msgspec import Struct

_QUOTED: Final = r'"(?:[^"\\]|\\.)*"'
_PARAMETER: Final = rf'\s*;\s*([^\s;=",<>]+)(?:\s*=\s*({_QUOTED}|[^\s;",<>]+))?'
_ADDRESS: Final = re.compile(
    rf'(?:(?:{_QUOTED}\s*|[^<>"]*)<(?P<uri>[^\s<>"]+)>|(?P<bare>[^\s;,<>"]+))(?P<parameters>(?:{_PARAMETER})*)'
)
_PARAMETERS: Final = re.compile(_PARAMETER)
_VIA: Final = re.compile(
    rf"SIP\s*/\s*2\.0\s*/\s*[^\s/]+\s+(?P<by>\[[0-9A-Fa-f:.]+\](?:\s*:\s*\d+)?|[\w.-]+(?:\s*:\s*\d+)?)"
    rf"(?P<parameters>(?:{_PARAMETER})*)"
)
_URI: Final = re.compile(
    r'(?P<scheme>sips?):(?:(?P<user>[^\s@:<>"]+)(?::[^\s@<>"]*)?@)?'
    r'(?P<host>\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::\d{1,5})?(?P<rest>[;?][^\s<>"]*)?',
    re.IGNORECASE,
)
_PIECE: Final = re.compile(rf'{_QUOTED}|<[^<>]*>|,|[^",<]+')


class Uri(Struct, frozen=True):
    """What a `sip:` or `sips:` URI says.

    Attributes:
        user: Its user part, unescaped; empty if it has none.
        escaped: The same as it was written.
        host: Its host, without a port.
        parameters: Its parameters and headers, as they were written.
    """

    user: str
    escaped: str
    host: str
    parameters: str


class Address(Struct, frozen=True):
    """A URI with the parameters of its header.

    Attributes:
        uri: As it was written.
        parameters: By their names in small letters; quotation marks stay.
    """

    uri: str
    parameters: dict[str, str]

    @property
    def tag(self) -> str:
        """The tag, empty if there is none."""
        return self.parameters.get("tag", "")


class Via(Struct, frozen=True):
    """The first Via of a message: where it comes from, and its transaction.

    Attributes:
        by: Host and port.
        branch: Empty if there is none.
    """

    by: str
    branch: str


def uri(text: str) -> Uri:
    """Read a URI.

    Raises:
        ValueError: It is none of SIP's.
    """
    found = _URI.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:80]} is no sip: URI")
    user = found["user"] or ""
    return Uri(unquote(user), user, found["host"], found["rest"] or "")


def address(text: str) -> Address:
    """Read one value of From, To, Contact or Record-Route.

    Raises:
        ValueError: It is none.
    """
    found = _ADDRESS.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text[:80]} is no address")
    return Address(found["uri"] or found["bare"], _parameters(found["parameters"]))


def via(text: str) -> Via:
    """Read one value of Via (RFC 3261 §20.42).

    Raises:
        ValueError: It is none.
    """
    found = _VIA.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:80]} is no Via")
    return Via(found["by"].lower(), _parameters(found["parameters"]).get("branch", ""))


def values(raw: list[str]) -> list[str]:
    """Part the values of a header that may have several in one line, at commas outside quotation marks and brackets.

    Raises:
        ValueError: A quotation mark or a bracket is not closed.
    """
    parted: list[str] = []
    for line in raw:
        value, at = "", 0
        while at < len(line):
            piece = _PIECE.match(line, at)
            if piece is None:
                raise ValueError(f"{line[:80]} has a quotation mark or a bracket that is not closed")
            at = piece.end()
            if piece[0] == ",":
                parted.append(value.strip())
                value = ""
            else:
                value += piece[0]
        parted.append(value.strip())
    return [value for value in parted if value]


def _parameters(text: str) -> dict[str, str]:
    return {name.lower(): value for name, value in _PARAMETERS.findall(text)}
