"""The client's offer: read, cut down to what the gateway takes, and refused in words where nothing can be made of it.

aiortc's parser reads one section at a time, and of it only the lines that matter here: an oddity in a section that
nobody needs, or in a line that nobody looks at, spoils nothing. What is taken (RFC 3264 §6, RFC 8843 §7.3): sections
of audio and video with a codec of `RATES` that share one transport by BUNDLE. The others are refused one by one; an
offer without audio is refused as a whole.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Final, Literal, cast

from aiortc.rtp import FORBIDDEN_PAYLOAD_TYPES
from aiortc.sdp import MediaDescription, SessionDescription, grouplines
from msgspec import Struct
from msgspec.structs import replace

from mock_cec.gateway.media.leg import NotAcceptable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aiortc import RTCDtlsFingerprint, RTCIceCandidate, RTCRtpCodecParameters, RTCRtpHeaderExtensionParameters

Direction = Literal["sendrecv", "sendonly", "recvonly", "inactive"]
DIRECTIONS: Final = ("sendrecv", "sendonly", "recvonly", "inactive")
EVENTS: Final = "telephone-event"
RATES: Final[Mapping[str, Mapping[str, tuple[int, ...]]]] = {
    "audio": {"opus": (48000,), "pcmu": (8000,), "pcma": (8000,), EVENTS: (8000, 48000)},
    "video": {"vp8": (90000,), "h264": (90000,), "vp9": (90000,), "av1": (90000,)},
}
"""The codecs that are taken, by kind, with their clock rates; what is reflected need not be understood."""
PROFILES: Final = frozenset({"UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP"})
MID: Final = "urn:ietf:params:rtp-hdrext:sdes:mid"
EXTENSIONS: Final = frozenset({MID, "urn:ietf:params:rtp-hdrext:ssrc-audio-level"})
"""Header extensions whose values are still right when a packet comes back; those with a time are not."""
FEEDBACK: Final = frozenset({("nack", None), ("nack", "pli"), ("ccm", "fir")})
"""Feedback that can be handed back to its sender (RFC 4585 §4.2, RFC 5104 §7.1); an estimate of bandwidth cannot."""
HASHES: Final = frozenset({"sha-256", "sha-384", "sha-512"})
"""Those of a fingerprint that aiortc can compare."""
MOST_CHARACTERS: Final = 128 << 10
MOST_SECTIONS: Final = 32
MOST_CANDIDATES: Final = 64
"""Bounds of an offer; to each candidate checks are sent."""
PAYLOAD_TYPES: Final = 128
EXTENSION_IDS: Final = 256
PORTS: Final = 1 << 16

_FIRST_LINE: Final = re.compile(r"m=([!-~]+) (\d{1,5})(?:/\d+)? ([!-~]+) ([!-~]+(?: [!-~]+)*)")
_TOKEN: Final = re.compile(r"[!-~]{1,64}")
_STATIC: Final = {0: "PCMU/8000", 8: "PCMA/8000"}
"""Payload types that need no `a=rtpmap` (RFC 3551 §6)."""
_READ: Final = frozenset(
    {
        *("candidate", "extmap", "fingerprint", "fmtp", "ice-lite", "ice-pwd", "ice-ufrag"),
        *("mid", "rtcp-fb", "rtcp-mux", "rtpmap", "setup", *DIRECTIONS),
    }
)
_MISREAD: Final = (ValueError, AssertionError, LookupError, StopIteration, TypeError, AttributeError)
"""What aiortc's parser raises at a line that it cannot read."""


class Section(Struct, frozen=True):
    """A section of the offer.

    Attributes:
        kind: `audio`, `video`, or whatever else stands there.
        profile: Its transport, `UDP/TLS/RTP/SAVPF`.
        formats: Its formats as they stand in its first line.
        mid: Its `a=mid`; empty without one.
        direction: What the client wants to do.
        codecs: Those that are taken, in the client's order of preference.
        extensions: The header extensions that are taken.
        refused: Why it is refused; empty if it is taken.
    """

    kind: str
    profile: str
    formats: str
    mid: str = ""
    direction: Direction = "sendrecv"
    codecs: tuple[RTCRtpCodecParameters, ...] = ()
    extensions: tuple[RTCRtpHeaderExtensionParameters, ...] = ()
    refused: str = ""


