"""The page: complete, self-contained, and proof against what a hostile client prints."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from importlib.resources import files
from typing import TYPE_CHECKING

import msgspec
import pytest
from cec_conformance.reports.conclusion import Demands
from cec_conformance.reports.html import HtmlFile, html
from cec_conformance.reports.html_matrix import MOST_CASES
from cec_conformance.reports.phrases import GRAVEST_FIRST, css
from cec_conformance.reports.summary import Summary
from cec_conformance.results import CaseResult, RunBegan, RunEnded
from cec_conformance.rule import Level
from cec_conformance.words import Language, Words

from tests.conformance.reports.played import HANG_UP, RULES, SETTINGS, bad, good, result, run_of

if TYPE_CHECKING:
    from pathlib import Path


class Page(HTMLParser):
    """What a browser makes of a page: its elements and its text."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(data.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def ids(self) -> set[str | None]:
        return {attributes["id"] for _, attributes in self.elements if "id" in attributes}


def page(results: tuple[CaseResult, ...], language: Language = "en") -> Page:
    summary = Summary(RULES, RunBegan("node my.js", (), SETTINGS), results, ended=RunEnded(1.5))
    return Page(html(summary, Demands(), language, lambda _results: [(Words("retries", "重试"), Words("3", "3 次"))]))


def test_it_tells_verdict_counts_stories_matrix_and_cases() -> None:
    found = page(bad())

    for part in (
        "Not conformant: it breaks C-DROP-02.",
        "after #2 applyToken: checkClickToCallSupport (§5.2)",
        "#3 dropClickToCall: it came before any create had succeeded",
        "event: queued",
        "T-NEVER-01",
        "retries",
        "2 polls",
        SETTINGS["date"],
    ):
        assert part in found.text
    assert {"story-C-DROP-02", "rule-C-DROP-02", "case-hang-up"} <= found.ids()


def test_it_speaks_chinese_and_says_so() -> None:
    found = page(bad(), "zh")

    assert ("html", {"lang": "zh-CN"}) in found.elements
    for part in ("不符合：违反了 C-DROP-02。", "规则 × 用例", "此时允许"):
        assert part in found.text


def test_every_link_leads_somewhere_on_the_page() -> None:
    found = page(bad())
    links = [attributes["href"] or "" for tag, attributes in found.elements if tag == "a"]

    assert links
    assert [link for link in links if link[0] != "#" or link[1:] not in found.ids()] == []


def test_it_loads_nothing_and_runs_nothing() -> None:
    found = page(bad())
    tags = {tag for tag, _ in found.elements}
    policies = [attributes.get("content") for tag, attributes in found.elements if tag == "meta"]

    assert tags & {"script", "link", "img", "iframe", "object", "base", "form"} == set()
    assert not re.search(r"url\(|@import", files("cec_conformance.reports").joinpath("report.css").read_text("utf-8"))
    assert "default-src 'none'; style-src 'unsafe-inline'" in policies


HOSTILE = (
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "]]>&lt;b&gt;",
    "\x1b]8;;http://x\x07\x00",
)


@pytest.mark.parametrize("said", HOSTILE)
def test_whatever_a_client_prints_stays_text(said: str) -> None:
    quiet, loud = page((result(HANG_UP),)), page((result(HANG_UP, stdout="…"),))
    played = result(HANG_UP, stdout=said)
    case = msgspec.structs.replace(played.case, title=Words(said, said))
    hostile = page((msgspec.structs.replace(played, case=case),))

    assert [tag for tag, _ in hostile.elements] == [tag for tag, _ in loud.elements]
    assert len(loud.elements) > len(quiet.elements)
    assert not any(name.startswith("on") for _, attributes in hostile.elements for name in attributes)
    visible = "".join(letter if letter.isprintable() else "�" for letter in said)
    assert visible in hostile.text


def test_a_hostile_answer_or_path_stays_text_too() -> None:
    played = result(HANG_UP)
    odd = msgspec.structs.replace(
        played,
        trouble=Words(HOSTILE[0], HOSTILE[0]),
        verdicts=(),
        case=msgspec.structs.replace(HANG_UP, name=HOSTILE[2]),
    )

    assert "script" not in {tag for tag, _ in page((odd,)).elements}
    assert HOSTILE[0] in page((odd,)).text


def test_each_filter_has_its_rule_in_the_style_sheet() -> None:
    sheet = files("cec_conformance.reports").joinpath("report.css").read_text("utf-8")
    boxes = {attributes["id"] for tag, attributes in page(bad()).elements if tag == "input"}

    assert boxes == {f"show-level-{level}" for level in Level} | {f"show-state-{css(state)}" for state in GRAVEST_FIRST}
    for box in boxes:
        row = (box or "").removeprefix("show-")
        assert f"body:has(#{box}:not(:checked)) .matrix tr.{row}" in sheet


def test_of_very_many_cases_those_with_news_are_shown() -> None:
    [fine, _], [_, broken] = good(), bad()
    many = [
        msgspec.structs.replace(fine, case=msgspec.structs.replace(fine.case, name=f"c{n}")) for n in range(MOST_CASES)
    ]
    found = page((*many, broken))

    assert "case-hang-up" in found.ids()
    assert f"case-c{MOST_CASES - 1}" not in found.ids()
    assert "1 more case, not shown, broke nothing" in found.text


def test_the_file_is_written_when_the_run_has_ended(tmp_path: Path) -> None:
    report = HtmlFile(tmp_path / "report.html", RULES)
    *events, last = run_of(good())
    for event in events:
        report(event)
    assert not (tmp_path / "report.html").exists()
    report(last)

    assert "Conformant as far as shown" in (tmp_path / "report.html").read_text("utf-8")
