"""The measured behaviour: what a server did where the guide leaves it a choice, read off the visits (pure).

Nothing here is a verdict. Whoever writes a client against this server learns what to expect of it: 403 or 401, how long
a poll is held, whether "released" follows a drop. What no visit gave occasion to see says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cec_client.protocol import Endpoint, EventId
from cec_client.protocol.headers import CCMESSAGING_TOKEN, X_TOKEN_EXPIRE
from msgspec import Struct

from cec_conformance import facts
from cec_conformance.measured import MIXED, UNSEEN, Line
from cec_conformance.run import FORBIDDEN, SUCCESS, UNAUTHORIZED, Kind, Run
from cec_conformance.server.departures import Departure, Occasion
from cec_conformance.server.reading import meant, user, with_departure
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cec_conformance.results import CaseResult
    from cec_conformance.run import Seen

MADE_UP: Final = Words("tried beside the visits", "除访问之外的尝试")

EXPECTED: Final = {"guide": FORBIDDEN, "reference": UNAUTHORIZED}
"""The status of a token that is not good, by whose word one goes (guide §2.2, §6.1; facts §0)."""

_OF_TOKENS: Final = (
    Departure.NO_AUTHORIZATION,
    Departure.WRONG_AUTHORIZATION,
    Departure.NO_CCMESSAGING_TOKEN,
    Departure.WRONG_CCMESSAGING_TOKEN,
)


class Behaviour(Struct, frozen=True, kw_only=True):
    """What a server does of its own will; of each thing all that was seen.

    Attributes:
        bad_token: The statuses of requests whose token was missing or nobody's.
        expected: The status that the dialect expects there; `None` if nobody named a dialect.
        bad_secret: The statuses of logins with a wrong secret or an unknown key.
        life: What `Expires` says where no life was asked for.
        holds: How long polls without an event were held, in seconds.
        released: Whether 168110 followed a drop.
        second_create: What a create got while a call of the user's was live.
        idle_drop: What a drop got where no call was live.
        types: The JSON types of members that the vendor's papers disagree on.
        created: What `resultDesc` a create that succeeded has.
        renews: Whether an answer brought a new `ccmessaging-token` in a header.
    """

    bad_token: frozenset[int] = frozenset()
    expected: int | None = None
    bad_secret: frozenset[int] = frozenset()
    life: frozenset[str] = frozenset()
    holds: tuple[float, ...] = ()
    released: frozenset[bool] = frozenset()
    second_create: frozenset[str] = frozenset()
    idle_drop: frozenset[str] = frozenset()
    types: tuple[tuple[str, frozenset[str]], ...] = ()
    created: frozenset[str] = frozenset()
    renews: frozenset[bool] = frozenset()


def server_behaviour(results: Iterable[CaseResult]) -> Iterable[tuple[Words, Words]]:
    """Measure what a server does where the guide leaves it a choice; nothing if no visit was judged."""
    results = tuple(results)
    judged = [Run(one.trace) for one in results if one.verdicts and not one.skipped and not one.searched]
    lines = in_words(measure(judged)) if judged else ()
    made_up = [(MADE_UP, one.case.title) for one in results if one.searched and not one.verdicts and not one.trouble]
    return [*((line.about, line.found) for line in lines), *made_up]


def measure(runs: Iterable[Run]) -> Behaviour:
    """Read a server's behaviour off visits to it."""
    runs = tuple(runs)
    dialects = {run.fact(facts.DIALECT) or "" for run in runs}
    events = [poll for run in runs for poll in run.polls if poll.kind is Kind.EVENT]
    return Behaviour(
        bad_token=_statuses(runs, *_OF_TOKENS),
        expected=next((EXPECTED[name] for name in sorted(dialects) if name in EXPECTED), None),
        bad_secret=_statuses(runs, Departure.WRONG_SECRET, Departure.UNKNOWN_KEY),
        life=frozenset(
            str(token.answer["Expires"])
            for run in runs
            for token in run.tokens
            if token.ok and token.header(X_TOKEN_EXPIRE) is None and "Expires" in token.answer
        ),
        holds=tuple(
            poll.over - poll.started
            for run in runs
            for poll in run.polls
            if poll.kind is Kind.DONE and not meant(poll) and poll.over is not None
        ),
        released=frozenset(released for run in runs for released in _released(run)),
        second_create=frozenset(_outcome(create) for run in runs for create in _second_creates(run)),
        idle_drop=frozenset(_outcome(drop) for run in runs for drop in _without_call(run, Endpoint.DROP)),
        types=tuple(
            (name, frozenset(_type(value) for poll in events if (value := read(poll)) is not None))
            for name, read in _DISPUTED.items()
        ),
        created=frozenset(
            _text(create.answer) for run in runs for create in run.creates if create.ok and not meant(create)
        ),
        renews=frozenset(
            seen.exchange.response_header(CCMESSAGING_TOKEN) is not None
            for run in runs
            for seen in run.business
            if seen.ok
        ),
    )


