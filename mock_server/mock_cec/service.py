"""What each endpoint does with a request that was admitted: the emulated platform, without a socket."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final, cast

from cec_client.protocol import NO_EVENT_TEXT, WEB, Endpoint, EventId
from cec_client.protocol.bodies import (
    ApplyTokenAnswer,
    Cause,
    DownlinkMessage,
    ErrorAnswer,
    EventAnswer,
    Gateway,
    PollTextAnswer,
    SendRequest,
    SupportAnswer,
    TokenAnswer,
)
from cec_client.protocol.codes import (
    CONNECT_FAILED_TEXT,
    DROP_FAILED_TEXT,
    NOT_SUPPORTED,
    OK,
    REFUSED,
)
from msgspec.structs import replace

from mock_cec import checks
from mock_cec.faults import faulty
from mock_cec.replies import EXPIRED_BODY, Problem, Reply, encode, result
from mock_cec.scenario.answering import status_of
from mock_cec.scenario.model import CauseSetting, GatewaySetting, Refusal
from mock_cec.script import Due

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_cec.admission import Admitted
    from mock_cec.scenario.model import ScriptedAnswer
    from mock_cec.scenario.plan import PlannedEvent, Step
    from mock_cec.script import Hold
    from mock_cec.session import Session
    from mock_cec.text_session import Spoken

DEFAULT_LIFE: Final = 600.0
"""The life of an AccessToken, in seconds, where `X-Token-Expire` does not ask for one (facts §1: at least that)."""

SUCCESS: Final = result(OK, "")
NO_EVENT: Final = Reply(200, encode(EventAnswer(OK, NO_EVENT_TEXT)))
NO_CALL: Final = Problem("call", "a drop without a live call", "a call that was created and has not ended (guide §5)")
SECOND_CALL: Final = Problem(
    "call", "a second createClickToCall", "the user's call to end first, or a drop of it (guide §4.2)"
)
CAUSE_TEXT: Final = {
    EventId.RELEASED: "call released",
    EventId.QUEUE_TIMEOUT: "queue timeout",
    EventId.FAILED: "call failed",
}
"""The `causeDesc` of the events that end a call, where the scenario gives none."""


def serve(admitted: Admitted, now: float) -> Reply | Hold:
    """Serve a request: a reply, or a poll to be held that `event_reply` answers later."""
    reply = _served(admitted, now)
    return _renewing(admitted, reply, now) if isinstance(reply, Reply) else reply


def event_reply(admitted: Admitted, due: Due | Step | None, now: float) -> Reply:
    """Answer a poll with an event, with a failure, or with the news that there was no event (guide §5 step 4)."""
    if due is not None and not isinstance(due, Due):
        return faulty(_instead(admitted, due.answer), due)
    reply = _event(admitted, due, now)
    if admitted.step is not None:
        reply = _finished(admitted, reply, admitted.step)
    return _renewing(admitted, reply, now)


def _served(admitted: Admitted, now: float) -> Reply | Hold:
    step = admitted.step
    if step is None:
        return _SERVICES[admitted.request.endpoint](admitted, now)
    if step.in_place and step.answer.loses is None:
        return faulty(_instead(admitted, step.answer), step)
    reply = _SERVICES[admitted.request.endpoint](admitted, now)
    return _finished(admitted, reply, step) if isinstance(reply, Reply) else reply


def _renewing(admitted: Admitted, reply: Reply, now: float) -> Reply:
    """Hand out a new ccmessaging token where the request's own has run out, if the dialect does so (facts §2)."""
    grant, tenant = admitted.ccmessaging, admitted.tenant
    if grant is None or now < grant.expires or not tenant.plan.dialect.grace or reply.status != HTTPStatus.OK:
        return reply
    if grant.serial <= _session(admitted).dead_ccmessaging:
        return reply
    return replace(reply, renewed=tenant.ccmessaging_tokens.renew(grant, now, tenant.plan.ccmessaging_life))


