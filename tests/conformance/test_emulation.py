"""The judge's emulator: a port for each case, its lag, and the addresses under which clients find it."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from typing import TYPE_CHECKING

import httpx
import pytest
from cec_client.protocol import Endpoint
from cec_conformance.emulation import Emulation
from cec_conformance.probing import PROBE
from mock_cec.tls import made_context

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from cec_conformance.emulation import CasePort


def with_port(work: Callable[[CasePort], Awaitable[None]], emulation: Emulation | None = None) -> str:
    """Work with the port of a case, and give its address."""

    async def there(running: Emulation) -> str:
        async with running.port(PROBE) as port:
            await work(port)
            return port.base_url

    with emulation or Emulation() as running:
        return asyncio.run(there(running))


async def create(port: CasePort, *, verify: ssl.SSLContext | bool = True) -> httpx.Response:
    async with httpx.AsyncClient(base_url=port.base_url, verify=verify, trust_env=False) as client:
        return await client.post(Endpoint.CREATE.path, json={})


def test_whatever_comes_is_answered_by_the_script_and_recorded() -> None:
    async def work(port: CasePort) -> None:
        assert (await create(port)).json()["resultCode"] == "0"
        assert [exchange.endpoint for exchange in (await port.trace()).exchanges] == [Endpoint.CREATE]

    with_port(work)


def test_a_port_is_closed_when_its_case_is_over() -> None:
    async def nothing(_port: CasePort) -> None:
        pass

    address = httpx.URL(with_port(nothing))
    with pytest.raises(OSError, match="refused"), socket.create_connection((address.host, address.port or 0)):
        pass


def test_two_cases_have_two_ports() -> None:
    async def both(emulation: Emulation) -> None:
        async with emulation.port(PROBE) as one, emulation.port(PROBE) as other:
            await create(one)
            assert one.base_url != other.base_url
            assert len((await one.trace()).exchanges) == 1
            assert (await other.trace()).exchanges == ()

    with Emulation() as running:
        asyncio.run(both(running))


def test_the_lag_of_its_loop_is_measured() -> None:
    async def work(port: CasePort) -> None:
        def dawdle(*_: object) -> bool:
            time.sleep(0.3)
            return True

        assert port.lag < 0.2
        await port.waited_enough(0.0, dawdle)
        await port.waited_enough(0.0, lambda *_: port.lag > 0.2)  # it is seen at the next beat

    with_port(work)


def test_clients_are_told_the_public_address() -> None:
    async def work(port: CasePort) -> None:
        assert port.base_url.startswith("http://cec.phone.test:")

    address = with_port(work, Emulation(public_url="http://cec.phone.test:{port}/"))
    assert httpx.URL(address).port


def test_it_serves_https(tmp_path: Path) -> None:
    context, authority = made_context(tmp_path)

    async def work(port: CasePort) -> None:
        assert port.base_url.startswith("https://127.0.0.1:")
        assert (await create(port, verify=ssl.create_default_context(cafile=authority))).status_code == 200

    with_port(work, Emulation(tls=context))
