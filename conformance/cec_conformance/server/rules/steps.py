"""Rules on send, check, create (guide §5 steps 1 to 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint
from cec_client.protocol.codes import CLOSED, OK, REFUSED

from cec_conformance.facts import Fact
from cec_conformance.rule import Basis, Family, Level, broken, each, kept, noted
from cec_conformance.rules.shapes import shown
from cec_conformance.run import SUCCESS
from cec_conformance.server.departures import BAD_MEDIA, LACKING_SENDS, Departure, Occasion
from cec_conformance.server.lifetimes import surely_alive
from cec_conformance.server.reading import (
    JSON_BROKEN,
    came,
    good,
    in_call,
    let_in,
    user,
    with_departure,
)
from cec_conformance.server.rules.faring import as_others_fared, events
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.rule import Observation
    from cec_conformance.run import Run, Seen

STEPS_OF_A_CALL: Final = Family("send, check, create", "send、check、create")

NOBODY_THERE: Final = frozenset({CLOSED, REFUSED})
"""The resultCodes by which `send` says that there is no agent, by the API reference."""

FIRST_CAUSES: Final = JSON_BROKEN | {"S-EXP-02"}
"""An answer that is no JSON shows nothing else; and a token that dies too early has every step refused."""

LONGEST_CREATE: Final = 10.0
"""Seconds in which `createClickToCall` answers."""

_SUCCESSES: Final = range(200, 300)

FLAGS: Final = ("webRTCSupported", "clickToCallSupported")


@STEPS_OF_A_CALL.rule(
    "S-SND-01",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.1",
    Words(
        'A good send (CONNECT) answers 200 and resultCode "0".',
        "正确的 send（CONNECT）返回 200 与 resultCode “0”。",
    ),
    accepts=Words(
        "resultCode 12 or 13, where no agent is to be had (API reference).",
        "没有可用座席时，resultCode 为 12 或 13（见 API 参考）。",
    ),
    twin=Words("answers 202", "返回 202"),
    yields_to=FIRST_CAUSES,
)
def connects_text(run: Run) -> Iterator[Observation]:
    """Look at every good send outside a call."""
    for seen in _in_order(run, Endpoint.SEND):
        if not in_call(run, user(seen), seen):
            yield _connected(seen)


@STEPS_OF_A_CALL.rule(
    "S-SND-02",
    Level.MUST,
    Basis.DOCUMENTED,
    "§4.2",
    Words(
        "send succeeds both before the check (text first) and while a call is being polled (call first).",
        "send 在 check 之前（先文本）与轮询通话期间（先通话）都能成功。",
    ),
    accepts=Words(
        "resultCode 12 or 13, where no agent is to be had (API reference).",
        "没有可用座席时，resultCode 为 12 或 13（见 API 参考）。",
    ),
    twin=Words("refuses send once there is a call", "有通话后拒绝 send"),
    yields_to=FIRST_CAUSES,
)
def connects_text_in_a_call(run: Run) -> Iterator[Observation]:
    """Look at every good send before the user's first check, or in the user's call; the exact status is S-SND-01's."""
    for seen in _in_order(run, Endpoint.SEND):
        checked = any(user(check) == user(seen) and check.serial < seen.serial for check in run.checks)
        if not checked or in_call(run, user(seen), seen):
            yield kept(seen) if seen.code == OK and (seen.status or 0) in _SUCCESSES else _connected(seen)


@STEPS_OF_A_CALL.rule(
    "S-SND-03",
    Level.SHOULD,
    Basis.REFERENCE,
    "§5.1",
    Words(
        "send without one of its mandatory members does not succeed.",
        "send 缺少任一必选参数时不成功。",
    ),
    accepts=Words("content may be missing with CONNECT.", "CONNECT 时 content 可以缺失。"),
    twin=Words("wants nothing but controlType", "除 controlType 外什么都不要求"),
)
def wants_members_of_send(run: Run) -> Iterator[Observation]:
    """Look at every send that lacks one."""
    return each(_to(Endpoint.SEND, with_departure(run, *LACKING_SENDS)), let_in)


