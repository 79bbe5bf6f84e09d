"""The engine: from cases, a target and a budget to one stream of events, which is all that reports see."""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING, Final

from cec_client.protocol import Trace
from mock_cec.child import CannotRun
from msgspec import Struct

from cec_conformance.cases.recorded import recorded
from cec_conformance.fairness import unfair
from cec_conformance.judging import State, Verdict, judge
from cec_conformance.probing import PROBE, complaint
from cec_conformance.reducing import Reducer
from cec_conformance.results import CaseBegan, CaseEnded, CaseResult, RunBegan, RunEnded, Shrunk
from cec_conformance.rules import CLIENT_RULES
from cec_conformance.run import Run
from cec_conformance.targets.target import Played, Stopped
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence

    from cec_conformance.cases.case import Case
    from cec_conformance.results import Event, Subject
    from cec_conformance.rule import Rule
    from cec_conformance.targets.target import Target

    Hunt = Callable[[], Sequence[Case]]
    Search = Callable[[], Awaitable[Sequence[CaseResult]]]

SEARCH: Final = recorded("search", "What nobody wrote down", "随机生成的内容")
"""Stands for a search that came to nothing."""

STOPPED: Final = Words("the run was stopped before its end", "运行在结束之前被中止")
SKIPPED: Final = Words("the client has no such flow or media", "客户端没有这种流程或媒体")
NO_MEDIA: Final = Words("the client says it has no media", "客户端表示没有媒体")


class Budget(Struct, frozen=True):
    """What a run may cost.

    Attributes:
        jobs: How many cases are played at a time.
        seconds: How long the whole run may take; `None` for as long as it takes.
        shrinking: How many seconds of that may go into looking for smaller cases.
        again: Whether a case that this machine was too slow for may be played once more.
    """

    jobs: int = 1
    seconds: float | None = None
    shrinking: float = 30.0
    again: bool = True


class Probe(Struct, frozen=True):
    """How it is found out whether a target can be judged at all.

    Attributes:
        case: The first, trivial case.
        complaint: Says what of it shows that nothing can be judged; `None` if all is well.
    """

    case: Case
    complaint: Callable[[Played], Words | None]


def _contract(played: Played) -> Words | None:
    return complaint(played, os.environ)


CLIENT_PROBE: Final = Probe(PROBE, _contract)
"""Whether a client keeps the contract."""


async def run(  # noqa: PLR0913  (what makes a run)
    cases: Sequence[Case],
    target: Target,
    budget: Budget,
    *,
    rules: Sequence[Rule] = CLIENT_RULES,
    settings: Mapping[str, str] | None = None,
    hunt: Hunt | None = None,
    search: Search | None = None,
    probe: Probe = CLIENT_PROBE,
    subject: Subject = "client",
) -> AsyncGenerator[Event, None]:
    """Judge a target by cases.

    A run that is cancelled ends its processes and tells its end like any other.

    Args:
        cases: The cases.
        target: What is judged; it is closed at the end.
        budget: What that may cost.
        rules: By which rules.
        settings: What the reports are to say of the run.
        hunt: Looks for more cases that break a rule, when the others have been played; in a thread of its own.
        search: Looks at the target in ways of its own when all cases have been played, and gives what it found, judged.
        probe: What is played first, if the target is to be probed.
        subject: What the target is. A client's cases are made smaller; a server has no script that could be.
    """
    began = time.monotonic()
    work = _Work(target, budget, rules, began, subject)
    yield RunBegan(target.name, tuple(case.name for case in cases), dict(settings or {}), subject)
    try:
        unjudged = None
        if target.probed and (failed := await work.probe(probe)) is not None:
            yield CaseBegan(probe.case)
            yield CaseEnded(failed)
            unjudged = failed.trouble
        else:
            async for event in work.through(cases, hunt):
                yield event
            async for event in work.searched(search):
                yield event
            unjudged = work.stopped
    except asyncio.CancelledError:
        unjudged = STOPPED
    finally:
        await target.close()
    yield RunEnded(time.monotonic() - began, unjudged)


