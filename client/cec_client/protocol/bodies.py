"""The JSON bodies of the protocol, with the types that the guide's samples show.

Field names are the wire's own. A member that may be absent is `UNSET` unless it is given. These are the documented
shapes: the emulator answers with them, and a client that wants to survive a live platform reads more leniently.
"""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType


class TokenRequest(Struct, frozen=True):
    """Body of `tokenByAkSk` (guide §2.1)."""

    app_key: str
    app_secret: str


class TokenAnswer(Struct, frozen=True):
    """Answer of `tokenByAkSk`; every value is a string, times in seconds (facts §1)."""

    AccessToken: str
    ApplyType: str
    CreateTime: str
    Expires: str
    Scope: str
    AppKey: str
    UserID: str


class ApplyTokenRequest(Struct, frozen=True):
    """Body of `applyToken`: who wants to talk, on which channel, in which language (guide §2.2)."""

    userId: str
    userName: str
    channelId: str
    locale: str


class ApplyTokenAnswer(Struct, frozen=True):
    """Answer of `applyToken` (guide §2.2); `resultDesc` only where there is something to say (facts §2)."""

    resultCode: str
    token: str | UnsetType = UNSET
    resultDesc: str | UnsetType = UNSET


class SendRequest(Struct, frozen=True, rename={"from_": "from"}):
    """Body of `send`, a message or a command of the text session (guide §5 step 1; facts §3)."""

    channel: str
    controlType: str
    from_: str
    mediaType: str
    sourceType: str
    to: str
    content: str | UnsetType | None = UNSET
    senderNickname: str | UnsetType | None = UNSET
    senderAvatar: str | UnsetType | None = UNSET
    timestamp: str | UnsetType | None = UNSET
    userAgent: str | UnsetType | None = UNSET


class Answer(Struct, frozen=True):
    """The plain answer: a code, and a text that success leaves empty (guide §5), or null (facts §6)."""

    resultCode: str
    resultDesc: str | None


class DownlinkMessage(Struct, frozen=True, rename={"from_": "from"}):
    """A message of the text session, from the agent, the robot or the system (facts §4)."""

    channel: str
    content: str | None
    controlType: str
    from_: str
    mediaType: str
    sourceType: str
    timestamp: int
    to: str
    senderNickname: str | None = None
    senderAvatar: str | None = None
    isOfflineStatus: bool | None = None


class PollTextAnswer(Struct, frozen=True):
    """Answer of `poll`: what has been said since the last one (facts §4)."""

    resultCode: str
    resultDesc: str
    downlinkMessages: tuple[DownlinkMessage, ...]


class SupportAnswer(Struct, frozen=True):
    """Answer of `checkClickToCallSupport`: the tenant's flag and the channel's (guide §5 step 2)."""

    resultCode: str
    resultDesc: str
    webRTCSupported: bool
    clickToCallSupported: bool


class CreateRequest(Struct, frozen=True):
    """Body of `createClickToCall`; `mediaAbility` is `"0"` for voice, `"1"` for video (guide §5 step 3)."""

    channel: str
    mediaAbility: str


class Gateway(Struct, frozen=True):
    """Content of "connected": where the WebRTC gateway is, whom to call there, and as whom (guide §5 step 4)."""

    domain: str
    gwAddresses: tuple[str, ...]
    accessCode: str
    clickToCallCaller: str


class Cause(Struct, frozen=True):
    """Content of the events that end a call (guide §5 step 4); `causeId` is text in the API reference (facts §7)."""

    causeId: int | str
    causeDesc: str


class EventAnswer(Struct, frozen=True):
    """Answer of `getClickToCallEvents`; without an event it has no `eventId` at all (guide §5 step 4).

    The guide writes `eventId` as a number, the API reference's tables as text (facts §7).
    """

    resultCode: str
    resultDesc: str
    eventId: int | str | UnsetType = UNSET
    content: Gateway | Cause | UnsetType = UNSET


class DropRequest(Struct, frozen=True):
    """Body of `dropClickToCall` (guide §5 step 5)."""

    channel: str


class LeaveMessageRequest(Struct, frozen=True):
    """Body of `doLeaveMessage`; `callId` is the user's id in spite of its name (facts §9)."""

    callId: str
    caller: str
    leaveMessage: str
    channel: str


class ErrorAnswer(Struct, frozen=True):
    """Body of every answer whose HTTP status is not 200 (guide §2.2)."""

    errorCode: str
    exceptionInfo: str
