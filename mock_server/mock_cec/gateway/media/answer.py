"""The answer: what the gateway says to an offer, written as SDP (RFC 3264 §6, RFC 8829 §5.3).

Every section that is taken keeps the client's payload types, and names the same stream in `a=msid`: the vendor's SDK
plays the one stream that comes with the audio, and none if there is no name (RFC 8830 §2).
"""

from __future__ import annotations

import ipaddress
from copy import copy
from typing import TYPE_CHECKING, Final

from aiortc.rtcdtlstransport import RTCDtlsParameters
from aiortc.rtcicetransport import RTCIceParameters
from aiortc.sdp import GroupDescription, MediaDescription, SessionDescription
from msgspec import Struct

if TYPE_CHECKING:
    from aiortc import RTCDtlsFingerprint, RTCIceCandidate

    from mock_cec.gateway.media.offer import Direction, Offer, Section

STREAM: Final = "mock-cec"
"""The name of the one stream."""
DISCARD: Final = 9
"""The port that stands where the real one does not matter (RFC 8840 §4.1.1)."""

_MIRRORED: Final[dict[Direction, Direction]] = {
    "sendrecv": "sendrecv",
    "sendonly": "recvonly",
    "recvonly": "sendonly",
    "inactive": "inactive",
}


class Ours(Struct, frozen=True):
    """This side of the transport of a call, and how its answers are told from another call's.

    Attributes:
        session: The number of the session in `o=` (RFC 8866 §5.2).
        ufrag: The user fragment of this side.
        password: The password that goes with it.
        fingerprint: The certificate's.
        candidates: All addresses of this side.
    """

    session: int
    ufrag: str
    password: str
    fingerprint: RTCDtlsFingerprint
    candidates: tuple[RTCIceCandidate, ...]


def direction(section: Section) -> Direction:
    """Give the direction that a section gets: hold and resume are the client's choice (RFC 3264 §6.1, §8.4)."""
    return _MIRRORED[section.direction]


def may_send(section: Section) -> bool:
    """Say whether the answer lets this side send."""
    return not section.refused and direction(section) in {"sendrecv", "sendonly"}


def write(offer: Offer, ours: Ours, version: int) -> str:
    """Write the answer.

    Args:
        offer: What is answered.
        ours: This side of the transport.
        version: The number of the answer in its call; each has another.

    Returns:
        SDP with CRLF.
    """
    answer = SessionDescription()
    answer.origin = f"- {ours.session} {version} IN IP4 127.0.0.1"
    answer.msid_semantic.append(GroupDescription("WMS", ["*"]))
    if offer.bundled:
        answer.group.append(GroupDescription("BUNDLE", [one.mid for one in offer.sections if not one.refused]))
    answer.media = [_taken(one, offer, ours) if not one.refused else _refused(one) for one in offer.sections]
    return str(answer)


def _refused(section: Section) -> MediaDescription:
    media = MediaDescription(section.kind, 0, section.profile, section.formats.split())
    media.host = "0.0.0.0"  # noqa: S104  (nothing listens there)
    media.direction = "inactive"
    media.rtp.muxId = section.mid
    media.ice = RTCIceParameters()
    return media


def _taken(section: Section, offer: Offer, ours: Ours) -> MediaDescription:
    default = min(ours.candidates, key=lambda one: ipaddress.ip_address(one.ip).version, default=None)
    media = MediaDescription(
        section.kind,
        default.port if default else DISCARD,
        section.profile,
        [codec.payloadType for codec in section.codecs],
    )
    media.host = default.ip if default else "0.0.0.0"  # noqa: S104
    media.direction = direction(section)
    media.msid = f"{STREAM} {section.kind}-{section.mid}"
    media.rtp.muxId = section.mid
    media.rtp.headerExtensions = list(section.extensions)
    media.rtp.codecs = [copy(codec) for codec in section.codecs]
    media.rtcp_port = DISCARD
    media.rtcp_host = "0.0.0.0"  # noqa: S104
    media.rtcp_mux = True
    media.ice = RTCIceParameters(usernameFragment=ours.ufrag, password=ours.password)
    media.ice_candidates = list(ours.candidates)
    media.ice_candidates_complete = True
    media.dtls = RTCDtlsParameters([ours.fingerprint], "server" if offer.transport.active else "client")
    return media
