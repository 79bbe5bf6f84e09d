"""The pytest plugin: the fixture `mock_cec`, the marker `cec` and the ini option `mock_cec_scenario`.

pytest imports it into every run, so it brings nothing along: the emulator is imported when a test asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from mock_cec import MockCec, MockTenant

MARKER = (
    "cec(scenario=..., dialect=None, clock='real', speed=1.0, public_url=None): what the emulated CEC of the fixture "
    "mock_cec does: a scenario's name, path or YAML text; the dialect guide or reference in place of its own; time "
    "that is real, auto or stepped; see docs/testing.md of mock-cec"
)
STAGE: pytest.StashKey[tuple[MockTenant, MockCec]] = pytest.StashKey()
"""The tenant of a test, and the server with its first tenant, where requests of unknown app keys come to."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the ini option."""
    parser.addini("mock_cec_scenario", "the scenario of tests without a marker cec that names one", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", MARKER)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Check the markers before anything runs."""
    if any(item.get_closest_marker("cec") for item in items):
        from mock_cec.embed.markers import check  # noqa: PLC0415  (for those who use it)

        check(items)


@pytest.fixture(scope="session")
def _mock_cec_server() -> Iterator[MockCec]:
    """Run one server; under pytest-xdist, one in each worker."""
    from mock_cec import MockCec  # noqa: PLC0415  (for those who use it)

    with MockCec() as server:
        yield server


@pytest.fixture
def mock_cec(request: pytest.FixtureRequest, _mock_cec_server: MockCec) -> Iterator[MockTenant]:
    """An emulated CEC of the test's own: base_url, credentials, env, trace, wait_for, clock (docs/testing.md)."""
    from mock_cec.embed.markers import wishes  # noqa: PLC0415  (for those who use it)

    _mock_cec_server.reset()
    with _mock_cec_server.tenant(request.node.nodeid, **wishes(request.node)) as tenant:
        request.node.stash[STAGE] = tenant, _mock_cec_server
        yield tenant


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what went over the wire to the report of a test that failed."""
    report = yield
    if report.failed and STAGE in item.stash:
        tenant, server = item.stash[STAGE]
        seen = "\n".join(filter(None, (tenant.diagram, tenant.problems)))
        report.sections.append(("mock-cec", seen or "(no request came)"))
        if strangers := server.story:
            report.sections.append(("mock-cec, with credentials of no test", strangers))
    return report
