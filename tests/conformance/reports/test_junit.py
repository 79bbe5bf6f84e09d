"""JUnit XML in the shape that Jenkins and GitLab read."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, fromstring

from cec_conformance.baseline import parse
from cec_conformance.reports.conclusion import Demands
from cec_conformance.reports.junit import JUnitFile
from cec_conformance.results import CaseResult
from cec_conformance.words import Words

from tests.conformance.reports.played import RULES, bad, good, run_of

if TYPE_CHECKING:
    from pathlib import Path

SHAPE: dict[str, tuple[set[str], set[str], set[str]]] = {
    # element: attributes it must have, attributes it may have, children it may have (as in Jenkins' junit-10.xsd)
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors", "skipped"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        {"skipped", "time", "timestamp"},
        {"testcase", "system-out"},
    ),
    "testcase": ({"name", "classname"}, {"time"}, {"failure", "error", "skipped", "system-out"}),
    "failure": (set(), {"type", "message"}, set()),
    "error": (set(), {"type", "message"}, set()),
    "skipped": (set(), {"message"}, set()),
    "system-out": (set(), set(), set()),
}


def written(tmp_path: Path, results: tuple[CaseResult, ...], demands: Demands | None = None) -> Element:
    file = tmp_path / "report.xml"
    report = JUnitFile(file, RULES, demands)
    for event in run_of(results):
        report(event)
    return fromstring(file.read_bytes())  # noqa: S314  (our own file)


def valid(element: Element) -> bool:
    needed, more, children = SHAPE[element.tag]
    assert needed <= element.attrib.keys() <= needed | more, element.tag
    assert {child.tag for child in element} <= children, element.tag
    if element.tag == "testsuite":
        cases = element.findall("testcase")
        assert int(element.attrib["tests"]) == len(cases)
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(element.attrib[name]) == sum(case.find(tag) is not None for case in cases)
    return all(valid(child) for child in element)


def of(root: Element, rule: str) -> Element:
    [case] = [case for case in root.iter("testcase") if case.attrib["name"].startswith(rule)]
    return case


def test_it_has_the_shape_that_servers_read(tmp_path: Path) -> None:
    assert valid(written(tmp_path, bad()))
    assert valid(written(tmp_path, good()))


def test_a_rule_is_a_test_case_whose_name_stays_the_same(tmp_path: Path) -> None:
    names = [case.attrib["name"] for case in written(tmp_path, bad()).iter("testcase")]

    assert names == [case.attrib["name"] for case in written(tmp_path, good()[:1]).iter("testcase")]
    assert len([name for name in names if name.startswith(("C-", "T-"))]) == len(RULES)


def test_a_broken_must_is_a_failure_with_its_story(tmp_path: Path) -> None:
    failure = of(written(tmp_path, bad()), "C-DROP-02").find("failure")

    assert failure is not None
    assert failure.attrib["message"] == "it came before any create had succeeded"
    assert "dropClickToCall ─" in (failure.text or "")


def test_a_warning_and_an_expected_failure_are_skipped_with_their_story(tmp_path: Path) -> None:
    root = written(tmp_path, bad(), Demands(baseline=parse("C-DROP-02", RULES, "known.txt")))

    for rule, message in (("T-CALM-01", "warning: 2 drops"), ("C-DROP-02", "expected: it came before")):
        skipped = of(root, rule).find("skipped")
        assert skipped is not None
        assert skipped.attrib["message"].startswith(message)
        assert of(root, rule).find("system-out") is not None


def test_what_was_not_exercised_is_skipped_unless_it_is_required(tmp_path: Path) -> None:
    skipped = of(written(tmp_path, good()), "T-NEVER-01").find("skipped")
    failure = of(written(tmp_path, good(), Demands(every_must=True)), "T-NEVER-01").find("failure")

    assert skipped is not None
    assert failure is not None
    assert failure.attrib["message"] == skipped.attrib["message"] == "not exercised: no case gave occasion"


def test_an_unexpected_pass_is_a_failure_that_names_its_line(tmp_path: Path) -> None:
    root = written(tmp_path, good(), Demands(baseline=parse("T-LOGIN-01", RULES, "known.txt")))
    failure = of(root, "T-LOGIN-01").find("failure")

    assert failure is not None
    assert failure.attrib["message"] == "known.txt:1"


def test_trouble_is_an_error_and_odd_letters_do_no_harm(tmp_path: Path) -> None:
    [first, *_] = good()
    root = written(tmp_path, (CaseResult(first.case, first.trace, (), trouble=Words("a \x1b[0m \x00 port", "端口")),))

    errors = [error.attrib["message"] for error in root.iter("error")]
    assert errors[1] == "a �[0m � port"
    assert errors[0].startswith("Not judged")
