"""The marker `cec` of tests: what may stand in it, and what a test's tenant gets from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from mock_cec.embed import settings
from mock_cec.scenario import catalogue
from mock_cec.scenario.words import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

KNOWN: Final = ("scenario", "dialect", "clock", "speed", "public_url")


def check(items: Iterable[pytest.Item]) -> None:
    """Check the markers of all tests.

    Raises:
        pytest.UsageError: One cannot be used; the text names the test.
    """
    for item in items:
        if item.get_closest_marker("cec"):
            wishes(item)


def wishes(item: pytest.Item) -> dict[str, Any]:
    """Give the settings of a test's tenant: its markers', the closest first, else the ini file's.

    Raises:
        pytest.UsageError: One cannot be used; the text names the test.
    """
    asked: dict[str, Any] = {"scenario": item.config.getini("mock_cec_scenario") or catalogue.DEFAULT}
    for marker in reversed(list(item.iter_markers("cec"))):
        if marker.args:
            raise _misuse(item, "its settings are given by name, such as scenario='transfer'")
        for name in marker.kwargs:
            if name not in KNOWN:
                raise _misuse(item, f"there is no setting {name!r}{nearest(name, KNOWN)}; there are {', '.join(KNOWN)}")
        asked |= marker.kwargs
    try:
        settings.scenario(asked["scenario"])
        settings.dialect(asked.get("dialect"))
        settings.clock(asked.get("clock", "real"), asked.get("speed", 1.0))
    except (TypeError, ValueError) as error:
        raise _misuse(item, str(error)) from error
    return asked


def _misuse(item: pytest.Item, what: str) -> pytest.UsageError:
    return pytest.UsageError(f"{item.nodeid}: marker cec: {what}")