class Transport(Struct, frozen=True):
    """How the client is reached.

    Attributes:
        ufrag: Its user fragment (RFC 8839 §5.4).
        password: The password that goes with it.
        fingerprints: Those of its certificate, with hashes that are known.
        active: Whether it opens DTLS itself and leaves no choice (RFC 8842 §5).
        candidates: The addresses that can be tried.
        complete: Whether these are all that it has: none was cut.
    """

    ufrag: str
    password: str
    fingerprints: tuple[RTCDtlsFingerprint, ...]
    active: bool
    candidates: tuple[RTCIceCandidate, ...]
    complete: bool


class Offer(Struct, frozen=True):
    """An offer that can be answered: it has audio with a codec in common, and a transport.

    Attributes:
        sections: All its sections, in order.
        transport: The one that all sections which are taken share.
        bundled: Whether they are in a BUNDLE group, so that the answer has one as well.
    """

    sections: tuple[Section, ...]
    transport: Transport
    bundled: bool


def read(sdp: str) -> Offer:
    """Read an offer.

    Raises:
        NotAcceptable: It is no SDP, too long, has no audio that can be answered, or no ICE or DTLS.
    """
    if len(sdp) > MOST_CHARACTERS:
        raise NotAcceptable(f"the offer has {len(sdp)} characters; {MOST_CHARACTERS} are the most")
    head, groups = grouplines("\n".join(line.strip() for line in sdp.splitlines()))
    if not groups:
        raise NotAcceptable("the offer is no SDP with media: no line of it begins with m=")
    if len(groups) > MOST_SECTIONS:
        raise NotAcceptable(f"the offer has {len(groups)} sections; {MOST_SECTIONS} are the most")
    described = [_section(_kept(head), lines, number) for number, lines in enumerate(groups, 1)]
    mids = [section.mid for section, _ in described if section.mid]
    if len(set(mids)) < len(mids):
        raise NotAcceptable("two sections of the offer have the same a=mid")
    audio, alone = next((one for one in described if one[0].kind == "audio" and one[1]), (None, None))
    if audio is None or alone is None:
        raise NotAcceptable(f"the offer has no audio that can be answered: {_why_no_audio(described)}")
    bundle = next((line.split()[1:] for line in head if line.startswith("a=group:BUNDLE ")), [])
    bundled = audio.mid in bundle
    sharing = {section.mid: media for section, media in described if media and section.mid in bundle} if bundled else {}
    tagged = next((sharing[mid] for mid in bundle if mid in sharing), alone)
    sections = tuple(
        section
        if section.refused or section is audio or section.mid in sharing
        else replace(section, refused="it does not share the transport of the audio by BUNDLE")
        for section, _ in described
    )
    return Offer(sections, _transport(tagged), bundled)


def check_successor(earlier: Offer, later: Offer) -> None:
    """Hold a later offer of a call against the one that was answered before.

    Raises:
        NotAcceptable: It drops sections (RFC 3264 §8), restarts ICE (RFC 8839 §4.4.1), or has another certificate or
            another role in DTLS.
    """
    if len(later.sections) < len(earlier.sections):
        raise NotAcceptable(f"the new offer has {len(later.sections)} sections, the last one {len(earlier.sections)}")
    old, new = earlier.transport, later.transport
    if (old.ufrag, old.password) != (new.ufrag, new.password):
        raise NotAcceptable("the new offer restarts ICE, which this gateway does not do")
    if old.active != new.active or _values(old).isdisjoint(_values(new)):
        raise NotAcceptable("the new offer wants DTLS anew, with another certificate or role")


def _values(transport: Transport) -> set[tuple[str, str]]:
    return {(one.algorithm.lower(), one.value.upper()) for one in transport.fingerprints}


def _section(head: list[str], lines: list[str], number: int) -> tuple[Section, MediaDescription | None]:
    """Read a section; there is no description of one that is refused."""
    found = _FIRST_LINE.fullmatch(lines[0])
    if found is None:
        raise NotAcceptable(
            f"section {number} of the offer begins with {lines[0][:80]!r}: RFC 8866 §5.14 wants another"
        )
    kind, port, profile, formats = found.groups()
    section = Section(kind, profile, formats, next((line[6:] for line in lines if line.startswith("a=mid:")), ""))
    if refused := _unfit(section, stopped=int(port) == 0 and "a=bundle-only" not in lines):
        return replace(section, refused=refused), None
    try:
        media = _parsed(head, section, _kept(lines[1:]))
    except _MISREAD as misread:
        return replace(section, refused=f"it cannot be read ({str(misread) or type(misread).__name__})"), None
    codecs = tuple(codec for codec in media.rtp.codecs if codec.clockRate in RATES[kind].get(codec.name.lower(), ()))
    if all(codec.name.lower() == EVENTS for codec in codecs):
        return replace(section, refused=f"it has no codec of {', '.join(RATES[kind])}"), None
    if not media.rtcp_mux:
        return replace(section, refused="it has no a=rtcp-mux"), None
    for codec in codecs:
        codec.rtcpFeedback = [one for one in codec.rtcpFeedback if (one.type, one.parameter) in FEEDBACK]
    extensions = tuple(
        one for one in media.rtp.headerExtensions if one.uri in EXTENSIONS and 0 < one.id < EXTENSION_IDS
    )
    direction = cast("Direction", media.direction or "sendrecv")
    return replace(section, direction=direction, codecs=codecs, extensions=extensions), media


