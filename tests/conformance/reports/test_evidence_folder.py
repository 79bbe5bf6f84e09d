"""Evidence: complete, without secrets, and judged again offline to the same verdict."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from io import StringIO
from typing import TYPE_CHECKING

import msgspec
import pytest
from cec_client.protocol import Signal, SignalKind, Trace
from cec_conformance import evidence
from cec_conformance.evidence import scenario_text
from cec_conformance.judging import State, Verdict
from cec_conformance.recordings import RecordingError, judge_again
from cec_conformance.reports.choosing import Reports, reports
from cec_conformance.reports.conclusion import Demands
from cec_conformance.reports.evidence_folder import EvidenceFolder
from cec_conformance.reports.summary import Gathering, Summary
from cec_conformance.reports.writing import ReportError
from cec_conformance.results import CaseEnded, CaseResult, CounterExample, RunEnded, Shrunk
from cec_conformance.words import Words
from rich.console import Console

from tests.conformance.reports.played import HANG_UP, RULES, CleansUp, bad, good, result, run_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from cec_conformance.results import Event

SECRETS = ("conformance-secret", "hunter2")


def written(folder: Path, results: Iterable[CaseResult], *more: Event) -> Path:
    told = Reports(RULES, Demands(), EvidenceFolder(folder, RULES))
    *events, last = run_of(results)
    for event in (*events, *more, last):
        told(event)
    return folder


def again(folder: Path) -> Summary:
    gathering = Gathering(RULES)
    for event in judge_again(folder, RULES):
        gathering(event)
    return gathering.summary()


def verdicts(summary: Summary) -> dict[str, dict[str, str]]:
    return {one.case.name: {verdict.rule: verdict.state for verdict in one.verdicts} for one in summary.results}


def test_it_holds_what_an_auditor_wants(tmp_path: Path) -> None:
    folder = written(tmp_path / "evidence", bad(stdout="dialling\n"))

    names = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    case = {
        f"cases/hang-up/{name}" for name in ("case.json", "trace.json", "scenario.yaml", "stdout.txt", "stderr.txt")
    }
    other = {"README.txt", "run.json", "SHA256SUMS", "reports/report.json", "reports/report.xml", "reports/report.html"}
    assert case | other <= names
    assert (folder / "cases/hang-up/stdout.txt").read_text() == "dialling\n"
    run = json.loads((folder / "run.json").read_bytes())
    assert (run["format"], run["target"], run["settings"]["seed"]) == ("cec-conformance-evidence", "node my.js", "7")
    assert run["cases"] == ["released", "hang-up"]


def test_its_checksums_are_those_that_sha256sum_reads(tmp_path: Path) -> None:
    folder = written(tmp_path / "evidence", good())

    for line in (folder / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert sha256((folder / name).read_bytes()).hexdigest() == digest


def test_no_secret_is_in_any_file(tmp_path: Path) -> None:
    plain = result(HANG_UP, CleansUp, stdout=f"debug: {SECRETS[0]}")
    login, apply = (json.loads(one.response_body) for one in plain.trace.exchanges[:2])
    issued = (login["AccessToken"], apply["token"])
    folder = written(tmp_path / "evidence", [plain], Shrunk(CounterExample("C-DROP-02", plain, "title: x\n", 1)))

    for file in folder.rglob("*"):
        data = file.read_text("utf-8") if file.is_file() else ""
        assert [secret for secret in (*issued, *SECRETS) if secret in data] == [], file


def test_it_is_judged_again_to_the_same_verdict(tmp_path: Path) -> None:
    results = bad()
    smallest = CounterExample("C-DROP-02", results[1], scenario_text(HANG_UP), 5)
    found = again(written(tmp_path / "evidence", results, Shrunk(smallest)))

    assert verdicts(found) == {one.case.name: {v.rule: v.state for v in one.verdicts} for one in results}
    assert [one.case.hangup_after for one in found.results] == [None, 0.5]
    assert found.results[1].ending is not None
    assert found.results[1].ending.outcome == "hung_up"
    assert found.telling("C-DROP-02").case.name == "hang-up"
    assert (found.began.target, found.ended) == ("node my.js", RunEnded(1.5))


def test_what_could_not_be_judged_then_is_not_judged_now(tmp_path: Path) -> None:
    plain = result(HANG_UP)
    troubled = msgspec.structs.replace(plain, verdicts=(), trouble=Words("no port", "没有端口"), ending=None)
    found = again(written(tmp_path / "evidence", [troubled]))

    assert verdicts(found) == {"hang-up": {}}
    assert [one.trouble for one in found.troubled] == [Words("no port", "没有端口")]


def _append(folder: Path) -> None:
    with (folder / "cases/hang-up/stdout.txt").open("a") as file:
        file.write("more")


def _remove(folder: Path) -> None:
    (folder / "cases/hang-up/stderr.txt").unlink()


def _add(folder: Path) -> None:
    (folder / "note.txt").write_text("x")


def _unsum(folder: Path) -> None:
    (folder / "SHA256SUMS").unlink()


def _rewrite(folder: Path) -> None:
    file = folder / "cases/hang-up/trace.json"
    trace = Trace.from_json(file.read_bytes())
    innocent = Trace(exchanges=trace.exchanges[:2] + trace.exchanges[3:], facts=trace.facts)
    file.write_bytes(innocent.to_json())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_append, ["cases/hang-up/stdout.txt was changed"]),
        (_remove, ["cases/hang-up/stderr.txt is missing"]),
        (_add, ["note.txt was added"]),
        (_unsum, ["there are no checksums (SHA256SUMS)"]),
        (
            _rewrite,
            ["cases/hang-up/trace.json was changed", "C-DROP-02 in hang-up is passed now, and was failed"],
        ),
    ],
)
def test_a_folder_that_was_changed_is_told_from_the_one_that_was_written(
    tmp_path: Path, change: Callable[[Path], None], said: list[str]
) -> None:
    folder = written(tmp_path / "evidence", [result(HANG_UP, CleansUp)])
    change(folder)
    if change is _remove:
        with pytest.raises(RecordingError, match=r"stderr\.txt: cannot be read"):
            again(folder)
        assert [words.en for words in evidence.changes(folder)] == said
        return

    [doubted] = again(folder).troubled
    assert doubted.case.name == "evidence"
    assert doubted.trouble is not None
    assert [part for part in said if part not in doubted.trouble.en] == []


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("run.json", b"{}", "run.json: Object missing required field"),
        (
            "run.json",
            b'{"format":"x","version":1,"target":"","settings":{},"seconds":0,"unjudged":null,"cases":[],'
            b'"examples":[]}',
            "its \"format\" is 'x'",
        ),
        (
            "run.json",
            b'{"format":"cec-conformance-evidence","version":9,"target":"","settings":{},"seconds":0,'
            b'"unjudged":null,"cases":[],"examples":[]}',
            "has version 9",
        ),
        ("cases/hang-up/case.json", b"\xff", "case.json: "),
        ("cases/hang-up/trace.json", b"[]", "trace.json: this is not a stored trace"),
        ("cases/hang-up/scenario.yaml", b"title: [", "scenario.yaml"),
    ],
)
def test_a_folder_that_cannot_be_read_is_one_line(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    folder = written(tmp_path / "evidence", [result(HANG_UP)])
    (folder / name).write_bytes(data)

    with pytest.raises(RecordingError) as raised:
        again(folder)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_folder_without_evidence_says_so(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"this is no evidence folder: it has no run\.json"):
        again(tmp_path)


@pytest.mark.parametrize("name", ["..", "a/b", "con:aux", "x" * 300, "查询"])
def test_whatever_a_case_is_called_its_files_stay_in_the_folder(tmp_path: Path, name: str) -> None:
    plain = result(HANG_UP)
    odd = msgspec.structs.replace(plain, case=msgspec.structs.replace(plain.case, name=name))
    folder = written(tmp_path / "evidence", [odd])

    assert [file for file in tmp_path.rglob("trace.json") if file.parent.parent != folder / "cases"] == []
    assert list(verdicts(again(folder))) == [name]


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")

    with pytest.raises(ReportError, match="name a folder that is new or empty"):
        EvidenceFolder(tmp_path, RULES)
    with pytest.raises(ReportError, match="is a file"):
        EvidenceFolder(file, RULES)


def test_a_run_that_is_broken_off_leaves_its_reports(tmp_path: Path) -> None:
    json_file, junit, html, folder = files = [tmp_path / name for name in ("json", "junit", "html", "evidence")]
    console = Console(file=StringIO())
    told = reports(RULES, Demands(), "en", console=console, json=json_file, junit=junit, html=html, evidence=folder)
    *events, _last = run_of(bad())
    for event in events[:-1]:
        told(event)
    told.close()
    told.close()

    assert all(file.exists() for file in files)
    assert told.conclusion.status == 1
    assert json.loads(json_file.read_bytes())["conclusion"]["status"] == 1
    assert [one for one in events if isinstance(one, CaseEnded)]
    assert (folder / "SHA256SUMS").exists()


def test_a_report_that_cannot_be_written_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    lost, junit, html, folder = (
        tmp_path / "file" / "report.json",
        tmp_path / "junit",
        tmp_path / "html",
        tmp_path / "new",
    )
    shown = StringIO()
    told = reports(
        RULES, Demands(), "en", console=Console(file=shown), json=lost, junit=junit, html=html, evidence=folder
    )
    *events, last = run_of(bad())
    for event in events:
        told(event)
    with pytest.raises(ReportError, match=r"report\.json: cannot be written"):
        told(last)

    assert all(written.exists() for written in (junit, html, folder / "SHA256SUMS"))
    assert "Not conformant" in shown.getvalue()
    told.close()


def test_what_a_report_could_not_write_in_mid_run_is_told_at_the_end_and_once() -> None:
    failed: list[str] = []
    heard: list[str] = []

    def fails(event: Event) -> None:
        failed.append(type(event).__name__)
        raise ReportError("disk: full")

    told = Reports(RULES, Demands(), fails, lambda event: heard.append(type(event).__name__))
    *events, last = run_of(good())
    for event in events:
        told(event)
    with pytest.raises(ReportError, match=r"^disk: full$"):
        told(last)
    assert (len(failed), len(heard)) == (1, len(events) + 1)


def test_the_messages_to_the_gateway_are_kept(tmp_path: Path) -> None:
    (released, *_) = good()
    invite = Signal(serial=1, at=0.5, kind=SignalKind.RECEIVED, text="INVITE sip:1790@x SIP/2.0\r\n\r\n", call="1790")
    case = msgspec.structs.replace(released.case, connect_media=True)
    trace = replace(released.trace, signals=(invite,))
    folder = written(tmp_path / "evidence", [msgspec.structs.replace(released, case=case, trace=trace)])
    (found,) = again(folder).results

    assert found.case.connect_media
    assert found.trace.signals == (invite,)
    assert verdicts(again(folder)) == {"released": {one.rule: one.state for one in released.verdicts}}


def test_what_was_skipped_stays_so_for_the_same_reason(tmp_path: Path) -> None:
    (released, *_) = good()
    why = Words("no media", "没有媒体")
    said = tuple(
        Verdict(rule.id, State.NOT_EXERCISED, because=why if rule.id == "C-DROP-02" else None) for rule in RULES
    )
    skipped = msgspec.structs.replace(released, verdicts=said, skipped=True)
    (found,) = again(written(tmp_path / "evidence", [skipped])).results

    assert (found.verdicts, found.why_skipped) == (said, why)
