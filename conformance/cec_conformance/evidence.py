"""The evidence folder: which files it holds and in which form, for those who write and those who read it.

run.json               what was judged by what, when and how, and which cases there are
cases/NAME/            case.json (what was wanted, the verdicts), trace.json, scenario.yaml, stdout.txt, stderr.txt
examples/RULE/         the same of the smallest counter-example
reports/               report.json, report.xml, report.html
SHA256SUMS             of all of these, as `sha256sum --check` reads them
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from cec_client.protocol import Trace, TraceError
from mock_cec.scenario.loading import ScenarioError, load
from msgspec import Struct

from cec_conformance.cases.case import Case, Flow, Media, Moment
from cec_conformance.cases.recorded import RECORDED
from cec_conformance.judging import Verdict  # noqa: TC001  (msgspec reads by the type)
from cec_conformance.results import CaseResult, Ending, Subject
from cec_conformance.scenario_file import options_of, yaml_of
from cec_conformance.words import Words

if TYPE_CHECKING:
    from pathlib import Path

_Stored = TypeVar("_Stored")

FORMAT: Final = "cec-conformance-evidence"
VERSION: Final = 1

RUN: Final = "run.json"
CASES: Final = "cases"
EXAMPLES: Final = "examples"
REPORTS: Final = "reports"
CHECKSUMS: Final = "SHA256SUMS"


class EvidenceError(ValueError):
    """Raised when a folder holds no evidence that can be read; the text is a line that begins with the file."""


class StoredCase(Struct, frozen=True, kw_only=True):
    """What `case.json` holds; see `Case`, `Ending` and `CaseResult` for the members."""

    name: str
    title: Words
    flow: Flow
    media: Media
    connect_media: bool = False
    hangup_after: float | None
    hangup_when: Moment
    aims: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    exit_status: int | None = None
    outcome: str = ""
    began: float | None = None
    ended: float | None = None
    skipped: bool = False
    trouble: Words | None = None
    searched: bool = False


class StoredRun(Struct, frozen=True, kw_only=True):
    """What `run.json` holds.

    Attributes:
        format: `cec-conformance-evidence`.
        version: Of the format.
        target: What was judged.
        settings: Versions of guide, catalogue and tool, command, seed, date.
        seconds: How long it took.
        unjudged: Why nothing could be judged; `None` if something could.
        cases: The folders of the cases, in the order in which they ended.
        examples: The rules that have a smallest counter-example.
        subject: Whether a client or a server was judged.
    """

    format: str
    version: int
    target: str
    settings: dict[str, str]
    seconds: float
    unjudged: Words | None
    cases: tuple[str, ...]
    examples: tuple[str, ...]
    subject: Subject = "client"


def folder_of(name: str) -> str:
    """Name the folder of a case: its name, unless a file system might stumble over it."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name).strip(".")[:80]
    return plain if plain == name else f"{plain}-{sha256(name.encode()).hexdigest()[:8]}"


def files(result: CaseResult) -> dict[str, bytes]:
    """Give the files of a case's folder."""
    case, ending = result.case, result.ending
    stored = StoredCase(
        **{name: getattr(case, name) for name in _CASE},
        verdicts=result.verdicts,
        skipped=result.skipped,
        trouble=result.trouble,
        searched=result.searched,
        **({name: getattr(ending, name) for name in _ENDING} if ending else {}),
    )
    found = {"case.json": pretty(stored), "trace.json": pretty(msgspec.Raw(result.trace.to_json()))}
    if case.scenario != RECORDED:
        found["scenario.yaml"] = scenario_text(case).encode()
    if ending is not None:
        found["stdout.txt"] = ending.stdout.encode("utf-8", "surrogateescape")
        found["stderr.txt"] = ending.stderr.encode("utf-8", "surrogateescape")
    return found


def scenario_text(case: Case) -> str:
    """Write the scenario of a case as YAML, under the title of the case and the user's wishes as options."""
    scenario = msgspec.structs.replace(case.scenario, title=case.title.en)
    return f"# {' '.join(options_of(case)) or 'a call that nobody hangs up'}\n{yaml_of(scenario)}"


