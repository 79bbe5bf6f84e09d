"""The stories and the cases of the page, with the messages between client and CEC as a sequence diagram."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mock_cec.trace.rows import Kind, rows

from cec_conformance.judging import State
from cec_conformance.reports import phrases
from cec_conformance.reports.html_matrix import anchor
from cec_conformance.reports.page import element
from cec_conformance.reports.story_lines import allowed_words, came_words
from cec_conformance.scenario_file import options_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from xml.etree.ElementTree import Element

    from cec_client.protocol import Trace
    from mock_cec.trace.rows import Row

    from cec_conformance.reports.page import Child
    from cec_conformance.reports.story import Story
    from cec_conformance.results import CaseResult, Ending
    from cec_conformance.words import Language, Words

_ARROWS: Final = {
    Kind.ASK: "ask",
    Kind.ANSWER: "answer",
    Kind.CUT: "answer lost",
    Kind.GONE: "ask lost",
    Kind.SIP_IN: "ask",
    Kind.SIP_OUT: "answer",
}
"""How the rows of a diagram are drawn; others have no arrow."""

MOST_MESSAGES: Final = 120
"""How many messages the diagram of a case shows."""


def story_article(story: Story, remark: Words | None, language: Language) -> Element:
    """Tell how a rule was broken."""
    rule, case = story.rule, story.result.case
    facts = [rule.level, rule.basis.value.say(language), phrases.guide(rule.section).say(language)]
    facts += [remark.say(language)] if remark else []
    return element(
        "article",
        element(
            "h3",
            element("a", rule.id, href=f"#rule-{rule.id}"),
            element("span", " · ".join(fact for fact in facts if fact), class_="quiet"),
        ),
        element("p", rule.words.say(language), class_="demanded"),
        element("dl", *_facts(story, language)),
        element("div", *_scenes(story, language), class_="wide", tabindex="0"),
        *_script(story, language),
        id=f"story-{rule.id}",
        class_=f"story {rule.level}",
        aria_label=f"{rule.id} {case.name}",
    )


def _facts(story: Story, language: Language) -> Iterator[Child]:
    case = story.result.case
    if story.rule.accepts is not None:
        yield from _fact(phrases.ACCEPTED, [story.rule.accepts.say(language)], language)
    case_link = element("a", case.name, href=f"#{anchor(story.result)}")
    yield from _fact(phrases.CASE, [element("span", case_link, f": {case.title.say(language)}")], language)
    if story.turn is not None:
        yield from _fact(phrases.ALLOWED, [allowed_words(story.turn, language)], language, "passed")
    yield from _fact(phrases.CAME, came_words(story, language), language, "failed")
    yield from _fact(phrases.AGAIN, [element("code", command) for command in story.again], language)
    yield from _fact(phrases.ALSO, [", ".join(story.others)] if story.others else [], language)


def _fact(name: Words, values: Iterable[Child], language: Language, class_: str = "") -> Iterator[Child]:
    found = list(values)
    if found:
        yield element("dt", name.say(language))
        yield from (element("dd", value, class_=class_) if class_ else element("dd", value) for value in found)


def _scenes(story: Story, language: Language) -> Iterator[Child]:
    for scene in story.scenes:
        if scene.left_out:
            yield _omitted(scene.left_out, language)
        yield sequence(scene.trace, language, story.decisive, story.signals)
    if story.left_out:
        yield _omitted(story.left_out, language)


def _script(story: Story, language: Language) -> Iterator[Child]:
    if story.sent:
        summary = element("summary", phrases.SENT.say(language))
        yield element("details", summary, element("pre", "\n".join(story.sent)), open="")
    if story.answered:
        summary = element("summary", phrases.ANSWERED.say(language))
        yield element("details", summary, element("pre", "\n".join(story.answered)), open="")
    if story.curl:
        summary = element("summary", phrases.CURL.say(language))
        yield element("details", summary, element("pre", "\n".join(story.curl)), open="")
    if story.scenario is not None:
        summary = element("summary", phrases.script(story.file).say(language))
        yield element("details", summary, element("pre", story.scenario), open="")


def case_details(result: CaseResult, language: Language) -> Element:
    """Tell a case: what was wanted, what went to and fro, what the client wrote."""
    case = result.case
    failed = [one.rule for one in result.verdicts if one.state is State.FAILED]
    state = "blocked" if result.trouble else "failed" if failed else "passed"
    sign = "?" if result.trouble else phrases.SIGNS[State.FAILED if failed else State.PASSED]
    wish = " ".join(options_of(case))
    facts: list[Child] = []
    facts += _fact(phrases.VIOLATIONS, [", ".join(failed)] if failed else [], language, "failed")
    facts += _fact(phrases.WISH, [element("code", wish)] if wish else [], language)
    facts += _fact(phrases.TROUBLED, [result.trouble.say(language)] if result.trouble else [], language)
    facts += _fact(phrases.CASE, [result.why_skipped.say(language)] if result.why_skipped else [], language)
    facts += _fact(phrases.ENDED, [_end(result.ending)] if result.ending else [], language)
    return element(
        "details",
        element(
            "summary",
            element("span", "–" if result.skipped else sign, class_="none" if result.skipped else state),
            element("code", case.name),
            element("span", case.title.say(language), class_="quiet"),
        ),
        element("dl", *facts) if facts else None,
        element("div", sequence(result.trace, language), class_="wide", tabindex="0"),
        *_output(result.ending, language),
        id=anchor(result),
        class_="case",
    )


def _end(ending: Ending) -> str:
    status = "killed" if ending.exit_status is None else f"exit {ending.exit_status}"
    return " · ".join(part for part in (status, ending.outcome, f"{ending.ended - ending.began:.1f} s") if part)


def _output(ending: Ending | None, language: Language) -> Iterator[Child]:
    for name, text in (("stdout", ending.stdout), ("stderr", ending.stderr)) if ending else ():
        if text:
            yield element("p", f"{phrases.OUTPUT.say(language)}: {name}", class_="quiet")
            yield element("pre", text)


def sequence(
    trace: Trace, language: Language, decisive: tuple[int, ...] = (), signals: tuple[int, ...] = ()
) -> Element:
    """Draw the messages of a trace; the decisive ones are marked."""
    head = element(
        "tr",
        element("th", phrases.TIME.say(language), scope="col"),
        element(
            "th", element("span", phrases.CLIENT.say(language)), element("span", "CEC"), scope="col", class_="ends"
        ),
        element("th", "", scope="col"),
    )
    found = list(rows(trace))
    shown = [_message(row, _serial(row) in (decisive if row.exchange else signals)) for row in found[:MOST_MESSAGES]]
    foot = _omitted(len(found) - MOST_MESSAGES, language) if len(found) > MOST_MESSAGES else None
    table = element("table", element("thead", head), element("tbody", *shown), class_="sequence")
    return element("div", table, foot)


def _serial(row: Row) -> int | None:
    told = row.exchange or row.signal
    return told.serial if told else None


def _message(row: Row, decisive: bool) -> Element:  # noqa: FBT001  (one of a message's two looks)
    arrow = _ARROWS.get(row.kind, "aside")
    numbered = row.kind in _ARROWS and (decisive or row.overlapped)
    number = f"#{row.exchange.serial} " if row.exchange and numbered else ""
    notes = "; ".join(note.text for note in row.notes)
    tone = row.saying.tone.name.lower()
    return element(
        "tr",
        element("td", "" if row.time is None else f"{row.time:.3f}", class_="time"),
        element(
            "td",
            element("div", element("span", number + row.saying.text), class_=f"arrow {arrow} {tone}"),
            class_="lines",
        ),
        element("td", notes, class_=f"note {row.notes[0].tone.name.lower() if row.notes else ''}".strip()),
        class_="decisive" if decisive and row.kind in _ARROWS else "",
    )


def _omitted(count: int, language: Language) -> Element:
    return element("p", f"⋮ {phrases.left_out(count).say(language)}", class_="quiet")
