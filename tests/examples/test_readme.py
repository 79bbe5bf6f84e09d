"""The README, as its readers use it: what can be pasted is pasted here, in both languages."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cec_conformance.command import main as judge
from cec_conformance.twins.original import Answer, Ended, Original
from click.testing import CliRunner
from mock_cec.command import main
from mock_cec.scenario.loading import load

from tests.examples import programs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx
    from cec_client.protocol import Endpoint

    from tests.conftest import Emulator

    Start = Callable[[str], Emulator]

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")

QUICK_TIMEOUT = """
title: The queue times out soon
events:
  - {after: 50ms, event: queued}
  - {after: 50ms, event: queue_timeout}
"""


def block(mark: str) -> str:
    """Give the fenced block that follows a mark."""
    match = re.search(rf"<!-- {re.escape(mark)} -->\n```\w+\n(.*?)```", README, re.DOTALL)
    assert match, f"the README has no block marked {mark!r}"
    return match[1]


def aimed(text: str, emulator: Emulator) -> str:
    """Aim a snippet at the emulator of a test."""
    assert "http://127.0.0.1:8360" in text
    return text.replace("http://127.0.0.1:8360", emulator.base_url)


def pasted(command: list[str], text: str, folder: Path) -> str:
    run = subprocess.run(
        command, input=text, cwd=folder, capture_output=True, timeout=45, check=False, encoding="utf-8"
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_the_curl_lines(emulator: Start, tmp_path: Path) -> None:
    programs.required("curl", "curl")
    shell = programs.required("bash", "a POSIX shell")
    lines = pasted([shell, "-eu"], aimed(block("tested: curl"), emulator(QUICK_TIMEOUT)), tmp_path).splitlines()
    assert ["clickToCallSupported" in lines[0], '"resultCode":"0"' in lines[1]] == [True, True]
    assert ["168102" in lines[2], "168103" in lines[3]] == [True, True]


def test_the_axios_lines(emulator: Start, axios_call: programs.Program) -> None:
    run = axios_call.evaluate(aimed(block("tested: axios"), emulator(QUICK_TIMEOUT)))
    assert run.status == 0, run.stderr
    assert ["Call in queue" in run.stdout, "eventId: 168103" in run.stdout] == [True, True]


def test_the_python_lines(emulator: Start, tmp_path: Path) -> None:
    mine = emulator("title: t\nevents:\n  - {after: 50ms, event: queued}\n  - {after: 50ms, event: connected}\n")
    output = pasted([sys.executable, "-"], aimed(block("tested: client"), mine), tmp_path).splitlines()
    assert output[0] == "waiting"
    assert output[1].startswith("answered; dial 179080")
    assert "hung_up" in output[2].lower()


class NeverLogsInAgain(Original):
    """The client of which the judge speaks in the README."""

    async def ask(self, endpoint: Endpoint) -> Answer:
        answer = await self.exchange(endpoint)
        if self.expired(endpoint, answer):
            raise Ended("error")
        return answer


async def place_without_a_second_login(environment: Mapping[str, str], transport: httpx.AsyncBaseTransport) -> str:
    return await NeverLogsInAgain(environment, transport).place()


def test_what_the_judge_says() -> None:
    client = f"{__name__}:{place_without_a_second_login.__name__}"
    done = CliRunner().invoke(judge, ["client", "--smoke", "--in-process", client])
    _, *shown = [line.strip() for line in block("tested: judge").splitlines() if line.strip() != "..."]
    assert [line for line in shown if line not in done.stdout] == []
    assert done.exit_code == 1


@pytest.mark.parametrize("text", [README, CHINESE], ids=["English", "Chinese"])
def test_what_is_said_of_speed_was_measured(text: str) -> None:
    table = text.partition("<!-- measured: benchmarks/run.py --markdown -->\n")[2].partition("\n\n")[0]
    rows = [line.split("|")[1:-1] for line in table.splitlines() if line.startswith("| ")]
    assert len(rows) > 10
    assert {row[5].strip() for row in rows[2:] if row[4].strip()} == {"yes"}


def test_the_list_of_scenarios_is_the_commands() -> None:
    assert block("generated: scenarios") == CliRunner().invoke(main, ["scenarios"]).stdout


def test_the_scenario_is_one() -> None:
    examples = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert [load(example, "README.md").title for example in examples]


@pytest.mark.parametrize("language", ["sh", "js", "python", "yaml", "text"])
def test_both_languages_have_the_same_code(language: str) -> None:
    def code(text: str) -> list[str]:
        return [re.sub(r"#.*", "", found) for found in re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)]

    assert code(README) == code(CHINESE)


def test_the_first_call_shows_both_sides_and_ends_by_itself(tmp_path: Path) -> None:
    output = pasted([sys.executable, str(ROOT / "examples" / "first_call.py")], "", tmp_path)
    for words in ("mock-cec |", "cec-call |", "Call in queue", "connected", "您好", "released", "hung_up"):
        assert words in output
