"""The pytest plugin, in runs of its own."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = """
import httpx

def login(cec, secret=None):
    keys = {"app_key": cec.app_key, "app_secret": secret or cec.app_secret}
    return httpx.post(cec.base_url + "/apigovernance/api/oauth/tokenByAkSk", json=keys)
"""

STRICT = ["--strict-markers", "-W", "error", "-o", "asyncio_default_fixture_loop_scope=function"]
UNUSED = ["-p", "no:schemathesis", "-p", "no:hypothesispytest"]  # plugins that take longer to load than a test


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project whose tests can log in."""
    pytester.makepyfile(login=TOKEN)
    return pytester


def outcome(project: pytest.Pytester, *options: str) -> pytest.RunResult:
    """Run the project's tests in a process of their own, where warnings and leaks are errors."""
    return project.runpytest_subprocess(*STRICT, *UNUSED, "-p", "no:cacheprovider", *options)


def test_each_test_has_a_tenant_of_its_own_on_one_server(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        from login import login
        seen = []

        def test_one(mock_cec):
            assert login(mock_cec).status_code == 200
            assert len(mock_cec.trace.exchanges) == 1
            seen.append(mock_cec)

        def test_two(mock_cec):
            assert mock_cec.trace.exchanges == ()
            assert mock_cec.base_url == seen[0].base_url
            assert mock_cec.app_key != seen[0].app_key
            assert login(seen[0]).status_code == 401
        """
    )
    outcome(project).assert_outcomes(passed=2)


def test_the_marker_chooses_scenario_and_clock(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from login import login
        pytestmark = pytest.mark.cec(scenario="title: t\\nanswers: {tokenByAkSk: {1: {status: 403}}}")

        @pytest.mark.cec(clock="stepped")
        def test_both_markers_count(mock_cec):
            mock_cec.clock.advance("1h")
            assert mock_cec.clock.now() == 3600
            assert login(mock_cec).status_code == 403

        @pytest.mark.cec(clock="auto")
        def test_auto(mock_cec):
            assert mock_cec.clock.now() == 0
            mock_cec.clock.advance("1h")
            assert mock_cec.clock.now() == 3600

        @pytest.mark.cec(scenario="answered")
        def test_the_closest_wins(mock_cec):
            assert login(mock_cec).status_code == 200
        """
    )
    outcome(project).assert_outcomes(passed=3)


def test_the_marker_chooses_the_dialect(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import httpx, pytest
        from cec_client.protocol import Endpoint

        @pytest.mark.cec(dialect="reference")
        def test_it(mock_cec):
            answer = httpx.get(mock_cec.base_url + Endpoint.CHECK.path, headers={"x-app-key": mock_cec.app_key})
            assert answer.status_code == 401
        """
    )
    outcome(project).assert_outcomes(passed=1)


def test_a_dialect_that_there_is_not_is_told_before_anything_runs(project: pytest.Pytester) -> None:
    project.makepyfile("import pytest\n@pytest.mark.cec(dialect='klingon')\ndef test_it(mock_cec): pass")
    outcome(project).stderr.fnmatch_lines(["*test_it: marker cec: dialect has to be one of guide, reference*"])


def test_the_ini_file_has_the_default_scenario(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\nmock_cec_scenario = refusing.yaml\n")
    project.makefile(".yaml", refusing="title: t\nanswers: {tokenByAkSk: {1: {status: 500}}}\n")
    project.makepyfile("from login import login\ndef test_it(mock_cec): assert login(mock_cec).status_code == 500\n")
    outcome(project).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("scenari='answered'", "did you mean"),
        ("'answered'", "given by name"),
        ("scenario='answred'", "answered"),
        ("clock='steped'", "stepped"),
        ("scenario=3", "3"),
        ("speed='fast'", "speed"),
    ],
)
def test_a_mistake_in_a_marker_is_a_usage_error_that_names_the_test(
    project: pytest.Pytester, arguments: str, told: str
) -> None:
    project.makepyfile(f"import pytest\n@pytest.mark.cec({arguments})\ndef test_it(mock_cec): pass\n")
    result = outcome(project)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: *::test_it: marker cec: *{told}*"])


def test_a_failing_test_tells_what_went_over_the_wire(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        from login import login

        def test_it(mock_cec):
            assert login(mock_cec, "wrong").status_code == 200

        def test_silence(mock_cec):
            assert False

        def test_stranger(mock_cec):
            mock_cec.app_key = "hard-coded"
            assert login(mock_cec).status_code == 200

        def test_without():
            assert False
        """
    )
    result = outcome(project)
    result.assert_outcomes(failed=4)
    result.stdout.fnmatch_lines(["*- mock-cec -*", "*tokenByAkSk *40[0-9]*", "*- mock-cec -*", "(no request came)"])
    result.stdout.fnmatch_lines(["*- mock-cec, with credentials of no test -*", "*tokenByAkSk *hard-coded*"])
    assert result.stdout.str().count("- mock-cec -") == 3


def test_parallel_workers_have_a_server_each(project: pytest.Pytester) -> None:
    body = "from login import login\nimport pytest\n@pytest.mark.parametrize('n', range(8))\n"
    project.makepyfile(body + "def test_it(mock_cec, n): assert login(mock_cec).status_code == 200\n")
    outcome(project, "-n", "2").assert_outcomes(passed=8)


@pytest.mark.parametrize("marker", ["asyncio", "anyio"])
def test_tests_that_are_coroutines(project: pytest.Pytester, marker: str) -> None:
    project.makepyfile(
        f"""
        import asyncio, httpx, pytest

        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        @pytest.mark.{marker}
        @pytest.mark.cec(clock="stepped")
        async def test_it(mock_cec):
            async with httpx.AsyncClient(base_url=mock_cec.base_url) as client:
                login = asyncio.create_task(client.get("/nothing", headers={{"x-app-key": mock_cec.app_key}}))
                assert (await mock_cec.wait_for_async()).status == 404
                await login
            await mock_cec.clock.advance_async(60)
            assert mock_cec.clock.now() == 60
        """
    )
    outcome(project).assert_outcomes(passed=1)


def test_nothing_is_left_after_the_run(project: pytest.Pytester) -> None:
    project.makeconftest(
        """
        import threading, psutil

        def pytest_unconfigure():
            assert [thread.name for thread in threading.enumerate()] == ["MainThread"]
            assert psutil.Process().net_connections() == []
            print("nothing is left")
        """
    )
    project.makepyfile("from login import login\ndef test_it(mock_cec): login(mock_cec)\n")
    outcome(project).stdout.fnmatch_lines(["nothing is left"])


def test_who_does_not_use_it_does_not_load_it(tmp_path: Path) -> None:
    program = (
        "import sys, mock_cec.pytest_plugin; print([m for m in ('httpx', 'uvicorn', 'msgspec') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.strip() == "[]"
