"""The table: what was measured on both sides, the ratio, and whether the target was met."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Rounds:
    """The measurements of several sides, round by round."""

    def __init__(self, names: Iterable[str]) -> None:
        self._values: dict[str, list[float]] = {name: [] for name in names}

    def add(self, name: str, value: float) -> None:
        """Add what a side did in a round."""
        self._values[name].append(value)

    def pair(self, base: str, other: str) -> tuple[float, float, float]:
        """Give the medians of two sides, and the median of the ratios of their rounds."""
        ratios = [theirs / ours for ours, theirs in zip(self._values[base], self._values[other], strict=True)]
        return median(self._values[base]), median(self._values[other]), median(ratios)


@dataclass(frozen=True)
class Line:
    """A line of the table.

    Attributes:
        what: What was measured.
        unit: In which unit.
        base: The yardstick's median.
        emulator: The emulator's median.
        ratio: The median of the rounds' ratios, emulator to yardstick.
        least: The lowest ratio that meets the target.
        most: The highest ratio that meets it; a line without either is for information.
    """

    what: str
    unit: str
    base: float
    emulator: float
    ratio: float
    least: float | None = None
    most: float | None = None

    def target(self) -> str:
        """Say what the ratio should be."""
        if self.least is not None:
            return f"≥ {self.least:g}"
        return f"≤ {self.most:g}" if self.most is not None else ""

    def met(self) -> str:
        """Say whether it is, after rounding as it is printed."""
        ratio = round(self.ratio, 2)
        if self.least is not None:
            return "yes" if ratio >= self.least else "no"
        if self.most is not None:
            return "yes" if ratio <= self.most else "no"
        return ""

    def cells(self) -> tuple[str, ...]:
        """Give what stands in the columns."""
        return (
            self.what,
            f"{_number(self.base)} {self.unit}",
            f"{_number(self.emulator)} {self.unit}",
            f"{self.ratio:.2f}",
            self.target(),
            self.met(),
        )


TITLES = ("", "R", "emulator", "ratio", "target", "met")


def markdown(lines: Iterable[Line]) -> str:
    """Write the table for a README."""
    rows = [TITLES, ("---", "---:", "---:", "---:", "---", "---"), *(line.cells() for line in lines)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def plain(lines: Iterable[Line]) -> str:
    """Write the table for a terminal."""
    rows = [TITLES, *(line.cells() for line in lines)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column in {0, 4, 5} else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _number(value: float) -> str:
    """Write three digits that mean something."""
    if value >= 100:  # noqa: PLR2004
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"  # noqa: PLR2004
