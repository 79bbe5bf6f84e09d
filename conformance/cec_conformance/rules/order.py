"""Rules on the order of steps before there is a call: text session and support check; `calling` has the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint

from cec_conformance.facts import Fact
from cec_conformance.rule import Basis, Family, Level, broken, kept
from cec_conformance.run import Kind
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cec_conformance.rule import Observation
    from cec_conformance.run import Run, Seen

ORDER: Final = Family("Order of steps", "接口调用顺序")


def answered(requests: Iterable[Seen], then: Seen) -> list[Seen]:
    """Give the requests whose answers, whatever they said, had come when another request was made."""
    return [seen for seen in requests if seen.before(then) and seen.kind not in {Kind.LEFT, Kind.OPEN}]


@ORDER.rule(
    "C-FLOW-01",
    Level.MUST,
    Basis.DOCUMENTED,
    "§4.2",
    Words(
        "The first createClickToCall waits for an answer of checkClickToCallSupport.",
        "收到 checkClickToCallSupport 的响应之后，才首次调用 createClickToCall。",
    ),
    twin=Words("skips the check", "不做检查"),
    needs=(Fact.TIMES,),
)
def check_first(run: Run) -> Iterator[Observation]:
    """Look at the first create."""
    for create in run.creates[:1]:
        if checks := answered(run.checks, create):
            yield kept(checks[-1], create)
        else:
            yield broken(
                [*run.checks[:1], create],
                "no answer of checkClickToCallSupport had come yet",
                "此时尚未收到 checkClickToCallSupport 的响应",
            )


@ORDER.rule(
    "C-FLOW-02",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.3",
    Words(
        "No createClickToCall follows a check that does not say both webRTCSupported and clickToCallSupported true.",
        "检查结果中 webRTCSupported 与 clickToCallSupported 未同时为 true 时，不调用 createClickToCall。",
    ),
    twin=Words("looks at clickToCallSupported only", "只看 clickToCallSupported"),
    needs=(Fact.BODIES, Fact.TIMES),
)
def only_if_supported(run: Run) -> Iterator[Observation]:
    """Look at every check that forbids the call."""
    forbidding = [check for check in run.checks if check.ok and not _supported(check)]
    return _no_create(
        run, forbidding, Words("a create followed although the check forbade the call", "检查结果不支持，却仍创建呼叫")
    )


@ORDER.rule(
    "C-FLOW-03",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.2",
    Words(
        'No createClickToCall follows a check that failed: a status other than 200, or a resultCode other than "0".',
        "检查失败（HTTP 状态码不是 200，或 resultCode 不为 0）时，不调用 createClickToCall。",
    ),
    accepts=Words("The check may be repeated.", "可以重新检查。"),
    twin=Words("reads the two flags and ignores the resultCode", "只读两个标志，不看 resultCode"),
    needs=(Fact.BODIES, Fact.TIMES),
)
def only_if_checked(run: Run) -> Iterator[Observation]:
    """Look at every check that failed."""
    failed = [check for check in run.checks if check.failed]
    return _no_create(run, failed, Words("a create followed although the check had failed", "检查失败，却仍创建呼叫"))


@ORDER.rule(
    "C-FLOW-04",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.2",
    Words(
        "Where the text session comes first, checkClickToCallSupport waits for the success of send.",
        "先文本后通话时，send 成功返回之后才调用 checkClickToCallSupport。",
    ),
    twin=Words("makes both requests at once", "两个请求同时发出"),
    needs=(Fact.FLOW, Fact.BODIES, Fact.TIMES),
)
def text_first(run: Run) -> Iterator[Observation]:
    """Look at the first check, unless a send had failed: going on after that is another fault."""
    if run.flow != "text_then_call":
        return
    for check in run.checks[:1]:
        sends = answered(run.sends, check)
        if good := [send for send in sends if send.ok]:
            yield kept(good[0], check)
        elif not sends:
            yield broken([*run.sends[:1], check], "no answer of send had come yet", "此时尚未收到 send 的响应")


@ORDER.rule(
    "C-FLOW-05",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.1, §5.2",
    Words(
        "Where the text session comes first and send fails, neither checkClickToCallSupport nor createClickToCall "
        "follows.",
        "先文本后通话时，若 send 失败，不再调用 checkClickToCallSupport 和 createClickToCall。",
    ),
    accepts=Words("The send may be repeated.", "可以重新发送 send。"),
    twin=Words("looks at the status of send and ignores its resultCode", "只看 send 的 HTTP 状态码，不看 resultCode"),
    needs=(Fact.FLOW, Fact.BODIES, Fact.TIMES),
    yields_to=("C-FLOW-04",),
)
def only_if_in_text(run: Run) -> Iterator[Observation]:
    """Look at every send that failed before one succeeded."""
    if run.flow != "text_then_call":
        return
    for send in run.sends:
        if send.ok:
            return
        if not send.failed:
            continue
        following = run.made_after(send, Endpoint.CHECK, Endpoint.CREATE)
        astray = [step for step in following if not any(other.ok and other.before(step) for other in run.sends)]
        if astray:
            name = astray[0].endpoint.value
            yield broken([send, astray[0]], f"{name} followed although send had failed", f"send 失败，却仍调用 {name}")
        else:
            yield kept(send)


def _supported(check: Seen) -> bool:
    flags = (check.answer.get("webRTCSupported"), check.answer.get("clickToCallSupported"))
    return all(str(flag).lower() == "true" for flag in flags)


def _no_create(run: Run, checks: Iterable[Seen], got: Words) -> Iterator[Observation]:
    """Observe, for each of these checks, whether a create was made because of it: after it, and after no later one."""
    for check in checks:
        astray = [create for create in run.made_after(check, Endpoint.CREATE) if _last_check(run, create) is check]
        if astray:
            yield broken([check, astray[0]], got.en, got.zh)
        else:
            yield kept(check)


def _last_check(run: Run, create: Seen) -> Seen:
    return answered(run.checks, create)[-1]