class _Work:
    """One run under way.

    Attributes:
        stopped: Why no more may be asked of the target; `None` while it may.
    """

    def __init__(
        self, target: Target, budget: Budget, rules: Sequence[Rule], began: float, subject: Subject = "client"
    ) -> None:
        self.stopped: Words | None = None
        self._subject = subject
        self._target = target
        self._rules = rules
        self._jobs = max(1, min(budget.jobs, target.most or budget.jobs))
        self._budget = budget
        self._deadline = None if budget.seconds is None else began + budget.seconds
        self._results: list[CaseResult] = []
        self._again: list[Case] = []

    async def probe(self, probe: Probe) -> CaseResult | None:
        """Play the first, trivial case; what comes of it tells why nothing can be judged."""
        played = await self._played(probe.case)
        if isinstance(played, Words):
            return _troubled(probe.case, played)
        trouble = probe.complaint(played) or self.stopped
        return None if trouble is None else _result(probe.case, played, trouble=trouble)

    async def through(self, cases: Sequence[Case], hunt: Hunt | None) -> AsyncIterator[Event]:
        """Play all cases side by side, then alone those that the machine was too slow for, then ever smaller ones."""
        async for event in self._side_by_side(cases, self._jobs, last=not self._budget.again):
            yield event
        async for event in self._side_by_side(self._again, 1, last=True):
            yield event
        if hunt is not None:
            async for event in self._side_by_side(await asyncio.to_thread(hunt), 1, last=True):
                yield event
        if self._subject == "server":
            return
        reducer = Reducer(self._trial, self._jobs, self._until(self._budget.shrinking))
        async for example in reducer.smallest(self._results, self._rules):
            yield Shrunk(example)

    async def searched(self, search: Search | None) -> AsyncIterator[Event]:
        """Tell what a search finds, unless the target is to be left alone."""
        if search is None or self.stopped is not None:
            return
        try:
            async with asyncio.timeout(self._left()):
                found = await search()
        except TimeoutError:
            return  # the time limit: the cases have been judged
        except Exception as failure:  # noqa: BLE001  (whatever it is, it is not the target's fault, and has to be told)
            trouble = Words(f"the judge could not search: {failure}", f"本工具无法搜索：{failure}")
            found = (_troubled(SEARCH, trouble),)
        for result in found:
            yield CaseBegan(result.case)
            yield CaseEnded(result)

    async def _side_by_side(self, cases: Iterable[Case], jobs: int, *, last: bool) -> AsyncIterator[Event]:
        news: asyncio.Queue[Event | None] = asyncio.Queue()
        waiting = iter(cases)

        async def work() -> None:
            for case in waiting:
                news.put_nowait(CaseBegan(case))
                result = await self._judged(case, last=last)
                if result is None:
                    self._again.append(case)
                else:
                    self._results.append(result)
                    news.put_nowait(CaseEnded(result))

        workers = asyncio.gather(*(work() for _ in range(jobs)))
        workers.add_done_callback(lambda _: news.put_nowait(None))
        try:
            while (event := await news.get()) is not None:
                yield event
            await workers
        finally:
            workers.cancel()
            await asyncio.gather(workers, return_exceptions=True)

    async def _judged(self, case: Case, *, last: bool) -> CaseResult | None:
        """Play a case and judge it; `None` if the machine was too slow and there is another try."""
        result, slow = await self._trial_with_doubts(case)
        if slow is None or all(verdict.state is not State.FAILED for verdict in result.verdicts):
            return result
        return CaseResult(case, result.trace, (), result.ending, trouble=slow) if last else None

    async def _trial(self, case: Case) -> CaseResult:
        return (await self._trial_with_doubts(case))[0]

    async def _trial_with_doubts(self, case: Case) -> tuple[CaseResult, Words | None]:
        played = await self._played(case)
        if isinstance(played, Words):
            return _troubled(case, played), None
        return self._verdict(case, played), unfair(played.measured, played.trace)

    async def _played(self, case: Case) -> Played | Words:
        """Have a case played, or say why that is impossible."""
        if self.stopped is not None:
            return Played(Trace(), None, missing=self.stopped)
        try:
            async with asyncio.timeout(self._left()):
                return await self._target.play(case)
        except CannotRun as failure:
            return _cannot_run(failure)
        except Stopped as end:
            self.stopped = end.reason
            return end.played
        except Exception as failure:  # noqa: BLE001  (whatever it is, it is not the client's fault, and has to be told)
            if isinstance(failure, TimeoutError) and self._budget.seconds is not None:
                return _out_of_time(self._budget.seconds)
            return Words(f"the judge could not play it: {failure!r}", f"本工具无法运行此用例：{failure!r}")

    def _verdict(self, case: Case, played: Played) -> CaseResult:
        if played.missing is not None:
            verdicts = self._unexercised(case, played.missing)
        elif played.skipped and case.connect_media:
            verdicts = self._unexercised(case, NO_MEDIA)
        elif played.skipped:
            verdicts = tuple(Verdict(rule.id, State.NOT_EXERCISED, because=SKIPPED) for rule in self._rules)
        else:
            verdicts = judge(Run(played.trace), self._rules)
        return _result(case, played, verdicts)

    def _unexercised(self, case: Case, because: Words) -> tuple[Verdict, ...]:
        """Say why a case shows nothing, of the rules that it aims at; of all, if it was made for none."""
        aimed = [rule for rule in self._rules if rule.id in case.aims] or self._rules
        return tuple(Verdict(rule.id, State.NOT_EXERCISED, because=because) for rule in aimed)

    def _left(self) -> float | None:
        return None if self._deadline is None else self._deadline - time.monotonic()

    def _until(self, seconds: float) -> float:
        end = time.monotonic() + seconds
        return end if self._deadline is None else min(end, self._deadline)


def _result(case: Case, played: Played, verdicts: tuple[Verdict, ...] = (), trouble: Words | None = None) -> CaseResult:
    skipped = played.skipped or played.missing is not None
    return CaseResult(case, played.trace, verdicts, played.ending, skipped, trouble)


def _troubled(case: Case, trouble: Words) -> CaseResult:
    return CaseResult(case, Trace(), (), trouble=trouble)


def _cannot_run(failure: CannotRun) -> Words:
    return Words(
        f"the command cannot be started: {failure}. Give it after --, as in a terminal: "
        "cec-conformance client -- node my-client.js",
        f"无法启动命令：{failure}。请在 -- 之后写出命令，如：cec-conformance client -- node my-client.js",
    )


def _out_of_time(seconds: float) -> Words:
    return Words(
        f"the time limit of {seconds:g} s came first (--time-limit)",
        f"先到了 {seconds:g} 秒的时间上限（--time-limit）",
    )
