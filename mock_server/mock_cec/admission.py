"""Admission: is this a request that CEC would take, whose is it, and does the scenario have something else in mind?

The checks come in this order, and the first that fails answers: the method; the AccessToken, the app key and the
ccmessaging token; the body. So the ordinals of a scenario count the requests that CEC would have taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import WEB, Endpoint
from cec_client.protocol.bodies import (
    ApplyTokenAnswer,
    ApplyTokenRequest,
    CreateRequest,
    DropRequest,
    LeaveMessageRequest,
    SendRequest,
    TokenRequest,
)
from cec_client.protocol.codes import APPLY_FAILED
from msgspec import Struct

from mock_cec import checks, strangers
from mock_cec.checks import masked, shown
from mock_cec.replies import Denied, Problem, Reply, encode, error, expired, result
from mock_cec.text_session import CONTROL_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_cec.platform import Platform
    from mock_cec.request import Request
    from mock_cec.scenario.plan import Step
    from mock_cec.session import Session
    from mock_cec.tenant import Tenant
    from mock_cec.tokens import Grant

LONGEST_USER_ID: Final = 32
"""The most characters of a `userId` (facts §2)."""

MOST_TEXT: Final = 1024
"""The most bytes of a text message: 1 KB (facts §3)."""

MEDIA_TYPES: Final = ("TEXT", "IMAGE", "AUDIO", "VIDEO", "FILE", "FILE_IMAGE", "FILE_VIDEO", "WEBCARD")
"""The values of `mediaType` (facts §3)."""

NEW_LOGIN: Final = "a new login: both token calls (guide §6.1)"
"""What helps whose token has expired."""

BAD_MESSAGE: Final = "3"
EMPTY_PARAMETER: Final = "2"
"""`doLeaveMessage`: a parameter is wrong, or empty (facts §9)."""


class Admitted(Struct, frozen=True):
    """A request that CEC would take.

    Attributes:
        tenant: Whose request it is.
        request: The request.
        session: The user's session; `None` for `tokenByAkSk`, where nobody is known yet.
        body: The body that was read; `None` where there is none.
        step: The scripted answer it meets, if any.
        ccmessaging: Its token of `applyToken`; `None` for the two logins, which carry none.
    """

    tenant: Tenant
    request: Request
    session: Session | None
    body: Struct | None
    step: Step | None
    ccmessaging: Grant | None = None


def admit(platform: Platform, tenant: Tenant, request: Request, now: float) -> Admitted:
    """Judge a request, and count it if it is admitted.

    Raises:
        Denied: With the reply it gets instead.
    """
    checks.method(request)
    if request.endpoint is Endpoint.TOKEN:
        credentials = _credentials(platform, tenant, request)
        return Admitted(tenant, request, None, credentials, tenant.token_step(now))
    access = _authorised(platform, tenant, request, now)
    if request.endpoint is Endpoint.APPLY_TOKEN:
        user = _user(tenant, request)
        session = tenant.session(user.userId)
        _alive(tenant, "Authorization", access, session.dead_access)
        return Admitted(tenant, request, session, user, session.step(request.endpoint, now))
    grant, session = _ccmessaging(platform, tenant, request, now)
    _alive(tenant, "Authorization", access, session.dead_access)
    body = _BODIES[request.endpoint](tenant, session, request)
    return Admitted(tenant, request, session, body, session.step(request.endpoint, now), grant)


def _credentials(platform: Platform, tenant: Tenant, request: Request) -> TokenRequest:
    """`tokenByAkSk` wants the two keys and no token (guide §2.1)."""
    body = checks.strict_body(request, TokenRequest)
    known = tenant.credentials
    if body.app_key != known.app_key:
        expected = strangers.expected_key(platform, tenant, body.app_key)
        raise Denied(error(401, Problem("body member app_key", shown(body.app_key), expected)))
    if body.app_secret != known.app_secret:
        expected = "the app secret that belongs to this app key"
        raise Denied(error(401, Problem("body member app_secret", masked(body.app_secret), expected)))
    checks.asked_life(request)
    return body


def _authorised(platform: Platform, tenant: Tenant, request: Request, now: float) -> Grant:
    """Everything after the first login wants `Authorization` and `x-app-key` (guide §2.2, §4.1)."""
    token = checks.bearer(request)
    if token is None:
        got = masked(request.header("authorization"))
        expected = '"Bearer ", one space, and the AccessToken of tokenByAkSk (guide §4.1)'
        raise _expired(tenant, "Authorization", got, expected)
    grant = tenant.access_tokens.find(token)
    if grant is None:
        got = f"{masked(token)}, {strangers.unknown_access_token(platform, tenant, token)}"
        raise _expired(tenant, "Authorization", got, "an AccessToken of tokenByAkSk (guide §2.1)")
    if grant.expires <= now:
        got = f"{masked(token)}, which expired {now - grant.expires:.1f} s ago"
        raise _expired(tenant, "Authorization", got)
    app_key = request.header("x-app-key")
    if app_key != grant.owner:
        expected = f'"{grant.owner}", for which the AccessToken was issued (guide §4.1)'
        got = checks.missing(request, "x-app-key") if app_key is None else shown(app_key)
        raise _expired(tenant, "x-app-key", got, expected)
    return grant


def _ccmessaging(platform: Platform, tenant: Tenant, request: Request, now: float) -> tuple[Grant, Session]:
    """Everything after both logins wants `ccmessaging-token` too (guide §4.1)."""
    token = request.header("ccmessaging-token")
    grant = None if token is None else tenant.ccmessaging_tokens.find(token)
    if grant is None:
        got = checks.missing(request, "ccmessaging-token")
        if token is not None:
            got = f"{masked(token)}, {strangers.unknown_ccmessaging_token(platform, token)}"
        raise _expired(tenant, "ccmessaging-token", got, "the token of applyToken (guide §4.1)")
    session = tenant.session(grant.owner)
    if grant.expires <= now and grant.expires + _grace(tenant, session, now) <= now:
        got = f"{masked(token)}, which expired {now - grant.expires:.1f} s ago"
        raise _expired(tenant, "ccmessaging-token", got)
    _alive(tenant, "ccmessaging-token", grant, session.dead_ccmessaging)
    return grant, session


def _alive(tenant: Tenant, header: str, grant: Grant, dead: int) -> None:
    """A token that the scenario let expire stays dead (guide §6.1)."""
    if grant.serial <= dead:
        got = 'a token that the scenario has let expire ("expire")'
        raise _expired(tenant, header, got)


def _grace(tenant: Tenant, session: Session, now: float) -> float:
    """Give the seconds for which a ccmessaging token that has run out is still taken: within a session (facts §2)."""
    return tenant.plan.dialect.grace * tenant.plan.ccmessaging_life if session.lives(now) else 0.0


def _expired(tenant: Tenant, header: str, got: str, expected: str = NEW_LOGIN) -> Denied:
    """Make the refusal of a token, as the tenant's dialect has it."""
    return Denied(expired(tenant.plan.dialect.expired_status, Problem(f"header {header}", got, expected)))


