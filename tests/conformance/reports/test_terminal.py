"""The report on a terminal: plain lines for logs, progress for people, and a verdict at the end."""

from __future__ import annotations

from io import StringIO

import pytest
from cec_conformance.probing import PROBE
from cec_conformance.reports.conclusion import Demands
from cec_conformance.reports.measuring import client_policy
from cec_conformance.reports.terminal import TerminalReport
from cec_conformance.results import CaseResult
from cec_conformance.words import Language, Words
from mock_cec.trace.columns import width
from rich.console import Console

from tests.conformance.reports.played import RULES, bad, good, run_of


def shown(
    results: tuple[CaseResult, ...],
    language: Language = "en",
    *,
    terminal: bool = False,
    unjudged: Words | None = None,
    demands: Demands | None = None,
) -> str:
    stream = StringIO()
    console = Console(file=stream, width=80, highlight=False, force_terminal=terminal, color_system=None)
    report = TerminalReport(
        RULES, demands, language, console, lambda _results: [(Words("retries", "重试"), Words("3", "3 次"))]
    )
    for event in run_of(results, unjudged):
        report(event)
    return stream.getvalue()


def test_a_good_run_is_short_and_ends_with_the_verdict() -> None:
    lines = shown(good()).splitlines()

    assert lines[:3] == ["CEC click-to-call conformance: node my.js", "  ✓  released", "  ✓  hang-up"]
    assert lines[-1] == "exit status 0: nothing that counts was broken · 1.5 s"
    assert "Conformant as far as shown: no MUST was broken; 5 of 6 rules were" in lines[-3]


def test_a_bad_run_tells_stories_and_what_was_not_exercised() -> None:
    said = shown(bad())

    assert "  ✗  hang-up: C-DROP-02" in said
    assert "What came     #3 dropClickToCall" in said
    assert "no case gave occasion" in said
    assert "T-NEVER-01" in said
    assert said.index("What was broken") < said.index("Summary") < said.index("Not conformant: it breaks C-DROP-02.")


def test_a_warning_is_called_so_unless_it_counts() -> None:
    assert "(warning)" in shown(bad())
    assert "(warning)" not in shown(bad(), demands=Demands(strict=True))


def test_the_counts_are_by_level_and_basis() -> None:
    rows = [line.split() for line in shown(bad()).splitlines()]

    assert ["MUST", "documented", "–", "–", "2", "–", "–"] in rows
    assert ["MUST", "inferred", "1", "–", "–", "–", "1"] in rows
    assert ["SHOULD", "hygiene", "1", "–", "–", "–", "–"] in rows
    assert ["INFO", "reference", "–", "1", "–", "–", "–"] in rows


def test_what_was_measured_and_noted_is_shown() -> None:
    said = shown(good())

    assert said.index("The client's measured policy") < said.index("retries")
    assert said.index("Where the guide leaves a choice") < said.index("T-NOTE-01")
    assert "2 polls" in said


def test_a_clients_policy_is_measured_unless_nothing_was_judged() -> None:
    [first, *_] = good()
    unjudged = CaseResult(first.case, first.trace, (), trouble=Words("no port", "没有端口"))

    assert [found.en for about, found in client_policy(good()) if about.en == "after the end of the call"] == [
        "sends no dropClickToCall"
    ]
    assert list(client_policy((unjudged,))) == []


def test_it_speaks_chinese() -> None:
    said = shown(bad(), "zh")

    for part in ("违反的规则", "汇总", "未触及的规则及原因", "不符合：违反了 C-DROP-02。", "退出码 1"):
        assert part in said


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_fits_eighty_columns(language: Language) -> None:
    wide = [line for line in shown(bad(), language).splitlines() if width(line.rstrip()) > 80]

    assert wide == []


def test_on_a_terminal_cases_without_news_make_no_line() -> None:
    said = shown(good(), terminal=True)

    assert "✓  released" not in said
    assert "Conformant as far as shown" in said


def test_a_run_that_judged_nothing_says_why() -> None:
    said = shown((), unjudged=Words("the command does not exist", "命令不存在"))

    assert "Not judged: the command does not exist." in said
    assert "exit status 2" in said


def test_a_run_that_judged_nothing_says_it_once_and_in_the_client_s_own_lines() -> None:
    trouble = Words("it sent nothing. Its last words:\n  at line 7\nSyntaxError", "它什么也没发。\n  at line 7")
    said = shown((CaseResult(PROBE, bad()[0].trace, (), trouble=trouble),), unjudged=trouble)

    assert said.count("it sent nothing") == 1
    assert "last words:\n  at line 7\nSyntaxError\nexit status 2" in said
    assert "Summary" not in said


def test_what_a_client_printed_moves_no_cursor() -> None:
    [first, *_] = bad()
    hostile = CaseResult(first.case, first.trace, (), trouble=Words("\x1b[2J\x1b[31mboo", "嘘"))

    assert "\x1b" not in shown((hostile,))
