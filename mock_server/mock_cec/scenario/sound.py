"""The sound file that a scenario names: is it there, and is it one that can be played?"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from mock_cec.scenario.words import shown

_HEAD: Final = 12
"""How many bytes of a WAV file say that it is one: `RIFF`, a length, `WAVE`."""


def sounding(name: str, folder: Path | None) -> Path:
    """Find a WAV file.

    Args:
        name: Its path, as the scenario names it.
        folder: From where a relative one counts; `None`: from nowhere, as the scenario comes from no file.

    Returns:
        Its absolute path.

    Raises:
        ValueError: It cannot be played; the text says why.
    """
    path = Path(name)
    if folder is None and not path.is_absolute():
        raise ValueError(f"{shown(name)} has no folder to count from, as this scenario is no file; give a whole path")
    path = ((folder or Path()) / path).absolute()
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ValueError(f"{shown(name)} cannot be read: {reason}; expected: a WAV file") from error
    if head[:4] != b"RIFF" or head[8:] != b"WAVE":
        raise ValueError(f"{shown(name)} is not a WAV file; ffmpeg -i FILE voice.wav makes one of any other")
    return path