def _user(tenant: Tenant, request: Request) -> ApplyTokenRequest:
    """`applyToken` wants four texts; what is wrong with them is resultCode 1 (guide §2.2; facts §2)."""
    try:
        body = checks.body(request, ApplyTokenRequest)
    except checks.Misshapen as failure:
        raise Denied(_not_applied(failure.problem)) from failure
    for name in ("userId", "userName", "channelId", "locale"):
        if not getattr(body, name):
            raise Denied(_not_applied(Problem(f"body member {name}", "nothing in it", "some text (guide §2.2)")))
    if len(body.userId) > LONGEST_USER_ID:
        got = f"{len(body.userId)} characters"
        raise Denied(_not_applied(Problem("body member userId", got, f"at most {LONGEST_USER_ID} (facts §2)")))
    channel = tenant.credentials.channel_id
    if body.channelId != channel:
        expected = f'"{channel}", the channel of this emulator'
        raise Denied(_not_applied(Problem("body member channelId", shown(body.channelId), expected)))
    return body


def _not_applied(problem: Problem) -> Reply:
    answer = ApplyTokenAnswer(resultCode=APPLY_FAILED, resultDesc=str(problem))
    return Reply(200, encode(answer), problem)


def _send(tenant: Tenant, session: Session, request: Request) -> SendRequest:
    """`send` wants six texts, each with a meaning (guide §5 step 1; facts §3)."""
    body = checks.strict_body(request, SendRequest)
    checks.one_of("body member channel", body.channel, (WEB,), "guide §5 step 1")
    checks.one_of("body member controlType", body.controlType, CONTROL_TYPES, "facts §3")
    checks.one_of("body member mediaType", body.mediaType, MEDIA_TYPES, "facts §3")
    checks.one_of("body member sourceType", body.sourceType, ("CUSTOMER",), "guide §5 step 1")
    checks.one_of("body member from", body.from_, (session.user_id,), "the userId of applyToken")
    checks.one_of("body member to", body.to, (tenant.credentials.channel_id,), "the channelId of applyToken")
    content = body.content if isinstance(body.content, str) else ""
    if body.controlType == "CHAT" and not content:
        raise Denied(error(400, Problem("body member content", "nothing", "the message (facts §3)")))
    if body.mediaType == "TEXT" and len(content.encode()) > MOST_TEXT:
        got = f"{len(content.encode())} bytes"
        raise Denied(error(400, Problem("body member content", got, f"at most {MOST_TEXT} bytes of text (facts §3)")))
    return body


