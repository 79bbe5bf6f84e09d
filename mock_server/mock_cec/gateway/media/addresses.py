"""Where media can flow: the machine's addresses that ICE offers."""

from __future__ import annotations


class NoAddress(RuntimeError):  # noqa: N818
    """Raised if this machine has none but loopback addresses, which ICE leaves out; the text says what to do."""


def usable_addresses() -> tuple[str, ...]:
    """List the addresses at which media can come, as ICE will offer them.

    To be asked when a gateway starts, so that it fails there and not at the first call. Loopback addresses do not
    count: neither aioice nor a browser offers them.

    Raises:
        NoAddress: There is none.
    """
    from aioice.ice import get_host_addresses  # noqa: PLC0415  (heavy)

    addresses = tuple(get_host_addresses(use_ipv4=True, use_ipv6=True))
    if not addresses:
        raise NoAddress(
            "this machine has no address besides the loopback ones (127.0.0.1, ::1), and WebRTC offers none of those: "
            "no media can flow; connect it to a network, or give it an interface of its own, on Linux by "
            "`ip link add media type dummy; ip address add 192.0.2.1/24 dev media; ip link set media up`"
        )
    return addresses
