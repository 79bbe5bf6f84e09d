"""Whether media can flow on this machine, and at which addresses."""

from __future__ import annotations

from importlib.util import find_spec


class NoMedia(RuntimeError):  # noqa: N818
    """Raised if media cannot flow here; the text says why, and what to do about it."""


def usable_addresses() -> tuple[str, ...]:
    """List the addresses at which media can come, as ICE will offer them.

    To be asked when a gateway starts, so that it fails there and not at the first call. Loopback addresses do not
    count: neither aioice nor a browser offers them.

    Raises:
        NoMedia: There is none, or aiortc is not installed.
    """
    if find_spec("aiortc") is None:
        raise NoMedia("aiortc is not installed, which carries the gateway's media: pip install 'mock-cec[gateway]'")
    from aioice.ice import get_host_addresses  # noqa: PLC0415  (heavy)

    addresses = tuple(get_host_addresses(use_ipv4=True, use_ipv6=True))
    if not addresses:
        raise NoMedia(
            "this machine has no address besides the loopback ones (127.0.0.1, ::1), and WebRTC offers none of those: "
            "no media can flow; connect it to a network, or give it an interface of its own, on Linux by "
            "`ip link add media type dummy; ip address add 192.0.2.1/24 dev media; ip link set media up`"
        )
    return addresses
