"""HTTPS as its page says: clients trust the authority by the line that is given for each."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from mock_cec.platform import Platform
from mock_cec.serving import BackgroundServer
from mock_cec.tls import made_context

from tests.conftest import tenant
from tests.examples import programs

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = programs.EXAMPLES.parent / "docs" / "tls.md"
HEALTH = "/__mock/health"
NODE = f"fetch(process.env.CEC_BASE_URL + {HEALTH!r}).then(answer => console.log(answer.status))"
JAVA = f"""
class Ask {{
    public static void main(String[] arguments) throws Exception {{
        var url = new java.net.URL(System.getenv("CEC_BASE_URL") + "{HEALTH}");
        System.out.println(((java.net.HttpURLConnection) url.openConnection()).getResponseCode());
    }}
}}
"""


@pytest.fixture
def base_url(tmp_path: Path) -> Iterator[str]:
    """Serve HTTPS; the authority is `ca.pem` in the folder of the test."""
    context, authority = made_context(tmp_path)
    assert authority == tmp_path / "ca.pem"
    with BackgroundServer(Platform(tenant("answered")), tls=context) as server:
        yield server.base_url


def told(client: str) -> list[str]:
    """Give the commands that the page has for a client."""
    row = next(line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {client} |"))
    return [line.replace("/path/to/", "") for line in re.findall(r"`([^`]+)`", row.removeprefix(f"| {client} |"))]


def run(base_url: str, folder: Path, command: list[str]) -> str:
    """Run a command, with the variables that stand before it, and give what it printed."""
    given = os.environ | {
        "CEC_BASE_URL": base_url,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    while re.match(r"\w+=", command[0]):
        name, _, value = command.pop(0).partition("=")
        given[name] = value
    ran = subprocess.run(command, env=given, cwd=folder, capture_output=True, text=True, check=False, timeout=50)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_curl(base_url: str, tmp_path: Path) -> None:
    programs.required("curl", "curl")
    [line] = told("curl")
    assert '"status":"ok"' in run(base_url, tmp_path, [*shlex.split(line), "--silent", base_url + HEALTH])


def test_node(base_url: str, tmp_path: Path) -> None:
    programs.required("node", "Node 18 or later")
    (tmp_path / "call.js").write_text(NODE, encoding="utf-8")
    [line] = told("Node")
    assert run(base_url, tmp_path, shlex.split(line)) == "200\n"


def test_java(base_url: str, tmp_path: Path) -> None:
    programs.required("keytool", "JDK 17 or later")
    (tmp_path / "Ask.java").write_text(JAVA, encoding="utf-8")
    make_store, options = told("Java")
    run(base_url, tmp_path, shlex.split(make_store))
    assert run(base_url, tmp_path, ["java", *shlex.split(options), "Ask.java"]) == "200\n"


def test_the_commands_that_fetch_a_trace(base_url: str, tmp_path: Path) -> None:
    [line] = told("`mock-cec show`, `cec-conformance trace`")
    assert "there is no exchange" in run(
        base_url, tmp_path, shlex.split(line.replace("https://localhost:8360", base_url))
    )