@STEPS_OF_A_CALL.rule(
    "S-CHK-01",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.2",
    Words(
        'A good checkClickToCallSupport answers 200, resultCode "0", and the booleans webRTCSupported and '
        "clickToCallSupported.",
        "正确的 checkClickToCallSupport 返回 200、resultCode “0”，以及布尔值 webRTCSupported 与 clickToCallSupported。",
    ),
    twin=Words('sends "true" as a string', "以字符串返回 “true”"),
    yields_to=FIRST_CAUSES,
)
def tells_support(run: Run) -> Iterator[Observation]:
    """Look at every good check."""

    def fault(seen: Seen) -> Words | None:
        if not seen.ok:
            return came(seen)
        for name in FLAGS:
            got = seen.answer.get(name)
            if not isinstance(got, bool):
                said = "nothing" if got is None else shown(got)
                return Words(f"{name} was {said}", f"{name} 为 {said}")
        return None

    return each(_in_order(run, Endpoint.CHECK), fault)


@STEPS_OF_A_CALL.rule(
    "S-CHK-02",
    Level.MUST,
    Basis.INFERRED,
    "§4.2",
    Words(
        "checkClickToCallSupport changes nothing: neither the next check, nor the call of the user who checks.",
        "checkClickToCallSupport 不改变任何状态：既不影响下一次 check，也不影响该用户的通话。",
    ),
    twin=Words("a second check cancels the call", "第二次 check 会取消通话"),
    yields_to=FIRST_CAUSES,
)
def check_changes_nothing(run: Run) -> Iterator[Observation]:
    """Compare checks in a row, and the events of a user who checked in a call with those of one who did not."""
    earlier: dict[str, Seen] = {}
    for seen in run.calls:
        last = earlier.get(user(seen))
        earlier[user(seen)] = seen
        if last is None or not (_checked(last) and _checked(seen)):
            continue
        if _support(last) == _support(seen):
            yield kept(last, seen)
        else:
            yield broken([last, seen], "the second of two checks in a row differs", "连续两次 check 的结果不同")
    for seen in _last_of_each_user(with_departure(run, Occasion.CHECK_IN_CALL)):
        yield from as_others_fared(run, seen, events(run, user(seen)))


@STEPS_OF_A_CALL.rule(
    "S-CHK-03",
    Level.SHOULD,
    Basis.REFERENCE,
    "§5.2",
    Words(
        "checkClickToCallSupport without channel does not succeed.",
        "checkClickToCallSupport 缺少 channel 时不成功。",
    ),
    twin=Words("takes WEB for granted", "默认为 WEB"),
)
def check_wants_channel(run: Run) -> Iterator[Observation]:
    """Look at every check without it."""
    return each(_to(Endpoint.CHECK, with_departure(run, Departure.NO_CHANNEL)), let_in)


@STEPS_OF_A_CALL.rule(
    "S-CRE-01",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.3",
    Words(
        'A good createClickToCall after a check that allows it answers 200 with resultCode "0"; or, where no call can '
        "be made, with another resultCode and a resultDesc.",
        "check 允许后，正确的 createClickToCall 返回 200 与 resultCode “0”；"
        "无法建立通话时返回其他 resultCode 及 resultDesc。",
    ),
    twin=Words("answers 201", "返回 201"),
    yields_to=FIRST_CAUSES,
)
def creates(run: Run) -> Iterator[Observation]:
    """Look at every good create of a user who has no call and was allowed one."""
    for seen in _in_order(run, Endpoint.CREATE):
        if in_call(run, user(seen), seen) or not _allowed(run, seen):
            continue
        desc = seen.answer.get("resultDesc")
        if seen.ok:
            yield kept(seen)
        elif seen.status == SUCCESS and seen.code not in {None, OK} and isinstance(desc, str) and desc:
            yield noted([seen], f"refused: {came(seen).en}", f"被拒绝：{came(seen).zh}")
        else:
            yield broken([seen], came(seen).en, came(seen).zh)


@STEPS_OF_A_CALL.rule(
    "S-CRE-02",
    Level.SHOULD,
    Basis.REFERENCE,
    "§5.3",
    Words(
        "createClickToCall with mediaAbility missing, or other than 0 and 1, does not succeed.",
        "mediaAbility 缺失或不是 0、1 时，createClickToCall 不成功。",
    ),
    twin=Words('takes "2" for voice', "把 “2” 当作语音"),
)
def wants_media_ability(run: Run) -> Iterator[Observation]:
    """Look at every create with a bad one."""
    return each(with_departure(run, *BAD_MEDIA), let_in)


