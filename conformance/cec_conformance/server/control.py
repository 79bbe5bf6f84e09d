"""The control channel of a server that has one: a tenant for each visit, whose scenario and clock are the visit's own.

It speaks the emulator's control API (docs/control-api.md); whoever offers the four operations that are used here can be
judged by it as well.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final, TypeVar

import httpx
import msgspec
from mock_cec.tenant import Credentials
from msgspec import Struct

from cec_conformance.scenario_file import yaml_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from mock_cec.scenario.dialect import DialectName
    from mock_cec.scenario.model import Scenario

    _Told = TypeVar("_Told")

PATIENCE: Final = 10.0
"""Seconds that an answer of the control channel is waited for."""

MOVES: Final = "auto"
"""The kind of clock that can be moved, and that moves by itself while everybody waits."""

_MOST_SHOWN: Final = 200


class ControlError(RuntimeError):
    """Raised when the control channel does not do what it is asked; the text says what, and what to do."""


class _Tenant(Struct):
    app_key: str
    app_secret: str
    channel_id: str


class _Clock(Struct):
    now: float


def wanted(name: str, scenario: Scenario, dialect: str | None, *, moves: bool) -> dict[str, str]:
    """Give the body that asks for a tenant; see `Control.tenant`."""
    asked = {"name": name, "app_key": name, "scenario": yaml_of(scenario), "clock": MOVES if moves else "real"}
    return asked if dialect is None else {**asked, "dialect": dialect}


class Control:
    """The control channel.

    Attributes:
        url: Where it is.

    Args:
        url: Where it is, such as `http://127.0.0.1:8360/__mock`.
        http: Carries the requests; it is closed with the channel.
        token: What `Authorization` says, for a channel that asks for it.
    """

    def __init__(self, url: str, http: httpx.AsyncClient, token: str | None = None) -> None:
        self.url = url.rstrip("/")
        self._http = http
        self._headers = {"authorization": f"Bearer {token}"} if token else {}

    @asynccontextmanager
    async def tenant(
        self, name: str, scenario: Scenario, dialect: DialectName | None, *, moves: bool
    ) -> AsyncIterator[Credentials]:
        """Make a tenant, and remove it at the end.

        Args:
            name: Its name and app key.
            scenario: What it plays.
            dialect: In place of the scenario's own.
            moves: Whether its clock is one that can be moved, and that moves by itself while everybody waits.

        Raises:
            ControlError: It cannot be made.
        """
        made = await self._ask("POST", "/tenants", wanted(name, scenario, dialect, moves=moves), _Tenant)
        try:
            yield Credentials(made.app_key, made.app_secret, made.channel_id)
        finally:
            await self._ask("DELETE", f"/tenants/{name}", None, dict)

    async def now(self, name: str) -> float:
        """Give the time of a tenant, in seconds.

        Raises:
            ControlError: It does not tell.
        """
        return (await self._ask("GET", f"/tenants/{name}/clock", None, _Clock)).now

    async def advance(self, name: str, seconds: float) -> float:
        """Move the clock of a tenant, and give its time.

        Raises:
            ControlError: It does not move.
        """
        step = {"advance": f"{round(seconds * 1000)}ms"}
        return (await self._ask("POST", f"/tenants/{name}/clock", step, _Clock)).now

    async def close(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    async def _ask(self, method: str, path: str, body: dict[str, str] | None, kind: type[_Told]) -> _Told:
        where = f"the control channel at {self.url}"
        try:
            answer = await self._http.request(
                method, self.url + path, json=body, headers=self._headers, timeout=PATIENCE
            )
        except httpx.RequestError as error:
            raise ControlError(
                f"{where} cannot be used: {str(error) or type(error).__name__}; see --control-url"
            ) from error
        if not answer.is_success:
            said = " ".join(answer.text.split())[:_MOST_SHOWN]
            raise ControlError(
                f"{where} answered {method} {path} with {answer.status_code}: {said or 'nothing'}; "
                "expected: an address such as http://127.0.0.1:8360/__mock, and --control-token where it asks for one"
            )
        try:
            return msgspec.json.decode(answer.content, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ControlError(
                f"{where} answered {method} {path} with something else than a control API of the emulator's shape: "
                f"{error}"
            ) from error
