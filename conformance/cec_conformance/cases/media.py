"""Cases with media: the client calls the gateway that “connected” names (guide §5 step 4).

The names in them belong to nobody, so that whoever takes the callee, the caller or the domain from elsewhere is seen.
There is time to dial: some clients need a second or two for their microphone.
"""

from __future__ import annotations

from typing import Final

from cec_conformance.cases.case import Case
from cec_conformance.cases.writing import scenario
from cec_conformance.words import Words

CASES: Final[tuple[Case, ...]] = (
    Case(
        name="media-audio",
        title=Words("A voice call with media: queued, connected, released", "带媒体的语音呼叫：排队、接通、释放"),
        scenario=scenario(
            events=["200ms queued", "200ms connected", "5s released"], gateway={"domain": "gateway.example.com"}
        ),
        connect_media=True,
        aims=("C-POLL-14",),
    ),
    Case(
        name="media-video-transferred",
        title=Words(
            "A video call with media: connected, transferred, connected with another callee, released",
            "带媒体的视频呼叫：接通、转移、以另一被叫号码再接通、释放",
        ),
        scenario=scenario(
            events=[
                "200ms connected",
                "2500ms transferred",
                {"after": "300ms", "event": "connected", "gateway": {"callee": "179080700000001", "caller": "Visitor"}},
                "2500ms released",
            ],
            gateway={"domain": "gateway.example.com", "on_hangup": "silence"},
        ),
        media="1",
        connect_media=True,
        aims=("C-POLL-14",),
    ),
)
"""The cases."""
