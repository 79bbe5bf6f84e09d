"""Cold start: from before the process is started to the end of its first answer, a token."""

from __future__ import annotations

from typing import Final

from servers import emulator, running, yardstick
from table import Line, Rounds

MOST: Final = 1.2
"""How many times as long as the yardstick the emulator may take."""


def cold_start(rounds: int) -> list[Line]:
    """Start both in turn, so many times; once before that, so that all byte code is compiled and cached."""
    sides = {"R": yardstick(), "emulator": emulator(), "script": emulator(console_script=True)}
    taken = Rounds(sides)
    for number in range(rounds + 1):
        for name, side in sides.items():
            with running(side) as server:
                if number:
                    taken.add(name, server.started_in * 1000)
    return [
        Line("Cold start to the first answer, `python -m mock_cec`", "ms", *taken.pair("R", "emulator"), most=MOST),
        Line("Cold start to the first answer, `mock-cec`", "ms", *taken.pair("R", "script"), most=MOST),
    ]
