"""The loopback WebRTC gateway: SIP over WebSocket (RFC 7118) and media that come back.

The papers hand a client the gateway's domain, its addresses, a callee and a caller, and stop there (guide §5 step 4).
What browsers' softphones speak is SIP over WebSocket with offer and answer in the INVITE; that is an assumption of
this project (`docs/assumptions.md`), not the vendor's word.

Three parts know little of one another: the *line* is SIP on one WebSocket, pure, told messages and the time; the
*media* carry packets, with aiortc; between them the *switchboard* decides what becomes of a call, by its scenario. What
the first two hand over stands in `deeds` and in the protocols of `media.leg`.
"""