def in_words(behaviour: Behaviour) -> tuple[Line, ...]:
    """Tell a behaviour, a line for each thing."""
    return (
        Line(Words("a token that is missing or nobody's", "令牌缺失或无效时"), _bad_token(behaviour)),
        Line(Words("a wrong secret or unknown key", "secret 错误或 key 未知时"), _http(behaviour.bad_secret)),
        Line(
            Words("life of an AccessToken, if none is asked for", "未指定有效期时 AccessToken 的有效期"),
            _listed(f"{life} s" for life in sorted(behaviour.life)),
        ),
        Line(Words("a poll without an event is held for", "无事件时轮询保持"), _span(behaviour.holds)),
        Line(
            Words("168110 after a drop", "挂断后是否有 168110"),
            _sometimes(behaviour.released, Words("it follows", "有"), Words("none comes", "没有")),
        ),
        Line(Words("a create in a live call", "通话存续时再次 create"), _listed(sorted(behaviour.second_create))),
        Line(Words("a drop without a live call", "无通话时 drop"), _listed(sorted(behaviour.idle_drop))),
        *(Line(Words(f"type of {name}", f"{name} 的类型"), _listed(sorted(types))) for name, types in behaviour.types),
        Line(
            Words("resultDesc of a create that succeeds", "create 成功时的 resultDesc"),
            _listed(sorted(behaviour.created)),
        ),
        Line(
            Words("a new ccmessaging-token in a header", "在响应头中更新 ccmessaging-token"),
            _sometimes(behaviour.renews, Words("it comes", "有"), Words("none comes", "没有")),
        ),
    )


def _content(poll: Seen, name: str) -> Any:  # noqa: ANN401  (whatever the server sent)
    content = poll.answer.get("content")
    return content.get(name) if isinstance(content, dict) else None


_DISPUTED: Final[dict[str, Callable[[Seen], Any]]] = {
    "eventId": lambda poll: poll.answer.get("eventId"),
    "causeId": lambda poll: _content(poll, "causeId"),
    "accessCode": lambda poll: _content(poll, "accessCode"),
}
"""The members on whose type the vendor's papers disagree (facts §13, 1-3)."""


def _statuses(runs: tuple[Run, ...], *departures: Departure) -> frozenset[int]:
    return frozenset(
        seen.status for run in runs for seen in with_departure(run, *departures) if seen.status is not None
    )


def _released(run: Run) -> Iterator[bool]:
    """Say of each drop that succeeded whether "released" came to a later answer of the same user's polls."""
    for drop in run.drops:
        ended = drop.over
        if not drop.ok or ended is None or drop not in set(_in_live_call(run, Endpoint.DROP)):
            continue
        later = [
            poll for poll in run.polls if user(poll) == user(drop) and poll.over is not None and poll.over >= ended
        ]
        if later:
            yield any(poll.event == EventId.RELEASED for poll in later)


def _in_live_call(run: Run, endpoint: Endpoint) -> Iterator[Seen]:
    return (seen for seen, live in _liveness(run) if live and seen.endpoint is endpoint and not meant(seen))


def _second_creates(run: Run) -> Iterator[Seen]:
    yield from _in_live_call(run, Endpoint.CREATE)
    yield from with_departure(run, Occasion.CREATE_IN_CALL)


def _without_call(run: Run, endpoint: Endpoint) -> Iterator[Seen]:
    return (seen for seen, live in _liveness(run) if not live and seen.endpoint is endpoint and not meant(seen))


def _liveness(run: Run) -> Iterator[tuple[Seen, bool]]:
    """Give each request with whether a call of its user's was live when it went out."""
    for seen in run.calls:
        past = [one for one in run.calls if user(one) == user(seen) and one.before(seen)]
        turns = [one for one in past if one.terminal or (one.ok and one.endpoint in {Endpoint.CREATE, Endpoint.DROP})]
        last = max(turns, key=lambda one: one.over or 0.0, default=None)
        yield seen, last is not None and last.endpoint is Endpoint.CREATE


def _outcome(seen: Seen) -> str:
    if seen.status is None:
        return "no answer"
    if seen.status != SUCCESS:
        return f"HTTP {seen.status}"
    return "success" if seen.ok else f"resultCode {seen.code}"


def _type(value: Any) -> str:  # noqa: ANN401  (whatever the server sent)
    names: dict[type, str] = {bool: "boolean", int: "number", float: "number", str: "string", list: "array"}
    return names.get(type(value), "object")


def _text(answer: dict[str, Any]) -> str:
    if "resultDesc" not in answer:
        return "absent"
    return "null" if answer["resultDesc"] is None else f'"{answer["resultDesc"]}"'


def _bad_token(behaviour: Behaviour) -> Words:
    found = _http(behaviour.bad_token)
    wanted = behaviour.expected
    if wanted is None or not behaviour.bad_token or behaviour.bad_token == {wanted}:
        return found
    return Words(f"{found.en} (the dialect expects {wanted})", f"{found.zh}（按所选方言应为 {wanted}）")


def _http(statuses: frozenset[int]) -> Words:
    return _listed(f"HTTP {status}" for status in sorted(statuses))


def _listed(found: Iterable[str]) -> Words:
    text = ", ".join(found)
    return Words(text, text) if text else UNSEEN


def _sometimes(seen: frozenset[bool], yes: Words, no: Words) -> Words:
    if not seen:
        return UNSEEN
    if len(seen) > 1:
        return MIXED
    return yes if True in seen else no


def _span(seconds: tuple[float, ...]) -> Words:
    if not seconds:
        return UNSEEN
    least, most = f"{min(seconds):.1f}", f"{max(seconds):.1f}"
    text = least if least == most else f"{least}-{most}"
    return Words(f"{text} s", f"{text} 秒")
