"""The plainest report: a line of progress, and what was found, rule by rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cec_conformance.judging import State
from cec_conformance.results import CaseEnded, RunBegan, RunEnded, Shrunk

if TYPE_CHECKING:
    from collections.abc import Callable

    from cec_conformance.results import CaseResult, Event
    from cec_conformance.rule import Rule
    from cec_conformance.words import Language


class Plain:
    """A consumer of the engine's events that prints.

    Args:
        rules: The catalogue.
        language: In which language.
        say: Prints a line.
        progress: Shows how far it is, over what it showed before; `None` where nobody looks on.
    """

    def __init__(
        self,
        rules: tuple[Rule, ...],
        language: Language,
        say: Callable[[str], object] = click.echo,
        progress: Callable[[str], object] | None = None,
    ) -> None:
        self._rules = {rule.id: rule for rule in rules}
        self._language = language
        self._say = say
        self._progress = progress or (lambda _text: None)
        self._cases = self._ended = 0
        self._broken: dict[str, list[CaseResult]] = {}

    def __call__(self, event: Event) -> None:
        """Take an event."""
        if isinstance(event, RunBegan):
            self._cases = len(event.cases)
        elif isinstance(event, CaseEnded):
            self._case(event.result)
        elif isinstance(event, Shrunk):
            self._say(f"{event.example.rule}: {event.example.tries} smaller cases tried\n{event.example.scenario}")
        elif isinstance(event, RunEnded):
            self._end(event)

    def close(self) -> None:
        """Do nothing: all has been said."""

    def _case(self, result: CaseResult) -> None:
        self._ended += 1
        self._progress(f"{self._ended}/{self._cases} {result.case.name}")
        if result.trouble is not None:
            self._say(f"{result.case.name}: {result.trouble.say(self._language)}")
        for verdict in result.verdicts:
            if verdict.state is State.FAILED:
                self._broken.setdefault(verdict.rule, []).append(result)

    def _end(self, event: RunEnded) -> None:
        self._progress("")
        for name, results in sorted(self._broken.items()):
            rule = self._rules[name]
            self._say(f"{rule.id} ({rule.level}, {rule.section}): {rule.words.say(self._language)}")
            self._say(f"  {', '.join(result.case.name for result in results)}")
            for observation in next(v for v in results[0].verdicts if v.rule == name).observations[:1]:
                if observation.got is not None:
                    self._say(f"  {observation.got.say(self._language)}")
        self._say(f"{self._ended} / {self._cases}, {len(self._broken)} broken, {event.seconds:.1f} s")
