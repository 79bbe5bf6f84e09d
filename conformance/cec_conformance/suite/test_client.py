"""The tests that `pytest --pyargs cec_conformance` collects: one for each case, with the client that is configured."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from mock_cec.trace.diagram import plain

from cec_conformance.cases.fixed import FIXED
from cec_conformance.emulation import Emulation
from cec_conformance.engine import SKIPPED, STOPPED, Budget, run
from cec_conformance.reports.conclusion import VIOLATED, Demands, conclude
from cec_conformance.reports.discreet import discreet
from cec_conformance.reports.story import tell
from cec_conformance.reports.story_lines import story_lines
from cec_conformance.reports.summary import Gathering
from cec_conformance.rules import CLIENT_RULES
from cec_conformance.selection import longest_first, selected
from cec_conformance.suite.configured import wishes
from cec_conformance.targets.command import CommandLauncher
from cec_conformance.targets.in_process import InProcess, NoClient, load
from cec_conformance.targets.network import OverTheNetwork
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cec_conformance.cases.case import Case
    from cec_conformance.reports.summary import Summary
    from cec_conformance.suite.wishes import Wishes
    from cec_conformance.targets.target import Target

ONE_AT_A_TIME = Budget(jobs=1, shrinking=0.0)
"""pytest runs the cases; pytest-xdist runs some side by side."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a test of each case, the longest first."""
    if "case" in metafunc.fixturenames:
        cases = longest_first(selected(FIXED, CLIENT_RULES, wishes(metafunc.config).extent))
        metafunc.parametrize("case", cases, ids=[case.name for case in cases])


@pytest.fixture(scope="session")
def wanted(pytestconfig: pytest.Config) -> Wishes:
    """The settings."""
    return wishes(pytestconfig)


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest, wanted: Wishes) -> Iterator[Target]:
    """The client, once a first, trivial case has shown that it keeps the driver contract; else stop the session."""
    with Emulation() as emulation:
        try:
            client = _client(wanted, emulation)
            unjudged = _unjudged(client)
        except NoClient as failure:
            unjudged = Words(str(failure), str(failure))
        if unjudged is not None:
            request.session.shouldfail = "nothing can be judged; the error says why"
            pytest.fail(unjudged.say(wanted.language), pytrace=False)
        client.probed = False
        yield client


@pytest.fixture
def summary(case: Case, target: Target, wanted: Wishes) -> Summary:
    """What came of the case; a trouble of the judge's or the machine's is an error, no failure."""
    found = _played((case,), target, {"client": wanted.client})
    for result in found.results:
        if result.trouble is not None:
            pytest.fail(result.trouble.say(wanted.language), pytrace=False)
        if result.skipped:
            pytest.skip((result.why_skipped or SKIPPED).say(wanted.language))
    return found


def test_case(summary: Summary, wanted: Wishes, record_property: Callable[[str, object], None]) -> None:
    """Fail with the story of every rule that was broken, if one of them counts."""
    found = conclude(summary, Demands(strict=wanted.strict))
    if found.warnings:
        record_property("warnings", ", ".join(found.warnings))
    if found.status == VIOLATED:
        stories = (plain(story_lines(tell(summary, tally), wanted.language)) for tally in summary.violations)
        pytest.fail("\n".join([found.sentence.say(wanted.language), *stories]), pytrace=False)


def _client(wanted: Wishes, emulation: Emulation) -> Target:
    if wanted.command:
        return OverTheNetwork(CommandLauncher(wanted.command), emulation)
    return InProcess(wanted.in_process, load(wanted.in_process))


def _unjudged(client: Target) -> Words | None:
    ended = _played((), client).ended
    return ended.unjudged if ended is not None else STOPPED


def _played(cases: Sequence[Case], target: Target, settings: Mapping[str, str] | None = None) -> Summary:
    gathering = Gathering(CLIENT_RULES)

    async def play() -> None:
        async for event in run(cases, target, ONE_AT_A_TIME, settings=settings):
            gathering(discreet(event))

    asyncio.run(play())
    return gathering.summary()