@STEPS_OF_A_CALL.rule(
    "S-CRE-03",
    Level.SHOULD,
    Basis.INFERRED,
    "§5.3",
    Words(
        "When the check says that calls are not supported, createClickToCall does not succeed.",
        "check 表明不支持时，createClickToCall 不成功。",
    ),
    accepts=Words("Any refusal; the API reference has resultCode 7.", "任何拒绝方式均可；API 参考为 resultCode 7。"),
    twin=Words("creates the call all the same", "照样创建通话"),
)
def keeps_its_word(run: Run) -> Iterator[Observation]:
    """Look at every create that the check forbids."""
    return each(with_departure(run, Occasion.CREATE_UNSUPPORTED), let_in)


@STEPS_OF_A_CALL.rule(
    "S-CRE-04",
    Level.SHOULD,
    Basis.HYGIENE,
    "§4.2",
    Words(
        "A second createClickToCall in a live call is refused, or leaves one call: never two streams of events.",
        "通话存续期间的第二次 createClickToCall 被拒绝，或只留下一个通话；绝不出现两路事件。",
    ),
    twin=Words("mixes the events of two calls", "混合两个通话的事件"),
)
def one_call_at_a_time(run: Run) -> Iterator[Observation]:
    """Look at every second create; compare what follows with the events of a user who created once."""
    for seen in with_departure(run, Occasion.CREATE_IN_CALL):
        if not seen.ok:
            yield kept(seen)
            continue
        compared = tuple(as_others_fared(run, seen, events(run, user(seen), seen)))
        yield from compared or (noted([seen], "it was granted; a new call, or the old one", "已接受：新通话或原通话"),)


@STEPS_OF_A_CALL.rule(
    "S-CRE-05",
    Level.SHOULD,
    Basis.INFERRED,
    "§5.3",
    Words(
        "createClickToCall answers within 10 s: waiting for an agent is what polls are for.",
        "createClickToCall 在 10 秒内响应：等待座席由轮询完成。",
    ),
    twin=Words("holds it until an agent answers", "直到座席应答才响应"),
    needs=(Fact.TIMES,),
)
def creates_at_once(run: Run) -> Iterator[Observation]:
    """Look at every create."""
    for seen in run.creates:
        if seen.over is None:
            continue
        took = seen.over - seen.started
        if took > LONGEST_CREATE:
            yield broken([seen], f"it took {took:.1f} s", f"耗时 {took:.1f} 秒")
        else:
            yield kept(seen)


def _in_order(run: Run, endpoint: Endpoint) -> Iterator[Seen]:
    """Give the good requests to an endpoint whose token cannot have run out."""
    return (seen for seen in good(run, endpoint) if surely_alive(run, seen))


def _to(endpoint: Endpoint, requests: Iterator[Seen]) -> Iterator[Seen]:
    return (seen for seen in requests if seen.endpoint is endpoint)


def _connected(seen: Seen) -> Observation:
    if seen.ok:
        return kept(seen)
    if seen.status == SUCCESS and seen.code in NOBODY_THERE:
        return noted([seen], f"no agent: {came(seen).en}", f"没有座席：{came(seen).zh}")
    return broken([seen], came(seen).en, came(seen).zh)


def _allowed(run: Run, create: Seen) -> bool:
    """Say whether the user's last check before a create allowed it."""
    checks = [check for check in run.checks if user(check) == user(create) and check.before(create)]
    return bool(checks) and checks[-1].ok and all(checks[-1].answer.get(name) is True for name in FLAGS)


def _checked(seen: Seen) -> bool:
    return seen.endpoint is Endpoint.CHECK and seen.ok


def _support(seen: Seen) -> tuple[object, ...]:
    return tuple(seen.answer.get(name) for name in FLAGS)


def _last_of_each_user(requests: Iterator[Seen]) -> tuple[Seen, ...]:
    return tuple({user(seen): seen for seen in requests}.values())
