"""What the user of `pytest --pyargs cec_conformance` wants: ini keys, and the environment, which wins (pure)."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final, cast, get_args

from msgspec import Struct

from cec_conformance.selection import Extent
from cec_conformance.words import Language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

VARIABLES: Final = {
    "cec_client_command": "CEC_CONFORMANCE_COMMAND",
    "cec_client_in_process": "CEC_CONFORMANCE_IN_PROCESS",
    "cec_budget": "CEC_CONFORMANCE_BUDGET",
    "cec_strict": "CEC_CONFORMANCE_STRICT",
    "cec_lang": "CEC_CONFORMANCE_LANG",
}
"""The variable of the environment for each ini key."""

_CLIENT: Final = ("cec_client_command", "cec_client_in_process")
_YES_OR_NO: Final = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


class WishError(ValueError):
    """Raised when the settings say no client, two of them, or what there is not; the text says which."""


class Wishes(Struct, frozen=True):
    """What is judged, and how.

    Attributes:
        command: The command and its arguments; empty if the client is a function.
        in_process: `module:function`; empty if the client is a command.
        extent: How many cases there are.
        strict: Whether a SHOULD that is broken fails a test as well.
        language: In which language stories are told.
    """

    command: tuple[str, ...] = ()
    in_process: str = ""
    extent: Extent = "quick"
    strict: bool = False
    language: Language = "en"

    @property
    def client(self) -> str:
        """The arguments by which `cec-conformance client` judges the same client."""
        return shlex.join(["--", *self.command] if self.command else ["--in-process", self.in_process])


def wished(ini: Mapping[str, str], environment: Mapping[str, str]) -> Wishes:
    """Read the settings.

    Args:
        ini: What pytest's configuration file says, by key; empty texts count as absent.
        environment: The environment.

    Raises:
        WishError: They are not usable.
    """
    told = {key: environment.get(variable, "").strip() for key, variable in VARIABLES.items()}
    here = dict(ini) if not any(told[key] for key in _CLIENT) else {**ini, **dict.fromkeys(_CLIENT, "")}
    given = {key: told[key] or here.get(key, "").strip() for key in VARIABLES}
    command, in_process = (given[key] for key in _CLIENT)
    if bool(command) == bool(in_process):
        raise WishError(_which_client(both=bool(command)))
    return Wishes(
        command=_words(command),
        in_process=in_process,
        extent=cast("Extent", _one_of("cec_budget", given, get_args(Extent), "quick")),
        strict=_YES_OR_NO[_one_of("cec_strict", given, _YES_OR_NO, "false")],
        language=cast("Language", _one_of("cec_lang", given, get_args(Language), "en")),
    )


def _which_client(*, both: bool) -> str:
    trouble = "say one client, not a command and a function" if both else "cec_conformance: say which client to judge"
    return (
        f"{trouble}:\n"
        "  cec_client_command = node my-client.js        in pytest.ini (or [tool.pytest.ini_options])\n"
        "  cec_client_in_process = my_client:place_call  for an async Python function\n"
        "or CEC_CONFORMANCE_COMMAND, CEC_CONFORMANCE_IN_PROCESS in the environment (docs/testing.md of mock-cec)"
    )


def _words(command: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(command))
    except ValueError as failure:
        raise WishError(f"cec_client_command cannot be split into words ({failure}): {command}") from failure


def _one_of(key: str, given: Mapping[str, str], allowed: Iterable[str], default: str) -> str:
    value = given[key].lower() or default
    if value not in allowed:
        raise WishError(f"{key} (or {VARIABLES[key]}) is {given[key]!r}; expected one of: {', '.join(allowed)}")
    return value
