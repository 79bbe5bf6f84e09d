"""A case: a scenario for the platform, and what the user wants; the client is told the second and never the first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from mock_cec.scenario.model import Scenario
    from mock_cec.tenant import Credentials

    from cec_conformance.words import Words

Flow = Literal["call", "text_then_call", "call_then_text"]
Media = Literal["0", "1"]
Moment = Literal["connected", "created", "queued"]

USER_ID: Final = "conformance-user"
USER_NAME: Final = "Conformance 测试"
LOCALE: Final = "zh"


class Case(Struct, frozen=True, kw_only=True):
    """A case.

    Attributes:
        name: How it is called in reports, in small letters and dashes: `poll-fails-4`.
        title: What happens in it.
        scenario: What the platform does.
        flow: Which of the three flows is wanted (guide §4.2).
        media: `0` voice, `1` video (guide §5 step 3).
        connect_media: Whether the client is to call the gateway as well, where it can.
        hangup_after: Seconds after `hangup_when` at which the user hangs up; `None`: never.
        hangup_when: From which moment that is counted.
        slow: Whether it takes longer than the quick budget allows: then it is for `thorough` alone.
        smoke: Whether it is one of the few for a first look.
        aims: The rules that it is meant to exercise.
    """

    name: str
    title: Words
    scenario: Scenario
    flow: Flow = "call"
    media: Media = "0"
    connect_media: bool = False
    hangup_after: float | None = None
    hangup_when: Moment = "connected"
    slow: bool = False
    smoke: bool = False
    aims: tuple[str, ...] = ()


def variables(case: Case, credentials: Credentials, base_url: str, token_base_url: str | None = None) -> dict[str, str]:
    """Give the variables by which a client learns of a case: where the platform is, and what the user wants."""
    return {
        "CEC_BASE_URL": base_url,
        "CEC_TOKEN_BASE_URL": token_base_url or base_url,
        "CEC_APP_KEY": credentials.app_key,
        "CEC_APP_SECRET": credentials.app_secret,
        "CEC_CHANNEL_ID": credentials.channel_id,
        "CEC_USER_ID": USER_ID,
        "CEC_USER_NAME": USER_NAME,
        "CEC_LOCALE": LOCALE,
        "CEC_FLOW": case.flow,
        "CEC_MEDIA_ABILITY": case.media,
        "CEC_HANGUP_AFTER": "" if case.hangup_after is None else f"{case.hangup_after:g}",
        "CEC_HANGUP_WHEN": case.hangup_when,
        "CEC_CONNECT_MEDIA": "1" if case.connect_media else "0",
    }