def _poll_text(_tenant: Tenant, session: Session, request: Request) -> None:
    """`poll` wants the channel and, as receiver, the user (facts §4)."""
    checks.channel_parameter(request)
    receiver = request.parameter("receiverId") or ""
    checks.one_of("query parameter receiverId", receiver, (session.user_id,), "the userId of applyToken, facts §4")


def _channel_only(_tenant: Tenant, _session: Session, request: Request) -> None:
    checks.channel_parameter(request)


def _create(_tenant: Tenant, _session: Session, request: Request) -> CreateRequest:
    """`createClickToCall` wants the channel and the medium, as text (guide §5 step 3)."""
    body = checks.strict_body(request, CreateRequest)
    checks.one_of("body member channel", body.channel, (WEB,), "guide §5 step 3")
    checks.one_of("body member mediaAbility", body.mediaAbility, ("0", "1"), "voice or video, guide §5 step 3")
    return body


def _drop(_tenant: Tenant, _session: Session, request: Request) -> DropRequest:
    """`dropClickToCall` wants the channel (guide §5 step 5)."""
    body = checks.strict_body(request, DropRequest)
    checks.one_of("body member channel", body.channel, (WEB,), "guide §5 step 5")
    return body


def _leave_message(_tenant: Tenant, _session: Session, request: Request) -> LeaveMessageRequest:
    """`doLeaveMessage` has result codes of its own for bad parameters (facts §9)."""
    try:
        body = checks.body(request, LeaveMessageRequest)
    except checks.Misshapen as failure:
        raise Denied(result(BAD_MESSAGE, "the leaveMessageParams is error.", failure.problem)) from failure
    for name in ("callId", "caller", "leaveMessage", "channel"):
        if not getattr(body, name):
            problem = Problem(f"body member {name}", "nothing in it", "some text (facts §9)")
            raise Denied(result(EMPTY_PARAMETER, str(problem), problem))
    if body.channel != WEB:
        problem = Problem("body member channel", shown(body.channel), f'"{WEB}" (facts §9)')
        raise Denied(result(BAD_MESSAGE, "the leaveMessageParams is error.", problem))
    return body


_BODIES: Final[dict[Endpoint, Callable[[Tenant, Session, Request], Struct | None]]] = {
    Endpoint.SEND: _send,
    Endpoint.POLL_TEXT: _poll_text,
    Endpoint.CHECK: _channel_only,
    Endpoint.CREATE: _create,
    Endpoint.EVENTS: _channel_only,
    Endpoint.DROP: _drop,
    Endpoint.LEAVE_MESSAGE: _leave_message,
}
