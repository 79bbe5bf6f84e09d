"""The settings of `pytest --pyargs cec_conformance`, which are to be known before anything is collected.

pytest imports this into every run, so it brings nothing along.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pytest

OPTIONS: Final = {
    "cec_client_command": "cec-conformance: the command that places a call, as one types it in a shell",
    "cec_client_in_process": "cec-conformance: in place of it, an async Python function, module:function",
    "cec_budget": "cec-conformance: smoke, quick (the default) or thorough",
    "cec_strict": "cec-conformance: true if a SHOULD that is broken fails a test as well",
    "cec_lang": "cec-conformance: en (the default) or zh, the language of the stories",
}
"""The ini keys, and what they mean."""

_PACKAGE: Final = "cec_conformance"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the ini keys."""
    for name, meaning in OPTIONS.items():
        parser.addini(name, meaning, default="")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a run of the judge that does not say what to judge, before a hundred tests fail by it."""
    if config.getoption("pyargs") and any(_ours(argument) for argument in config.args):
        from cec_conformance.suite.configured import wishes  # noqa: PLC0415  (for those who use it)

        wishes(config)


def _ours(argument: str) -> bool:
    return argument.split("::", maxsplit=1)[0].split(".", maxsplit=1)[0] == _PACKAGE
