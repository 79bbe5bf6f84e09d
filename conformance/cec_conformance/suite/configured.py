"""The settings of a run of pytest, read from its configuration and from the environment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from cec_conformance.suite.wishes import VARIABLES, WishError, Wishes, wished

if TYPE_CHECKING:
    from pytest import Config  # noqa: PT013  (a type)


def wishes(config: Config) -> Wishes:
    """Read the settings.

    Raises:
        UsageError: They are not usable.
    """
    try:
        return wished({key: str(config.getini(key)) for key in VARIABLES}, os.environ)
    except WishError as failure:
        raise pytest.UsageError(str(failure)) from failure
