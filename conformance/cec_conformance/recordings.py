"""Judging what was recorded: stored traces, HAR of browsers and backends, evidence folders; as the events of a run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
from cec_client.protocol import Trace, TraceError
from mock_cec.trace.har_reading import read_har
from mock_cec.trace.reading import load, open_trace

from cec_conformance import evidence, facts
from cec_conformance.cases.recorded import recorded
from cec_conformance.judging import judge
from cec_conformance.merging import calls, merge, settle
from cec_conformance.results import CaseBegan, CaseEnded, CaseResult, CounterExample, RunBegan, RunEnded, Shrunk
from cec_conformance.run import Run
from cec_conformance.versions import versions
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from cec_conformance.evidence import StoredRun
    from cec_conformance.results import Event, Subject
    from cec_conformance.rule import Rule


class RecordingError(ValueError):
    """Raised when a recording cannot be read; the text is a line that begins with the file."""


def open_har(files: Sequence[str], base_url: str | None = None, path_prefix: str | None = None) -> Trace:
    """Read HAR files of one run, of a browser and a backend perhaps, and merge them by time.

    Args:
        files: The files.
        base_url: Where the platform was; without it, wherever a documented path is found.
        path_prefix: What stands before the documented paths on whichever host, such as `/cec` of a proxy.

    Raises:
        RecordingError: A file cannot be read, is no HAR, or holds no request of the API.
    """
    return merge([settle(_read(file, base_url, path_prefix)) for file in files])


def _read(file: str, base_url: str | None, path_prefix: str | None) -> Trace:
    try:
        return read_har(load(file), base_url, path_prefix)
    except TraceError as error:
        raise RecordingError(f"{file}: {' '.join(str(error).split())}") from error


def open_stored(source: str) -> Trace:
    """Open one stored trace: a file or a URL, the trace's own JSON or a HAR.

    Raises:
        RecordingError: It cannot be read, or is no trace.
    """
    try:
        return open_trace(source)
    except TraceError as error:
        raise RecordingError(str(error)) from error


def known(  # noqa: PLR0913  (an option each)
    *,
    app_key: str | None = None,
    app_secret: str | None = None,
    channel_id: str | None = None,
    user_id: str | None = None,
    flow: str | None = None,
    media: str | None = None,
    hangup_after: str | None = None,
    hangup_when: str | None = None,
) -> dict[str, str]:
    """Give the facts that a user knows beside a recording; `None` is not known.

    Args:
        app_key: The app_key that the client was given; likewise the next three.
        app_secret: The app_secret.
        channel_id: The channel.
        user_id: The end user.
        flow: One of the three flows.
        media: `audio` or `0`, `video` or `1`.
        hangup_after: Seconds, or `never`.
        hangup_when: From when they count.
    """
    given = {
        facts.APP_KEY: app_key,
        facts.APP_SECRET: app_secret,
        facts.CHANNEL_ID: channel_id,
        facts.USER_ID: user_id,
        facts.FLOW: flow,
        facts.MEDIA: None if media is None else {"audio": "0", "video": "1"}.get(media, media),
        facts.HANGUP_AFTER: "" if hangup_after == "never" else hangup_after,
        facts.HANGUP_WHEN: hangup_when,
    }
    return {name: value for name, value in given.items() if value is not None}


def judge_trace(
    trace: Trace,
    rules: Sequence[Rule],
    *,
    target: str,
    given: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Event]:
    """Judge a recording.

    Args:
        trace: The recording; one of several calls is judged call by call.
        rules: The catalogue.
        target: How reports call it.
        given: Facts that the user knows (see `facts`); they come before those of the trace.
        settings: What else reports shall show: the command, the date.
    """
    found = calls(trace)
    results = [_judged(name, user, part, given or {}, rules) for name, user, part in _named(found)]
    names = tuple(result.case.name for result in results)
    yield RunBegan(target, names, versions(rules) | dict(settings or {}))
    for result in results:
        yield CaseBegan(result.case)
        yield CaseEnded(result)
    yield RunEnded(0.0, None if results else _NOTHING)


def of_a_visit(trace: Trace) -> bool:
    """Say whether a trace was recorded by a visitor of a server, and not from a client."""
    return facts.TOKEN_BASE_URL in trace.facts


def judge_visit(
    trace: Trace, rules: Sequence[Rule], *, target: str, settings: Mapping[str, str] | None = None
) -> Iterator[Event]:
    """Judge a stored visit to a server.

    Args:
        trace: What the visitor recorded.
        rules: The catalogue of rules for servers.
        target: How reports call it.
        settings: What else reports shall show: the command, the date.
    """
    case = recorded("recording", "A recorded visit", "录制的访问")
    yield RunBegan(target, (case.name,), versions(rules) | dict(settings or {}), "server")
    yield CaseBegan(case)
    yield CaseEnded(CaseResult(case, trace, judge(Run(trace), rules)))
    yield RunEnded(0.0, None if trace.exchanges else _NOTHING)


_NOTHING = Words("there is no request of the API in this recording", "录制中没有该 API 的请求")


def _named(found: Sequence[tuple[str | None, Trace]]) -> Iterator[tuple[str, str | None, Trace]]:
    for number, (user, trace) in enumerate(found, 1):
        yield "recording" if len(found) == 1 else f"recording-{number}", user, trace


def _judged(name: str, user: str | None, trace: Trace, given: Mapping[str, str], rules: Sequence[Rule]) -> CaseResult:
    trace = replace(trace, facts={**trace.facts, **given})
    of = (f" of {user}", f"{user} 的") if user is not None else ("", "")
    when = f" ({trace.started})" if trace.started else ""
    case = recorded(name, f"A recorded call{of[0]}{when}", f"录制的{of[1]}呼叫{when}")
    return CaseResult(case, trace, judge(Run(trace), rules))


def subject_of(folder: Path) -> Subject:
    """Say whether an evidence folder is about a client or a server.

    Raises:
        RecordingError: It is no evidence folder.
    """
    try:
        return evidence.read_run(folder).subject
    except evidence.EvidenceError as error:
        raise RecordingError(str(error)) from error


def judge_again(folder: Path, rules: Sequence[Rule], settings: Mapping[str, str] | None = None) -> Iterator[Event]:
    """Judge an evidence folder again, offline.

    Its traces are judged anew. Where a file is not as it was written, or a verdict comes out otherwise, an extra case
    called `evidence` cannot be judged and says why, so that nobody takes the folder for what it was.

    Raises:
        RecordingError: It is no evidence folder, or a file of it cannot be read.
    """
    try:
        run = evidence.read_run(folder)
        then = [evidence.read_case(folder / evidence.CASES / name) for name in run.cases]
        examples = {rule: evidence.read_case(folder / evidence.EXAMPLES / rule) for rule in run.examples}
        doubts = evidence.changes(folder)
    except evidence.EvidenceError as error:
        raise RecordingError(str(error)) from error
    now = [_anew(result, rules) for result in then]
    doubts = (*doubts, *_differences(then, now))
    yield _began(run, now, rules, settings or {})
    for result in (*now, *([_doubted(doubts)] if doubts else [])):
        yield CaseBegan(result.case)
        yield CaseEnded(result)
    for rule, result in examples.items():
        yield Shrunk(CounterExample(rule, _anew(result, rules), evidence.scenario_text(result.case), 0))
    yield RunEnded(run.seconds, run.unjudged)


def _anew(result: CaseResult, rules: Sequence[Rule]) -> CaseResult:
    """Judge a case again, if it was judged at all."""
    if result.skipped or result.searched:
        return result  # what no rule has said no rule says again
    verdicts = judge(Run(result.trace), rules) if result.verdicts else ()
    return msgspec.structs.replace(result, verdicts=verdicts)


def _differences(then: Iterable[CaseResult], now: Iterable[CaseResult]) -> Iterator[Words]:
    for before, after in zip(then, now, strict=True):
        said = {verdict.rule: verdict.state for verdict in before.verdicts}
        for verdict in after.verdicts:
            was = said.get(verdict.rule)
            if was is not verdict.state:
                name = f"{verdict.rule} in {before.case.name}"
                yield Words(
                    f"{name} is {verdict.state} now, and was {was or 'not judged'}",
                    f"{before.case.name} 中 {verdict.rule} 现为 {verdict.state}，原为 {was or 'not judged'}",
                )


def _doubted(doubts: tuple[Words, ...]) -> CaseResult:
    case = recorded("evidence", "The folder is as it was written", "证据目录保持原样")
    trouble = Words("; ".join(doubt.en for doubt in doubts), "；".join(doubt.zh for doubt in doubts))
    return CaseResult(case, Trace(), (), trouble=trouble)


def _began(run: StoredRun, now: Sequence[CaseResult], rules: Sequence[Rule], settings: Mapping[str, str]) -> RunBegan:
    versions_now = {f"{name} now": text for name, text in versions(rules).items() if run.settings.get(name) != text}
    names = tuple(result.case.name for result in now)
    return RunBegan(run.target, names, {**run.settings, **versions_now, **settings}, run.subject)
