"""`pytest --pyargs cec_conformance`, as users run it: in a process and a folder of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from cec_conformance.cases.fixed import QUICK, SMOKE

from tests.conformance.programs import ONCE, python

if TYPE_CHECKING:
    from _pytest.pytester import RunResult

OURS: Final = ("--pyargs", "cec_conformance", "-p", "no:asyncio", "-p", "no:schemathesis", "-p", "no:cacheprovider")
ORIGINAL: Final = "cec_conformance.twins.original:place"
CLIENTS: Final = """
from cec_conformance.twins import TWINS
from cec_conformance.twins.original import place

async def polls_on(variables, transport):
    return await TWINS["C-RETRY-03"](variables, transport).place()

async def remembers(variables, transport):
    return await TWINS["C-REAUTH-11"](variables, transport).place()

async def without_text(variables, transport):
    return await place(variables, transport) if variables["CEC_FLOW"] == "call" else "skip"

async def never_calls(variables, transport):
    return "released"
"""


@pytest.fixture
def user(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A user's folder, with clients, and an environment without what this run has."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makepyfile(clients=CLIENTS)
    return pytester


def judged(user: pytest.Pytester, ini: str, *options: str) -> RunResult:
    """Run it with an ini file."""
    user.makeini(f"[pytest]\n{ini}")
    return user.runpytest_subprocess(*OURS, *options)


def test_a_correct_client_passes_every_quick_case_and_nothing_else_is_collected(user: pytest.Pytester) -> None:
    media = sum(case.connect_media for case in QUICK)
    done = judged(user, f"cec_client_in_process = {ORIGINAL}", "-rs")
    done.assert_outcomes(passed=len(QUICK) - media, skipped=media)
    done.stdout.fnmatch_lines(["*a client in process has no WebSocket to the gateway: judge it as a command"])


def test_it_runs_side_by_side(user: pytest.Pytester) -> None:
    done = judged(user, f"cec_client_in_process = {ORIGINAL}\ncec_budget = smoke", "-n", "2")
    done.assert_outcomes(passed=len(SMOKE))


def test_a_command_is_judged_as_well(user: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    program = user.path / "once.py"
    program.write_text(ONCE, encoding="utf-8")
    monkeypatch.setenv("CEC_CONFORMANCE_COMMAND", f"{python('')[0]} {program}")
    judged(user, "", "-k", "unknown-members-of-an-end").assert_outcomes(passed=1)


def test_a_failing_test_shows_the_story(user: pytest.Pytester) -> None:
    done = judged(user, "cec_client_in_process = clients:polls_on", "-k", "poll-fails-4")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(
        [
            "*Not conformant: it breaks C-RETRY-03.",
            "C-RETRY-03  MUST*",
            "*getClickToCallEvents ───*",
            "*cec-conformance client --case poll-fails-4 --in-process clients:polls_on",
        ]
    )
    done.stdout.no_fnmatch_line("*test_client.py:*: in *")


@pytest.mark.parametrize(("strict", "expected"), [("no", {"passed": 1}), ("yes", {"failed": 1})])
def test_a_should_fails_only_if_asked_for(user: pytest.Pytester, strict: str, expected: dict[str, int]) -> None:
    ini = f"cec_client_in_process = clients:remembers\ncec_strict = {strict}"
    judged(user, ini, "-k", "login-keeps-failing-after-403").assert_outcomes(**expected)


def test_what_the_client_skips_is_skipped(user: pytest.Pytester) -> None:
    done = judged(user, "cec_client_in_process = clients:without_text", "-rs")
    flows = [case.flow for case in QUICK if not case.connect_media]
    done.assert_outcomes(passed=flows.count("call"), skipped=len(QUICK) - flows.count("call"))
    done.stdout.fnmatch_lines(["*the client has no such flow or media"])


@pytest.mark.parametrize("options", [(), ("-n", "2")])
def test_without_a_client_it_says_what_to_write(user: pytest.Pytester, options: tuple[str, ...]) -> None:
    done = judged(user, "", *options)
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines(["ERROR: cec_conformance: say which client to judge:", "*cec_client_command = node*"])


@pytest.mark.parametrize(
    ("function", "told"),
    [("clients:never_calls", "*never sent a request*"), ("clients:nobody", "*has no function 'nobody'*")],
)
def test_one_error_replaces_a_hundred(user: pytest.Pytester, function: str, told: str) -> None:
    done = judged(user, f"cec_client_in_process = {function}")
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines([told, "*nothing can be judged*"])