def _event(admitted: Admitted, due: Due | None, now: float) -> Reply:
    if due is None:
        return NO_EVENT
    event, number = due.event, admitted.tenant.plan.dialect.number
    answer = EventAnswer(OK, event.text, number(event.id))
    if event.id == EventId.CONNECTED:
        gateway = _gateway(admitted, event)
        answer = replace(answer, content=gateway)
        _expect_dialling(admitted, gateway.accessCode, now)
    elif event.terminal:
        cause = event.cause or CauseSetting()
        answer = replace(answer, content=Cause(number(cause.id), cause.desc or CAUSE_TEXT[EventId(event.id)]))
    return Reply(200, encode(answer), due=due)


def _finished(admitted: Admitted, reply: Reply, step: Step) -> Reply:
    """Put what the scenario says in place of the real answer of a request that had its effect, or alter it."""
    if step.answer.loses is not None:
        lost, reply = reply.due, replace(reply, due=None)
        if status_of(step.answer) is not None or step.answer.code is not None:
            reply = _instead(admitted, step.answer)
        reply = replace(reply, lost=lost)
    return faulty(reply, step)


def _instead(admitted: Admitted, answer: ScriptedAnswer) -> Reply:
    """Make the answer that the scenario puts in place of the real one; of the request's own effects it has none."""
    expired = admitted.tenant.plan.dialect.expired_status
    status = status_of(answer, expired)
    if answer.expire is not None:
        admitted.tenant.expire(_session(admitted), answer.expire)
    if status == expired and answer.desc is None:
        return Reply(expired, EXPIRED_BODY)
    if status is not None:
        text = HTTPStatus(status).phrase if status in list(HTTPStatus) else "scripted failure"
        return Reply(status, encode(ErrorAnswer(str(status), answer.desc or text)))
    code, desc = answer.code or OK, answer.desc or ""
    if admitted.request.endpoint is Endpoint.CHECK:
        return _support(admitted, code, desc)
    if admitted.request.endpoint is Endpoint.EVENTS and answer.code is None:
        return NO_EVENT
    return result(code, desc)


def _token(admitted: Admitted, now: float) -> Reply:
    tenant = admitted.tenant
    asked = None if tenant.permissive else checks.asked_life(admitted.request)
    life = min(asked or DEFAULT_LIFE, tenant.plan.access_life)
    app_key = tenant.credentials.app_key
    answer = TokenAnswer(
        AccessToken=tenant.access_tokens.issue(app_key, now, life),
        ApplyType="Bearer",
        CreateTime=str(int(tenant.clock.started + now)),
        Expires=str(int(life)),
        Scope=tenant.scope,
        AppKey=app_key,
        UserID="Anonymous",
    )
    return Reply(200, encode(answer))


def _apply_token(admitted: Admitted, now: float) -> Reply:
    tenant = admitted.tenant
    token = tenant.ccmessaging_tokens.issue(_session(admitted).user_id, now, tenant.plan.ccmessaging_life)
    return Reply(200, encode(ApplyTokenAnswer(resultCode=OK, token=token)))


def _send(admitted: Admitted, now: float) -> Reply:
    command = cast("SendRequest", admitted.body).controlType
    return result(*_session(admitted).text.send(command, now))


def _poll_text(admitted: Admitted, now: float) -> Reply:
    session = _session(admitted)
    messages = tuple(_message(admitted, session, spoken) for spoken in session.text.collect(now))
    return Reply(200, encode(PollTextAnswer(OK, "query user messages success.", messages)))


def _message(admitted: Admitted, session: Session, spoken: Spoken) -> DownlinkMessage:
    line = spoken.line
    return DownlinkMessage(
        channel=WEB,
        content=line.say,
        controlType="DISCONNECT" if line.disconnect else "CHAT",
        from_=admitted.tenant.credentials.channel_id,
        mediaType="TEXT",
        sourceType=line.by.upper(),
        timestamp=round((admitted.tenant.clock.started + spoken.at) * 1000),
        to=session.user_id,
    )


def _check(admitted: Admitted, _now: float) -> Reply:
    return _support(admitted, OK, "")


