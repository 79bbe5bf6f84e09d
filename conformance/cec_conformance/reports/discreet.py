"""Discretion: events without secrets, which is the form in which reports get them (pure).

Whatever stands beside the traffic of a case (what the rules saw, what the client printed) goes through the masking of
the trace together with it, so that one secret has one label everywhere in a case.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import msgspec
from mock_cec.trace.masking import mask

from cec_conformance.results import CaseEnded, RunBegan, Shrunk
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cec_conformance.judging import Verdict
    from cec_conformance.results import CaseResult, Event

_BESIDE: Final = "beside "
"""What the names of the texts begin with that go through the masking as if they were facts; it names no secret."""

_OPTION: Final = re.compile(
    r"(--[\w-]*(?:secret|token|password|credential)[\w-]*(?:=|\s+))(\"[^\"]*\"|'[^']*'|\S+)", re.IGNORECASE
)


def discreet(event: Event, *, personal: bool = False) -> Event:
    """Give an event without its secrets.

    Args:
        event: The event.
        personal: Take out personal data too, as befits what was seen of a live platform.
    """
    match event:
        case CaseEnded(result=result):
            return CaseEnded(masked(result, personal=personal))
        case Shrunk(example=example):
            return Shrunk(msgspec.structs.replace(example, result=masked(example.result, personal=personal)))
        case RunBegan(target=target, settings=settings):
            hidden = {name: without_options(value) for name, value in settings.items()}
            return msgspec.structs.replace(event, target=without_options(target), settings=hidden)
        case _:
            return event


def without_options(command: str) -> str:
    """Hide the value of options such as `--app-secret` in a command line."""
    return _OPTION.sub(r"\1***", command)


def masked(result: CaseResult, *, personal: bool = False) -> CaseResult:
    """Give the result of a case without its secrets; done twice, it changes nothing more."""
    ending, trace = result.ending, result.trace
    texts = [text for words in _words(result) for text in (words.en, words.zh)]
    texts += [ending.stdout, ending.stderr, ending.outcome] if ending else []
    beside = {f"{_BESIDE}{number}": text for number, text in enumerate(texts)}
    whole = mask(replace(trace, facts={**trace.facts, **beside}), personal=personal)
    said = {text: whole.facts[name] for name, text in beside.items()}

    def reworded(words: Words | None) -> Words | None:
        return words and Words(said[words.en], said[words.zh])

    return msgspec.structs.replace(
        result,
        trace=replace(whole, facts={name: whole.facts[name] for name in trace.facts}),
        ending=ending
        and msgspec.structs.replace(
            ending, stdout=said[ending.stdout], stderr=said[ending.stderr], outcome=said[ending.outcome]
        ),
        verdicts=tuple(_verdict(verdict, reworded) for verdict in result.verdicts),
        trouble=reworded(result.trouble),
    )


def _words(result: CaseResult) -> Iterator[Words]:
    for verdict in result.verdicts:
        yield from (observation.got for observation in verdict.observations if observation.got is not None)
    if result.trouble is not None:
        yield result.trouble


def _verdict(verdict: Verdict, reworded: Callable[[Words | None], Words | None]) -> Verdict:
    observations = tuple(
        msgspec.structs.replace(observation, got=reworded(observation.got)) for observation in verdict.observations
    )
    return msgspec.structs.replace(verdict, observations=observations)
