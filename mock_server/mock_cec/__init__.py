"""An emulator of CEC's click-to-call API for offline development and CI.

`MockCec` is the emulator inside a test's own process. It is loaded when it is first used, so that importing the package
brings no server along.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_cec.embed.server import MockCec
    from mock_cec.embed.tenant import MockTenant

__version__ = "0.1.0"
__all__ = ["MockCec", "MockTenant", "__version__"]

_HOMES = {"MockCec": "mock_cec.embed.server", "MockTenant": "mock_cec.embed.tenant"}


if not TYPE_CHECKING:  # a type checker would take it for a promise that any name exists

    def __getattr__(name: str) -> object:
        """Load a public name when it is first used (PEP 562)."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module  # noqa: PLC0415  (the command needs none of this)

        value = globals()[name] = getattr(import_module(_HOMES[name]), name)
        return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*globals(), *__all__})