def _support(admitted: Admitted, code: str, desc: str) -> Reply:
    support = admitted.tenant.plan.scenario.support
    return Reply(200, encode(SupportAnswer(code, desc, support.webrtc, support.click_to_call)))


def _create(admitted: Admitted, now: float) -> Reply:
    scenario = admitted.tenant.plan.scenario
    if not (scenario.support.webrtc and scenario.support.click_to_call):
        problem = Problem("call", "a create that the support check forbids", "both flags true first (guide §5 step 3)")
        return result(NOT_SUPPORTED, "this channel does not support click to call", problem)
    if isinstance(scenario.create, Refusal):
        return replace(result(scenario.create.code, scenario.create.desc), step="create")
    session = _session(admitted)
    if not session.script.create(now) and not admitted.tenant.permissive:
        return result(REFUSED, CONNECT_FAILED_TEXT, SECOND_CALL)
    admitted.tenant.begin_call(session)
    session.room.look()
    return result(OK, admitted.tenant.plan.dialect.created_text)


def _events(admitted: Admitted, now: float) -> Hold:
    return _session(admitted).script.poll(now)


def _drop(admitted: Admitted, now: float) -> Reply:
    session = _session(admitted)
    if not session.script.drop(now) and not admitted.tenant.permissive:
        return result(REFUSED, DROP_FAILED_TEXT, NO_CALL)
    session.room.look()
    return SUCCESS


def _leave_message(_admitted: Admitted, _now: float) -> Reply:
    return result(OK, "Save leaveMessage success!")


def _gateway(admitted: Admitted, event: PlannedEvent) -> Gateway:
    """Say where the gateway is: as the event says, else as the scenario says, else where the client found us."""
    special, usual = event.gateway or GatewaySetting(), admitted.tenant.plan.scenario.gateway
    base = admitted.tenant.public_url or admitted.request.origin
    scheme, _, host = base.partition("://")
    addresses = special.addresses or usual.addresses
    if addresses == "bare":
        addresses = (host.partition("/")[0],)
    return Gateway(
        domain=special.domain or usual.domain or _host_name(host),
        gwAddresses=addresses or (f"{'wss' if scheme == 'https' else 'ws'}://{host.rstrip('/')}/sip",),
        accessCode=special.callee or usual.callee or _session(admitted).access_code,
        clickToCallCaller=special.caller or usual.caller or "AnonymousCard",
    )


def _expect_dialling(admitted: Admitted, number: str, now: float) -> None:
    """Take note of the number that a client is told, and release it if the scenario wants it to dial soon."""
    tenant, session = admitted.tenant, _session(admitted)
    tenant.hand_out(session, number, now)
    patience = tenant.plan.gateway.dial_within
    if patience is not None and session.dials == 0:
        event, call = tenant.plan.gateway.not_dialled, session.script.calls
        tenant.clock.call_at(now + patience, lambda: _release_undialled(session, call, Due(now + patience, event)))


def _release_undialled(session: Session, call: int, release: Due) -> None:
    if session.dials == 0 and session.script.calls == call and session.script.live(release.at):
        session.script.inject(release)
        session.room.look()


def _host_name(host: str) -> str:
    """Leave the port out: `[::1]:8360` is `[::1]`, `cec.local:80` is `cec.local`."""
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host


def _session(admitted: Admitted) -> Session:
    assert admitted.session is not None  # noqa: S101  (admission gives one to all who come here)
    return admitted.session


_SERVICES: Final[dict[Endpoint, Callable[[Admitted, float], Reply | Hold]]] = {
    Endpoint.TOKEN: _token,
    Endpoint.APPLY_TOKEN: _apply_token,
    Endpoint.SEND: _send,
    Endpoint.POLL_TEXT: _poll_text,
    Endpoint.CHECK: _check,
    Endpoint.CREATE: _create,
    Endpoint.EVENTS: _events,
    Endpoint.DROP: _drop,
    Endpoint.LEAVE_MESSAGE: _leave_message,
}