def _unfit(section: Section, *, stopped: bool) -> str:
    """Say why a section is not even looked into; an empty text if it is."""
    if stopped:
        return "its port is 0"
    if section.kind not in RATES:
        return f"its kind is {section.kind}"
    if section.profile not in PROFILES:
        return f"it is {section.profile}; a WebRTC client offers UDP/TLS/RTP/SAVPF"
    if section.mid and not _TOKEN.fullmatch(section.mid):
        return "its a=mid is no token"
    return ""


def _parsed(head: list[str], section: Section, kept: list[str]) -> MediaDescription:
    """Let aiortc read a section, its codecs in the order of the first line."""
    formats = [int(one) for one in dict.fromkeys(section.formats.split()) if one.isascii() and one.isdecimal()]
    formats = [one for one in formats if one < PAYLOAD_TYPES and one not in FORBIDDEN_PAYLOAD_TYPES]
    if not any(line[2:] in DIRECTIONS for line in kept):
        kept += [line for line in head if line[2:] in DIRECTIONS]
    mapped = {line[9:].split()[0] for line in kept if line.startswith("a=rtpmap:")}
    implied = [f"a=rtpmap:{one} {name}" for one, name in _STATIC.items() if one in formats and str(one) not in mapped]
    first = f"m={section.kind} 9 UDP/TLS/RTP/SAVPF {' '.join(map(str, formats))}"
    media = SessionDescription.parse("\n".join([*head, first, *implied, *kept])).media[0]
    by_type = {codec.payloadType: codec for codec in reversed(media.rtp.codecs)}
    media.rtp.codecs = [by_type[one] for one in formats if one in by_type]
    return media


def _kept(lines: Iterable[str]) -> list[str]:
    """Leave only the attributes that matter."""
    return [line for line in lines if line.startswith("a=") and line[2:].partition(":")[0] in _READ]


def _why_no_audio(described: Iterable[tuple[Section, object]]) -> str:
    reasons = [section.refused for section, _ in described if section.kind == "audio"]
    return "; ".join(reasons) or "it has no section m=audio"


def _transport(media: MediaDescription) -> Transport:
    ice, dtls = media.ice, media.dtls
    if ice is None or not ice.usernameFragment or not ice.password:
        raise NotAcceptable("the offer has no ICE: a=ice-ufrag and a=ice-pwd are missing")
    if ice.iceLite:
        raise NotAcceptable("the offer is of an ICE lite agent, which a client of a gateway is not")
    if dtls is None:
        raise NotAcceptable("the offer has no DTLS: a=setup is missing")
    fingerprints = tuple(one for one in dtls.fingerprints if one.algorithm.lower() in HASHES)
    if not fingerprints:
        raise NotAcceptable(f"the offer has no a=fingerprint with one of {', '.join(sorted(HASHES))}")
    candidates = media.ice_candidates[:MOST_CANDIDATES]
    hidden = [one for one in candidates if not _is_address(one.ip)]
    return Transport(
        ufrag=ice.usernameFragment,
        password=ice.password,
        fingerprints=fingerprints,
        active=dtls.role == "client",
        candidates=tuple(one for one in candidates if one not in hidden and _usable(one)),
        complete=not hidden and len(candidates) == len(media.ice_candidates),
    )


def _usable(candidate: RTCIceCandidate) -> bool:
    """Say whether aioice can send checks there."""
    kinds = {"host", "srflx", "relay"}
    right = candidate.component == 1 and candidate.protocol.lower() == "udp" and candidate.type in kinds
    return right and 0 < candidate.port < PORTS


def _is_address(host: str) -> bool:
    """Tell an address from a name: a `.local` one, which only multicast would find, and that takes a second."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
