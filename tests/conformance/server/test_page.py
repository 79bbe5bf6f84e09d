"""What docs/your-server.md says of the command is so."""

from __future__ import annotations

import re
import shlex

import pytest
from cec_conformance.command import main
from cec_conformance.server_command import server
from click.testing import CliRunner
from mock_cec.embed.server import MockCec

from tests.conformance.documents import DOCS

PAGE = (DOCS / "your-server.md").read_text(encoding="utf-8")


def commands() -> list[str]:
    """Give the commands of the page's shell blocks."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.startswith("cec-conformance server")]


def test_every_option_of_the_page_is_one_of_the_command() -> None:
    known = {name for option in server.params for name in (*option.opts, *option.secondary_opts)}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", PAGE)) <= known


@pytest.mark.parametrize("command", [line for line in commands() if "--gentle" not in line])
def test_the_commands_of_the_page_judge_an_emulator(command: str) -> None:
    with MockCec() as cec:
        given = command.replace("http://127.0.0.1:8360", cec.base_url)
        given = given.replace("mock-app-key", cec.app_key).replace("mock-channel", cec.channel_id)
        environment = {"CEC_APP_SECRET": cec.app_secret, "NO_PROXY": "127.0.0.1"}
        done = CliRunner(env=environment).invoke(main, [*shlex.split(given)[1:], "--case", "login"])
    assert done.exit_code == 0, done.output
