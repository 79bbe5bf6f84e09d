"""The reflector: a DTLS transport whose packets go back without being decoded.

aiortc has no public hook for that. Four of its names with an underscore are used, and nothing else of its inside:
`_handle_rtp_data`, `_handle_rtcp_data` and `_recv_next` are overridden, `_send_rtp` is called. `pyproject.toml` holds
aiortc to a minor version therefore, and a test calls them.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from aiortc import RTCCertificate, RTCDtlsTransport

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiortc import RTCIceTransport

logger: Final = logging.getLogger(__name__)
_certificates: Final[list[RTCCertificate]] = []


def certificate() -> RTCCertificate:
    """Give the certificate of this process, which is good for a day at least."""
    if not _certificates or _certificates[0].expires < datetime.now(UTC) + timedelta(days=1):
        _certificates[:] = [RTCCertificate.generateCertificate()]
    return _certificates[0]


class Reflector(RTCDtlsTransport):
    """A transport that sends what it is told to for each packet that comes.

    Nothing escapes from the overrides: an exception there would close the transport without a word.

    Args:
        ice: Over which it goes.
        rtp: Takes an RTP packet and gives the one to be sent for it, or `None`.
        rtcp: The same for RTCP.
    """

    def __init__(
        self, ice: RTCIceTransport, rtp: Callable[[bytes], bytes | None], rtcp: Callable[[bytes], bytes | None]
    ) -> None:
        super().__init__(ice, [certificate()])
        self._rtp_back = rtp
        self._rtcp_back = rtcp

    async def send(self, packet: bytes) -> None:
        """Send an RTP or RTCP packet; one that cannot be sent is lost, as packets are."""
        try:
            await self._send_rtp(packet)
        except ConnectionError:
            logger.debug("a packet could not be sent: the transport is gone")
        except Exception:  # pylibsrtp's errors have no common base
            logger.warning("a packet could not be sent", exc_info=True)

    async def _handle_rtp_data(self, data: bytes, arrival_time_ms: int) -> None:  # noqa: ARG002  (a keyword of aiortc)
        await self._send_back(self._rtp_back, data)

    async def _handle_rtcp_data(self, data: bytes) -> None:
        await self._send_back(self._rtcp_back, data)

    async def _send_back(self, written: Callable[[bytes], bytes | None], data: bytes) -> None:
        try:
            back = written(data)
        except Exception:
            logger.exception("a packet of %d bytes could not be handled", len(data))
            return
        if back is not None:
            await self.send(back)

    async def _recv_next(self) -> None:
        try:
            await super()._recv_next()
        except IndexError:
            # aiortc looks at the first byte of a datagram, and an empty one has none.
            await asyncio.sleep(0)
