"""Cases with media: who plays them, what the report says where nobody does, and that their evidence is judged again."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING

import pytest
from cec_client.protocol import Trace
from cec_conformance.cases import media
from cec_conformance.cases.fixed import SMOKE
from cec_conformance.command import main
from cec_conformance.targets import network
from cec_conformance.targets.command import CommandLauncher
from cec_conformance.targets.in_process import InProcess
from cec_conformance.twins.original import place
from click.testing import CliRunner

from tests.conformance.programs import CORRECT, python
from tests.conformance.targets.launching import played

if TYPE_CHECKING:
    from pathlib import Path

WITHOUT_MEDIA = python(
    f"{CORRECT}\nprint(json.dumps({{'outcome': 'skip'}}) if os.environ['CEC_CONNECT_MEDIA'] == '1' else "
    "place(os.environ))"
)


@pytest.mark.uncovered
def test_the_reference_client_dials_what_connected_said_and_its_evidence_says_so_again(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    client = ("--", sys.executable, "-m", "cec_client")
    done = CliRunner().invoke(main, ["client", "--rule", "C-POLL-14", "--evidence", str(folder), *client])
    again = CliRunner().invoke(main, ["trace", str(folder)])

    assert (done.exit_code, again.exit_code) == (0, 0), done.output + again.output
    for case in media.CASES:
        stored, trace = (
            json.loads((folder / "cases" / case.name / name).read_bytes()) for name in ("case.json", "trace.json")
        )
        assert {one["rule"]: one["state"] for one in stored["verdicts"]}["C-POLL-14"] == "passed"
        assert stored["connect_media"] is True
        assert any(signal["text"].startswith("INVITE sip:") for signal in trace["signals"])
        assert any(signal["text"] == "media connected" for signal in trace["signals"])
    assert "SIP INVITE" in (folder / "reports" / "report.html").read_text(encoding="utf-8")


def test_a_client_that_says_it_has_no_media_is_believed(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    done = CliRunner().invoke(
        main, ["client", "--case", "media-audio", "--case", "call", "--json", str(file), "--", *WITHOUT_MEDIA]
    )
    rules = {rule["id"]: rule for rule in json.loads(file.read_bytes())["rules"]}

    assert done.exit_code in {0, 1}, done.output  # the small client keeps not everything
    assert rules["C-POLL-14"]["state"] == "not exercised"
    assert [reason["en"] for reason in rules["C-POLL-14"]["reasons"]] == ["the client says it has no media"]


def test_without_the_gateway_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "installed", lambda: False)
    (found,) = played(CommandLauncher(WITHOUT_MEDIA), media.CASES[0])

    assert (found.trace, found.ending) == (Trace(), None)
    assert found.missing is not None
    assert "pip install 'mock-cec[gateway]'" in found.missing.en


def test_in_virtual_time_there_is_no_socket_to_the_gateway() -> None:
    found = asyncio.run(InProcess("original", place).play(media.CASES[0]))

    assert (found.trace, found.ending) == (Trace(), None)
    assert found.missing is not None
    assert "WebSocket" in found.missing.en


def test_a_first_look_is_without_media() -> None:
    assert not any(case.connect_media for case in SMOKE)
    assert {case.media for case in media.CASES} == {"0", "1"}
