"""Offers as browsers make them, and ways to change them."""

from __future__ import annotations

FINGERPRINT = "sha-256 " + ":".join(["AB"] * 32)
_COMMON = f"""\
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:1 1 udp 2113937151 192.0.2.7 51000 typ host generation 0 network-cost 999
a=candidate:2 1 tcp 1518280447 192.0.2.7 9 typ host tcptype active generation 0
a=ice-ufrag:uvwx
a=ice-pwd:0123456789abcdefghijklmn
a=ice-options:trickle
a=fingerprint:{FINGERPRINT}
a=setup:actpass
"""
HEAD = """\
v=0
o=- 5228595038118931041 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
a=extmap-allow-mixed
a=msid-semantic: WMS stream
"""
AUDIO = f"""\
m=audio 51000 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
{_COMMON}a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=sendrecv
a=msid:stream track
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=rtpmap:9 G722/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:13 CN/8000
a=rtpmap:110 telephone-event/48000
a=rtpmap:126 telephone-event/8000
a=ssrc:1234 cname:abc
a=ssrc:1234 msid:stream track
"""
VIDEO = f"""\
m=video 51000 UDP/TLS/RTP/SAVPF 96 97 102 103 98 45
{_COMMON}a=mid:1
a=extmap:14 urn:ietf:params:rtp-hdrext:toffset
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=sendrecv
a=msid:stream picture
a=rtcp-mux
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 goog-remb
a=rtcp-fb:96 transport-cc
a=rtcp-fb:96 ccm fir
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=rtpmap:102 H264/90000
a=rtcp-fb:102 nack pli
a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
a=rtpmap:103 rtx/90000
a=fmtp:103 apt=102
a=rtpmap:98 VP9/90000
a=rtpmap:45 AV1/90000
a=ssrc-group:FID 5678 5679
"""
DATA = f"""\
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
{_COMMON}a=mid:2
a=sctp-port:5000
"""
AUDIO_CALL = HEAD.replace("BUNDLE 0 1", "BUNDLE 0") + AUDIO
VIDEO_CALL = HEAD + AUDIO + VIDEO


def without(sdp: str, *beginnings: str) -> str:
    """Leave out the lines that begin so."""
    return "".join(line for line in sdp.splitlines(keepends=True) if not line.startswith(beginnings))
