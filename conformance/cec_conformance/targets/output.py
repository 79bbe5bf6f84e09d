"""What a program writes: the end of it, in whatever encoding, and the outcome in its last line (pure)."""

from __future__ import annotations

from typing import Final

import msgspec

KEPT: Final = 64 << 10
"""Bytes that are kept of a stream: its end."""


class _Line(msgspec.Struct):
    outcome: str


class Tail:
    """The end of a stream.

    Args:
        kept: How many bytes of it are kept.

    Attributes:
        written: How many bytes there were in all.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self.written = 0
        self._kept = kept
        self._end = bytearray()

    def feed(self, data: bytes) -> None:
        """Take what was written next."""
        self.written += len(data)
        self._end += data
        del self._end[: -self._kept]

    @property
    def text(self) -> str:
        """What was kept, as text; a line that was cut at its beginning is left out, unless it is the only one."""
        end = bytes(self._end)
        if self.written > len(end):
            end = end.partition(b"\n")[2] or end
        return decoded(end)


def decoded(data: bytes) -> str:
    """Read text line by line: as UTF-8, else as GB 18030, the superset of GBK; what is neither gets a sign for it."""
    return "".join(_line(line) for line in data.splitlines(keepends=True))


def _line(data: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")


def outcome(stdout: str) -> str:
    """Give the outcome that a client printed: in the last line that is not blank; empty if that is none."""
    lines = stdout.strip().splitlines()
    return outcome_in(lines[-1]) if lines else ""


def outcome_in(line: str) -> str:
    """Give the outcome that a line names, such as `{"outcome": "released"}`; empty if it names none."""
    try:
        return msgspec.json.decode(line, type=_Line).outcome
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return ""


def last_lines(text: str, most: int = 5) -> str:
    """Give the last lines of a text, for a message."""
    return "\n".join(text.strip().splitlines()[-most:])
