"""The command: a diagram, Mermaid, HAR or JSON; masked unless told otherwise."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from cec_client.protocol import Endpoint, Exchange, Trace
from click.testing import CliRunner
from mock_cec.trace import printing
from mock_cec.trace.diagram import draw
from mock_cec.trace.har_reading import read_har
from mock_cec.trace.show import show

if TYPE_CHECKING:
    from pathlib import Path


def login(user: str) -> Exchange:
    return Exchange(
        serial=1,
        method="POST",
        target=Endpoint.APPLY_TOKEN.path,
        request_headers=(("authorization", "Bearer secret-of-mine"),),
        request_body=json.dumps({"userId": user}).encode(),
        request_complete=0.0,
        status=403,
        response_body=b"{}",
        answer_begun=0.0,
        script={"step": "got secret-of-mine"},
    )


@pytest.fixture
def trace(tmp_path: Path) -> str:
    path = tmp_path / "trace.json"
    path.write_bytes(Trace(exchanges=(login("alice"), login("bob"))).to_json())
    return str(path)


def run(*arguments: str, status: int = 0) -> str:
    result = CliRunner().invoke(show, list(arguments))
    assert result.exit_code == status, result.output
    return result.output


def test_each_user_has_a_diagram_without_secrets(trace: str) -> None:
    drawn = run(trace)
    assert drawn.count("seconds client") == 2
    assert "alice  1 exchange\n" in drawn
    assert "got <access-token 1>" in drawn
    assert "\x1b" not in drawn


def test_what_is_shown_can_be_chosen(trace: str) -> None:
    assert "got secret-of-mine" in run(trace, "--no-mask")
    assert "bob" not in run(trace, "--user", "alice")
    assert "<user 1>  1 exchange" in run(trace, "--user", "bob", "--mask-personal")
    assert run(trace, "--mermaid").count("```mermaid\nsequenceDiagram\n") == 2


def test_the_trace_is_written_in_other_forms(trace: str, tmp_path: Path) -> None:
    har, stored = tmp_path / "x.har", tmp_path / "x.json"
    assert run(trace, "--har", str(har), "--json", str(stored), "--base-url", "https://cec.example") == ""
    found = Trace.from_json(stored.read_bytes())
    assert found.exchanges[0].request_headers == (("authorization", "Bearer <access-token 1>"),)
    assert read_har(har.read_bytes()) == found
    assert b'"https://cec.example/apiaccess/' in har.read_bytes()
    assert Trace.from_json(run(trace, "--json", "-").encode()) == found
    assert "sequenceDiagram" in run(trace, "--json", str(stored), "--mermaid")


def test_an_empty_trace_says_so(tmp_path: Path) -> None:
    path = tmp_path / "trace.json"
    path.write_bytes(Trace().to_json())
    assert run(str(path)) == "there is no exchange in this trace\n"


def test_mistakes_are_one_line_and_status_2(trace: str, tmp_path: Path) -> None:
    for arguments, words in (
        (["/nowhere"], "/nowhere: cannot be read: No such file or directory"),
        ([trace, "--user", "carol"], 'there is no user "carol" in this trace; users in it: "alice", "bob"'),
        ([trace, "--no-mask", "--mask-personal"], "--mask-personal and --no-mask exclude each other"),
        ([trace, "--har", str(tmp_path)], "cannot be written: Is a directory"),
    ):
        said = run(*arguments, status=2)
        assert words in said
        assert said.startswith("Error: ")
        assert said.count("\n") == 1


def test_a_terminal_gets_colours(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    printing.print_diagrams(Trace(exchanges=(login("alice"),)))
    assert "403 Forbidden" in capsys.readouterr().out
    coloured = printing.coloured(draw(Trace(exchanges=(login("alice"),)), "alice"))
    assert "\x1b[31m\x1b[1m<───────────────── 403 Forbidden \x1b[0m" in coloured


def test_the_command_costs_nothing_until_it_is_used() -> None:
    dear = ("urllib.request", "rich", "mock_cec.trace.diagram")
    code = f"import sys, mock_cec.trace.show; print([name for name in {dear} if name in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"
