"""What the measurements were made on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path


def description() -> str:
    """Describe the machine and the versions, in one line."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("uvicorn", "starlette", "httptools", "msgspec"))
    return (
        f"{_processor()}, {os.cpu_count()} cores; {_system()}; "
        f"{platform.python_implementation()} {platform.python_version()}, {libraries}"
    )


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
