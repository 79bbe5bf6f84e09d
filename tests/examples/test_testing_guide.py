"""`docs/testing.md`: its programs run, its tests pass, its commands exist, and it names every setting."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import click
import pytest
from mock_cec.embed.markers import KNOWN
from mock_cec.environment import WISHES
from mock_cec.exec_command import exec_command

PAGE: Final = (Path(__file__).parents[2] / "docs" / "testing.md").read_text(encoding="utf-8")
PROGRAMS: Final = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS: Final = re.findall(r"mock-cec exec ([^\n`]*)", PAGE)


@pytest.mark.parametrize("program", PROGRAMS, ids=range(len(PROGRAMS)))
def test_every_program_runs(program: str, tmp_path: Path) -> None:
    file = tmp_path / "test_page.py"
    file.write_text(program, encoding="utf-8")
    how = ["-m", "pytest", "-q", "-p", "no:asyncio", "-p", "no:cacheprovider"] if "def test_" in program else []
    done = subprocess.run(
        [sys.executable, *how, file.name], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=50
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("arguments", COMMANDS)
def test_every_command_can_be_parsed(arguments: str) -> None:
    context = exec_command.make_context("exec", arguments.split())
    assert context.params["command"]


def test_every_setting_is_named() -> None:
    options = {name for option in exec_command.params if isinstance(option, click.Option) for name in option.opts}
    words = {*KNOWN, *WISHES, *(options & {"--env", "--quiet", "--verbose"})}
    assert {word for word in words if f"`{word}" not in PAGE} == set()
