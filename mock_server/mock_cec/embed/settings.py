"""What an embedded emulator is told: a scenario in any form, a kind of time, credentials (pure but for files)."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args

from mock_cec.clock import ClockKind
from mock_cec.clock import clock as make
from mock_cec.scenario import catalogue
from mock_cec.scenario.dialect import NAMES
from mock_cec.scenario.loading import load
from mock_cec.scenario.model import Scenario
from mock_cec.tenant import Credentials

if TYPE_CHECKING:
    from mock_cec.clock import Clock
    from mock_cec.scenario.dialect import DialectName

AnyScenario = str | Path | Scenario
"""A scenario: its name, the path of its file, its YAML text, or itself."""

CLOCKS: Final[tuple[str, ...]] = get_args(ClockKind)


def scenario(given: AnyScenario) -> Scenario:
    """Find a scenario; a text with several lines, or with a key and a value, is the scenario itself.

    Raises:
        ScenarioError: There is none, or it cannot be used.
        TypeError: This is nothing of the kind.
    """
    if isinstance(given, Scenario):
        return given
    if not isinstance(given, str | Path):
        raise TypeError(f"scenario has to be a name, a path, YAML text or a Scenario, not {given!r}")
    if isinstance(given, Path):  # one without a folder and a suffix would look like a name
        return catalogue.find(str(given.absolute()))
    return load(given, "scenario") if "\n" in given or ": " in given else catalogue.find(given)


def clock(kind: ClockKind, speed: float) -> Clock:
    """Make a clock.

    Raises:
        ValueError: There is no such clock, or time would not run forwards.
        TypeError: The speed is no number.
    """
    if not isinstance(speed, int | float):
        raise TypeError(f"speed has to be a number, not {speed!r}")
    if kind not in CLOCKS:
        raise ValueError(f"clock has to be one of {', '.join(CLOCKS)}, not {kind!r}")
    if not speed > 0:
        raise ValueError(f"speed has to be greater than 0, not {speed!r}")
    return make(kind, speed)


def dialect(name: DialectName | None) -> DialectName | None:
    """Check a dialect; `None` leaves the scenario its own.

    Raises:
        ValueError: There is no such dialect.
    """
    if name is not None and name not in NAMES:
        raise ValueError(f"dialect has to be one of {', '.join(NAMES)}, not {name!r}")
    return name


def credentials(name: str) -> Credentials:
    """Make credentials for a tenant out of its name: the same name gets the same ones."""
    digest = blake2b(name.encode(), digest_size=6).hexdigest()
    return Credentials(f"app-key-{digest}", f"app-secret-{digest}", f"channel-{digest}")