_CASE: Final = ("name", "title", "flow", "media", "connect_media", "hangup_after", "hangup_when", "aims")
_ENDING: Final = ("exit_status", "outcome", "began", "ended")


def pretty(value: object) -> bytes:
    """Write JSON that a person can read."""
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"


def read_run(folder: Path) -> StoredRun:
    """Read `run.json`.

    Raises:
        EvidenceError: It is none.
    """
    file = folder / RUN
    if not file.exists():
        raise EvidenceError(f"{folder}: this is no evidence folder: it has no {RUN}")
    run = _decode(file, StoredRun)
    if run.format != FORMAT:
        raise EvidenceError(f'{file}: its "format" is {run.format!r}, not {FORMAT!r}')
    if run.version != VERSION:
        raise EvidenceError(f"{file}: the evidence has version {run.version}; this program reads version {VERSION}")
    return run


def read_case(folder: Path) -> CaseResult:
    """Read what came of a case, with the verdicts that it got then.

    Raises:
        EvidenceError: One of its files cannot be read.
    """
    stored = _decode(folder / "case.json", StoredCase)
    ending = None
    if stored.began is not None and stored.ended is not None:
        stdout, stderr = (_text(folder / name) for name in ("stdout.txt", "stderr.txt"))
        ending = Ending(stored.exit_status, stored.outcome, stored.began, stored.ended, stdout, stderr)
    return CaseResult(
        case=_case(folder, stored),
        trace=_trace(folder / "trace.json"),
        verdicts=stored.verdicts,
        ending=ending,
        skipped=stored.skipped,
        trouble=stored.trouble,
        searched=stored.searched,
    )


def _case(folder: Path, stored: StoredCase) -> Case:
    file = folder / "scenario.yaml"
    scenario = RECORDED
    if file.exists():
        try:
            scenario = load(_text(file), str(file))
        except ScenarioError as error:
            raise EvidenceError(" ".join(str(error).split())) from error
    wishes: dict[str, Any] = {name: getattr(stored, name) for name in _CASE}
    return Case(**wishes, scenario=scenario)


def _trace(file: Path) -> Trace:
    try:
        return Trace.from_json(_bytes(file))
    except TraceError as error:
        raise EvidenceError(f"{file}: {error}") from error


def _decode(file: Path, kind: type[_Stored]) -> _Stored:
    try:
        return msgspec.json.decode(_bytes(file), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise EvidenceError(f"{file}: {error}") from error


def _text(file: Path) -> str:
    return _bytes(file).decode("utf-8", "replace")


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise EvidenceError(f"{file}: cannot be read: {error.strerror or error}") from error


def checksums(folder: Path) -> str:
    """Write the checksums of everything in a folder, the way `sha256sum` does."""
    lines = [f"{digest}  {name}\n" for name, digest in sorted(_digests(folder).items())]
    return "".join(lines)


def changes(folder: Path) -> tuple[Words, ...]:
    """Say which files are not as they were when the evidence was written."""
    try:
        lines = (folder / CHECKSUMS).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return (Words(f"there are no checksums ({CHECKSUMS})", f"没有校验和（{CHECKSUMS}）"),)
    then = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    now = _digests(folder)
    return (
        *(
            Words(f"{name} was changed", f"{name} 被改动")
            for name in sorted(then)
            if now.get(name, then[name]) != then[name]
        ),
        *(Words(f"{name} is missing", f"{name} 缺失") for name in sorted(then.keys() - now.keys())),
        *(Words(f"{name} was added", f"{name} 是后加的") for name in sorted(now.keys() - then.keys())),
    )


def _digests(folder: Path) -> dict[str, str]:
    found = (file for file in folder.rglob("*") if file.is_file() and file != folder / CHECKSUMS)
    return {file.relative_to(folder).as_posix(): sha256(file.read_bytes()).hexdigest() for file in found}
