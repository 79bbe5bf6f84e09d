"""What several twins want: whose a request is, and an answer that is altered or made up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cec_client.protocol import EVENT_TEXT, TERMINAL, Endpoint, EventId

from cec_conformance.server.twins.original import Original, answered

if TYPE_CHECKING:
    from mock_cec.session import Session

    from cec_conformance.server.twins.original import Question, Reply

OK = 200


class OfSessions(Original):
    """The emulator, by the sessions of its users."""

    def session(self, question: Question) -> Session | None:
        """Give the session whose token a request carries; `None` for an unknown token."""
        token = question.header(b"ccmessaging-token") or b""
        grant = self.tenant.ccmessaging_tokens.find(token.decode("latin-1"))
        return None if grant is None else self.tenant.session(grant.owner)


class AltersPolls(OfSessions):
    """Has something else to say in the answers of polls."""

    async def replied(self, question: Question, reply: Reply) -> Reply:
        """Alter the answer of every poll that was not refused."""
        if question.endpoint is not Endpoint.EVENTS or reply.status != OK:
            return reply
        body = reply.json
        altered = await self.polled(question, body)
        return reply if altered is body else answered(OK, altered)

    async def polled(self, question: Question, body: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002  (for the twins)
        """Give what a poll is answered, in place of this or the same."""
        return self.altered(body)

    def altered(self, body: dict[str, Any]) -> dict[str, Any]:
        """Give the same where it does not matter whose poll it is."""
        return body


def telling(event: EventId) -> dict[str, Any]:
    """Make the body of a poll that brings an event."""
    body: dict[str, Any] = {"resultCode": "0", "resultDesc": EVENT_TEXT[event], "eventId": int(event)}
    if event is EventId.CONNECTED:
        body["content"] = {
            "domain": "gateway.test",
            "gwAddresses": ["wss://gateway.test/sip"],
            "accessCode": "179080000537636",
            "clickToCallCaller": "AnonymousCard",
        }
    elif event in TERMINAL:
        body["content"] = {"causeId": -1, "causeDesc": "over"}
    return body
