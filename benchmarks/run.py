"""Measure the emulator against the yardstick, and print the table: `python benchmarks/run.py --markdown`."""

from __future__ import annotations

import argparse
import gc
import sys
import time
from typing import TYPE_CHECKING, Final

from cold_start import cold_start
from held_polls import held_polls
from machine import description, raise_file_limit
from table import markdown, plain
from throughput import flows, tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from table import Line

PARTS: Final[dict[str, Callable[[argparse.Namespace], list[Line]]]] = {
    "cold-start": lambda options: cold_start(options.rounds or 15),
    "tokens": lambda options: tokens(options.rounds or 7, options.seconds),
    "flows": lambda options: flows(options.rounds or 7, options.seconds),
    "held-polls": lambda options: held_polls(options.rounds or 3, options.polls),
}


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", nargs="*", help=f"what to measure, of {', '.join(PARTS)}; everything by default")
    parser.add_argument("--rounds", type=int, help="how often each side is measured, in turn; medians are printed")
    parser.add_argument("--seconds", type=float, default=3.0, help="the length of a round of tokens or flows")
    parser.add_argument("--polls", type=int, default=10_000, help="how many polls are held")
    parser.add_argument("--markdown", action="store_true", help="print the table as the README has it")
    options = parser.parse_args()
    if unknown := set(options.part) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there is: {', '.join(PARTS)}")
    raise_file_limit()
    gc.freeze()
    lines: list[Line] = []
    for name in options.part or PARTS:
        begun = time.perf_counter()
        lines += PARTS[name](options)
        print(f"{name}: {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    print(markdown(lines) if options.markdown else plain(lines))
    print(f"\n{description()}")


if __name__ == "__main__":
    main()
