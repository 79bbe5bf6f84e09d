"""Writing a report to a file, with an error that a person understands."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class ReportError(OSError):
    """Raised when a report cannot be written; the text is a line that begins with the file."""


def write(file: Path, data: bytes) -> None:
    """Write a file, with the folders that lead to it.

    Raises:
        ReportError: It cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    except (OSError, ValueError) as error:
        raise ReportError(f"{file}: cannot be written: {getattr(error, 'strerror', None) or error}") from error
