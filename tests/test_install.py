"""Installed or from the source tree, the packages and the scenarios are found from anywhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]

LIST = """
import mock_cec, cec_client
from mock_cec.scenario import catalogue
print(mock_cec.__file__, cec_client.__file__, catalogue.folder(), *catalogue.names(), sep="\\n")
catalogue.find("answered")
"""


def listed(program: str, where: Path, path: Path | None = None) -> list[str]:
    environment = {"PYTHONPATH": str(path)} if path else {}
    command = [sys.executable, "-c", program]
    run = subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "-q",
        "-w",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return next(folder.glob("mock_cec-*.whl"))


def test_from_the_source_tree(tmp_path: Path) -> None:
    lines = listed(LIST, tmp_path)
    assert lines[:3] == [
        str(ROOT / "mock_server" / "mock_cec" / "__init__.py"),
        str(ROOT / "client" / "cec_client" / "__init__.py"),
        str(ROOT / "scenarios"),
    ]
    assert "queue_timeout" in lines


def test_from_a_wheel(wheel: Path, tmp_path: Path) -> None:
    with ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    lines = listed(LIST, tmp_path, tmp_path / "site")
    assert lines[2] == str(tmp_path / "site" / "mock_cec" / "scenarios")
    assert lines[3:] == sorted(path.stem for path in (ROOT / "scenarios").glob("*.yaml"))
    packaged = (tmp_path / "site" / "mock_cec" / "openapi.yaml").read_bytes()
    assert packaged == (ROOT / "docs" / "openapi.yaml").read_bytes()


def test_the_wheel_brings_three_packages_and_nothing_generic(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
        entry_points = next(archive.read(name) for name in archive.namelist() if name.endswith("entry_points.txt"))
    assert {top for top in tops if not top.endswith(".dist-info")} == {"mock_cec", "cec_client", "cec_conformance"}
    assert b"mock-cec = mock_cec.command:main" in entry_points
    assert b"cec-call = cec_client.command:main" in entry_points
    assert b"cec-conformance = cec_conformance.command:main" in entry_points
    plugins = entry_points.decode().partition("[pytest11]\n")[2].split("\n")
    assert plugins[:2] == ["cec_conformance = cec_conformance.pytest_plugin", "mock_cec = mock_cec.pytest_plugin"]
