"""What the measurements were made on."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable


LIBRARIES: Final = ("uvicorn", "starlette", "httptools", "msgspec")


def description(names: Iterable[str] = LIBRARIES) -> str:
    """Describe the machine and the versions, in one line."""
    libraries = ", ".join(f"{name} {version(name)}" for name in names)
    return (
        f"{_processor()}, {os.cpu_count()} cores; {_system()}; "
        f"{platform.python_implementation()} {platform.python_version()}, {libraries}"
    )


def pin(core: int) -> bool:
    """Keep this process on one core; say whether that was possible."""
    if not hasattr(os, "sched_setaffinity") or core >= (os.cpu_count() or 1):
        return False
    os.sched_setaffinity(0, {core})
    return True


def raise_file_limit() -> None:
    """Let as many connections be open as the system allows; the servers do the same for themselves."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  (not on Windows)

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _system() -> str:
    try:
        return f"{platform.freedesktop_os_release()['PRETTY_NAME']}, Linux {platform.release().partition('-')[0]}"
    except OSError:
        return platform.platform(terse=True)
