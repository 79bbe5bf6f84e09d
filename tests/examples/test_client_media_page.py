"""`docs/client-media.md`: its programs run against the emulator, and it names every event and number."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Final, get_args

import pytest
from cec_client.command import cec_call
from cec_client.media.events import MediaEvent
from cec_client.media.statistics import StreamStatistics
from mock_cec import MockCec
from mock_cec.scenario import catalogue

PAGE: Final = (Path(__file__).parents[2] / "docs" / "client-media.md").read_text(encoding="utf-8")
PROGRAMS: Final = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)

ANSWERED: Final = """
title: Answered at once; the agent hangs up when the test lets the time pass
events:
  - {after: 50ms, event: connected}
  - {after: 1m, event: released}
"""
PATIENCE: Final = 40.0
"""Seconds that a slow machine may take to load the program's libraries, and to call."""


SHOWN: Final = (("media flow: ('opus', 'VP8')", "MediaStatistics("), ("MediaDialling(", "codec='opus'"))


@pytest.mark.parametrize(("program", "shown"), list(zip(PROGRAMS, SHOWN, strict=True)), ids=["beside a call", "alone"])
def test_every_program_runs(program: str, shown: tuple[str, ...]) -> None:
    with MockCec(scenario=ANSWERED, clock="stepped") as cec:
        text = program.replace("http://127.0.0.1:8360", cec.base_url)
        with subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE, text=True) as running:
            cec.wait_until_held(timeout=PATIENCE)
            cec.clock.advance("50ms")
            cec.wait_for_signal("media connected", timeout=PATIENCE)
            cec.clock.advance("1m")
            output, _ = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0
    for words in shown:
        assert words in output


def test_the_commands_exist() -> None:
    scenario = re.search(r"^mock-cec --scenario (\S+)$", PAGE, re.MULTILINE)
    assert scenario is not None
    assert catalogue.find(scenario[1]).events
    assert {"--media", "--video", "--ca", "--insecure", "--json"} <= {o for p in cec_call.params for o in p.opts}


def test_every_event_and_every_number_is_named() -> None:
    events = {kind.__name__: kind for kind in get_args(MediaEvent)}
    for name, kind in events.items():
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |"))
        assert {field.name for field in fields(kind) if f"`{field.name}`" not in row} == set()
    numbers = {field.name for field in fields(StreamStatistics)} - {"kind", "codec"}
    assert {name for name in numbers if f"`{name}`" not in PAGE} == set()
