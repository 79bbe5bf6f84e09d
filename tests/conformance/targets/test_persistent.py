"""Processes that stay: one for many cases, a new one for one that died."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psutil
from cec_conformance import facts, patience
from cec_conformance.probing import PROBE
from cec_conformance.targets import persistent
from cec_conformance.targets.persistent import PersistentLauncher

from tests.conformance.programs import CORRECT, ONCE, STAYING, python
from tests.conformance.targets.launching import living, played

if TYPE_CHECKING:
    import pytest

DIES_AT_ITS_SECOND = f"""{CORRECT}
for number, line in enumerate(sys.stdin):
    if number: sys.exit(7)
    print(place(json.loads(line)), flush=True)
"""


def test_one_process_places_many_calls_and_ends_with_its_stdin() -> None:
    told = STAYING.replace("print(place", "print('pid', os.getpid()); print(place")
    done = played(PersistentLauncher(python(f"{told}\nprint('bye', file=sys.stderr)")), PROBE, PROBE, PROBE)

    assert [one.ending.outcome for one in done if one.ending] == ["released"] * 3
    assert [one.trace.facts[facts.EXIT_STATUS] for one in done] == ["0"] * 3
    pids = {one.ending.stdout.split()[1] for one in done if one.ending}
    assert len(pids) == 1
    assert not psutil.pid_exists(int(pids.pop()))
    assert len({one.trace.exchanges[0].request_header("host") for one in done}) == 3


def test_a_case_that_kills_it_is_the_clients_and_the_next_gets_a_new_one() -> None:
    done = played(PersistentLauncher(python(DIES_AT_ITS_SECOND)), PROBE, PROBE, PROBE)

    assert [one.trace.facts[facts.EXIT_STATUS] for one in done] == ["0", "7", "0"]
    assert [one.trace.facts[facts.OUTCOME] for one in done] == ["released", "", "released"]


def test_a_process_that_died_between_two_cases_is_no_ones_fault() -> None:
    once = STAYING.replace("flush=True)", "flush=True); break")
    done = played(PersistentLauncher(python(f"{once}\nsys.stdin.close()")), PROBE, PROBE)

    assert [one.trace.facts[facts.OUTCOME] for one in done] == ["released"] * 2


def test_a_program_that_places_one_call_and_ends_is_started_for_each_case() -> None:
    done = played(PersistentLauncher(python(f"{ONCE}; import time; time.sleep(0.2)")), PROBE, PROBE, PROBE)

    assert [one.trace.facts[facts.OUTCOME] for one in done] == ["released"] * 3


def test_one_that_never_answers_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "GRACE", 0.5)
    monkeypatch.setattr(patience, "MARGIN", 0.0)
    monkeypatch.setattr(persistent, "STARTUP", 0.0)
    (done,) = played(PersistentLauncher(python("import time; time.sleep(60)")))

    assert done.ending is not None
    assert done.trace.facts[facts.EXIT_STATUS] == "killed"
    assert living() == []


def test_one_that_does_not_read_its_stdin_but_ends_has_failed() -> None:
    (done,) = played(PersistentLauncher(python("import sys; sys.stdin.close(); sys.exit(0)")))

    assert done.ending is not None
    assert (done.ending.exit_status, done.ending.outcome) == (0, "")
