"""Where scenarios are: those that come with the package, by name, and anyone's own, by path."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mock_cec.scenario.loading import ScenarioError, load
from mock_cec.scenario.words import nearest
from mock_cec.scenario.yaml_tree import LARGEST

if TYPE_CHECKING:
    from mock_cec.scenario.model import Scenario

DEFAULT: Final = "queue_then_answered"
"""The scenario of an emulator that was not told any."""

_SUFFIXES: Final = (".yaml", ".yml")
_WIDEST: Final = 4
"""The most bytes of a character in UTF-8."""


@cache
def folder() -> Path:
    """Find the scenarios: inside the installed package, else at the top of the source tree."""
    package = Path(__file__).parents[1]
    packaged = package / "scenarios"
    return packaged if packaged.is_dir() else package.parents[1] / "scenarios"


def names() -> tuple[str, ...]:
    """List the names of the scenarios that come with the package, sorted."""
    return tuple(
        sorted(entry.name.removesuffix(".yaml") for entry in folder().iterdir() if entry.name.endswith(".yaml"))
    )


def find(name_or_path: str) -> Scenario:
    """Load a scenario by its name, or by the path of a file (which has a slash or ends in .yaml or .yml).

    Raises:
        ScenarioError: There is none, or it cannot be used.
    """
    if name_or_path.endswith(_SUFFIXES) or "/" in name_or_path or "\\" in name_or_path:
        return _from_file(Path(name_or_path))
    if name_or_path not in names():
        raise ScenarioError(
            name_or_path, None, f"there is no scenario of this name{nearest(name_or_path, names())} (or give a file)"
        )
    entry = folder() / f"{name_or_path}.yaml"
    return load(entry.read_text(encoding="utf-8"), entry.name, folder())


def _from_file(path: Path) -> Scenario:
    try:
        with path.open("rb") as file:  # no more than can be a scenario, whatever the path leads to
            content = file.read(LARGEST * _WIDEST + 1)
    except OSError as error:
        raise ScenarioError(str(path), None, f"the file cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ScenarioError(str(path), None, f"this cannot be the name of a file: {error}") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ScenarioError(str(path), line, "the file is not UTF-8; expected: a text file saved as UTF-8") from error
    return load(text, str(path), path.parent)
