"""A visit: a case of the judge of servers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import TYPE_CHECKING

from cec_conformance.cases.case import Case
from cec_conformance.server.visitor import Visitor
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mock_cec.scenario.model import Scenario

Course = Callable[[Visitor], Awaitable[None]]
"""What happens in a visit."""


class Means(Enum):
    """What a visit needs beside a base URL and credentials.

    Attributes:
        missing: What is missing without it, and what would bring it.
    """

    CONTROL = Words("a control channel for the scenario (--control-url)", "用于设定场景的控制接口（--control-url）")
    """The scenario has to be the visit's own."""
    HOURS = Words("an hour's patience, or a clock that can be moved", "等待一小时的耐心，或可拨动的时钟")
    """It lasts longer than a run may; paid in virtual time alone."""
    LICENCE = Words(
        "leave to send what no client would send (not in --gentle)",
        "允许发送正常客户端不会发送的请求（--gentle 下不发送）",
    )
    """It does what a paying user would not do, and is left out of the gentle mode."""

    @property
    def missing(self) -> Words:
        """What is missing without it."""
        return self.value


class Visit(Case, frozen=True, kw_only=True):
    """A visit.

    Attributes:
        course: What happens.
        means: What it needs.
        calls: How many calls it creates at most.
    """

    course: Course
    means: frozenset[Means] = frozenset()
    calls: int = 0


class Visits:
    """The visits about one thing, in order; `@VISITS.visit(...)` adds one."""

    def __init__(self) -> None:
        self.all: list[Visit] = []

    def visit(  # noqa: PLR0913  (what makes a visit)
        self,
        name: str,
        en: str,
        zh: str,
        *,
        scenario: Scenario,
        aims: Iterable[str],
        means: Iterable[Means] = (),
        calls: int = 0,
        slow: bool = False,
        smoke: bool = False,
    ) -> Callable[[Course], Course]:
        """Make a visit of the function that is decorated; the arguments are the attributes of `Visit` and `Case`."""

        def add(course: Course) -> Course:
            self.all.append(
                Visit(
                    name=name,
                    title=Words(en, zh),
                    scenario=scenario,
                    aims=tuple(aims),
                    means=frozenset(means),
                    calls=calls,
                    slow=slow,
                    smoke=smoke,
                    course=course,
                )
            )
            return course

        return add
