"""A story in lines of text, 80 columns wide, for terminals, CI logs and JUnit (pure)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from cec_client.protocol import SignalKind
from mock_cec.trace.columns import pad, printable, wrap
from mock_cec.trace.diagram import WIDTH, draw
from mock_cec.trace.saying import Saying, Tone

from cec_conformance.reports import phrases
from cec_conformance.reports.phrases import guide
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cec_client.protocol import Signal, Trace
    from mock_cec.trace.diagram import Line

    from cec_conformance.reports.next_step import Turn
    from cec_conformance.reports.story import Story
    from cec_conformance.words import Language

MOST_OTHERS: Final = 8
"""How many other cases a story names."""

LABEL: Final = 14
"""The columns in which what follows is named."""

_NO_NAME: Final = Words("", "")

_HEADINGS: Final = 2
"""How many lines a diagram begins with that say whose it is."""


def story_lines(story: Story, language: Language) -> Iterator[Line]:
    """Tell a story, line by line, in pieces of one tone each."""
    rule, case = story.rule, story.result.case
    yield _plain("")
    facts = (rule.level, rule.basis.value.say(language), guide(rule.section).say(language))
    yield (Saying(rule.id, Tone.BAD), Saying("  " + " · ".join(fact for fact in facts if fact), Tone.PLAIN))
    yield from _named(phrases.DEMANDED, rule.words.say(language), language)
    if rule.accepts is not None:
        yield from _named(phrases.ACCEPTED, rule.accepts.say(language), language)
    yield from _named(phrases.CASE, f"{case.name}: {case.title.say(language)}", language)
    if story.turn is not None:
        yield from _named(phrases.ALLOWED, allowed_words(story.turn, language), language, Tone.GOOD)
    for came in came_words(story, language):
        yield from _named(phrases.CAME, came, language, Tone.BAD)
    yield _plain("")
    yield from _messages(story, language)
    if story.sent:
        yield _plain("")
    for name, text in ((phrases.SENT, story.sent), (phrases.ANSWERED, story.answered)):
        for number, line in enumerate(text):
            yield from _named(name if number == 0 else _NO_NAME, line, language)
    yield from _blocks(story, language)
    for command in story.again:
        yield from _named(phrases.AGAIN, command, language, broken=False)
    if story.others:
        more = len(story.others) - MOST_OTHERS
        names = [*story.others[:MOST_OTHERS], *([phrases.more(more).say(language)] if more > 0 else [])]
        yield from _named(phrases.ALSO, ", ".join(names), language)


def _blocks(story: Story, language: Language) -> Iterator[Line]:
    """Show the script and the lines for a shell, as they can be copied."""
    blocks = ((phrases.script(story.file), (story.scenario or "").splitlines()), (phrases.CURL, story.curl))
    shown = [(name, block) for name, block in blocks if block]
    for name, block in shown:
        yield _plain("")
        yield _plain(f"  {name.say(language)}")
        yield from ((Saying(f"    {printable(line)}", Tone.NOTE),) for line in block)
    if shown:
        yield _plain("")


def allowed_words(turn: Turn, language: Language) -> str:
    """Say what was allowed, and after which message."""
    place = phrases.AT_THE_BEGINNING
    if turn.after is not None:
        place = phrases.after(turn.after.serial, turn.after.endpoint.value)
    separator = "：" if language == "zh" else ": "
    return f"{place.say(language)}{separator}{turn.allowed.words.say(language)}"


def came_words(story: Story, language: Language) -> tuple[str, ...]:
    """Say what came instead: which message, and what the rule has to say of it."""
    said = [got.say(language) for got in story.got]
    if story.turn is None:
        return tuple(said)
    came = story.turn.came
    what = phrases.NOTHING_CAME.say(language) if came is None else f"#{came.serial} {came.endpoint.value}"
    separator = "：" if language == "zh" else ": "
    return (separator.join([what, *said[:1]]), *said[1:])


def marked(trace: Trace, story: Story, language: Language) -> Trace:
    """Put the name of the rule beside the messages that show how it was broken."""
    here = phrases.HERE.say(language)
    return replace(
        trace,
        exchanges=tuple(
            replace(exchange, script={**exchange.script, story.rule.id: here})
            if exchange.serial in story.decisive
            else exchange
            for exchange in trace.exchanges
        ),
        signals=tuple(_with_marks(trace.signals, story, here)),
    )


def _with_marks(signals: Iterable[Signal], story: Story, here: str) -> Iterator[Signal]:
    """Put the mark behind a message to the gateway, as news of the same moment."""
    for signal in signals:
        yield signal
        if signal.serial in story.signals:
            yield replace(signal, kind=SignalKind.STATE, text=f"{story.rule.id} {here}")


def _messages(story: Story, language: Language) -> Iterator[Line]:
    yield (
        Saying(f"  {phrases.TIME.say(language)}", Tone.QUIET),
        Saying(f"  {phrases.CLIENT.say(language)} → CEC", Tone.QUIET),
    )
    for scene in story.scenes:
        if scene.left_out:
            yield _omission(scene.left_out, language)
        yield from list(draw(marked(scene.trace, story, language), None))[_HEADINGS:]
    if story.left_out:
        yield _omission(story.left_out, language)


def _omission(count: int, language: Language) -> Line:
    return (Saying(f"          ⋮ {phrases.left_out(count).say(language)}", Tone.QUIET),)


def _named(
    name: Words, text: str, language: Language, tone: Tone = Tone.PLAIN, *, broken: bool = True
) -> Iterator[Line]:
    """Put a name before a text; a command is not broken into lines, so that it can be copied."""
    shown = printable(text)
    lines = list(wrap(shown, WIDTH - LABEL - 2)) if broken else [shown]
    for number, line in enumerate(lines):
        label = name.say(language) if number == 0 else ""
        yield (Saying(f"  {pad(label, LABEL)}", Tone.QUIET), Saying(line, tone))


def _plain(text: str) -> Line:
    return (Saying(text),)
