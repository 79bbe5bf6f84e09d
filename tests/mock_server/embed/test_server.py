"""The emulator inside a program of one's own."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cec_client
import httpx
import mock_cec
import pytest
from cec_client.protocol import Endpoint
from mock_cec import MockCec, MockTenant
from mock_cec.platform import TenantExists
from mock_cec.scenario import catalogue
from mock_cec.scenario.loading import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Iterator

LONG = """
title: An hour's call
events:
  - {after: 300ms, event: queued}
  - {after: 2s, event: connected}
  - {after: 1h, event: released}
"""


def login(cec: MockTenant) -> httpx.Response:
    keys = {"app_key": cec.app_key, "app_secret": cec.app_secret}
    return httpx.post(cec.base_url + Endpoint.TOKEN.path, json=keys)


def call(cec: MockTenant) -> str:
    """Place a call with the reference client, and give its outcome."""
    with cec_client.Client(
        cec.base_url, app_key=cec.app_key, app_secret=cec.app_secret, channel_id=cec.channel_id, user_id="alice"
    ) as client:
        with client.call() as live:
            list(live)
        assert live.outcome is not None
        return live.outcome.value


@pytest.fixture
def stepped() -> Iterator[MockCec]:
    with MockCec(LONG, clock="stepped") as cec:
        yield cec


@pytest.mark.parametrize(
    "scenario",
    ["answered", catalogue.folder() / "answered.yaml", catalogue.find("answered"), "title: t", "title: t\nhold: 1s\n"],
    ids=["name", "path", "scenario", "a line", "text"],
)
def test_a_scenario_may_come_in_any_form(scenario: Any) -> None:
    with MockCec(scenario) as cec:
        assert login(cec).status_code == 200
        assert [exchange.endpoint for exchange in cec.trace.exchanges] == [Endpoint.TOKEN]
        assert "tokenByAkSk" in cec.story
        assert cec.problems == ""


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"scenario": "answred"}, "answered"),
        ({"scenario": Path("answred.yaml")}, "cannot be read"),
        ({"scenario": 3}, "scenario"),
        ({"clock": "steped"}, "stepped"),
        ({"speed": 0}, "speed"),
        ({"speed": "2"}, "speed"),
        ({"dialect": "klingon"}, "guide, reference"),
    ],
)
def test_a_mistake_is_told(settings: dict[str, Any], words: str) -> None:
    with pytest.raises((ScenarioError, ValueError, TypeError), match=words):
        MockCec(**settings)


def test_the_dialect_is_chosen_for_every_tenant_and_stays_with_it() -> None:
    def status(cec: MockTenant) -> int:
        return httpx.get(cec.base_url + Endpoint.CHECK.path, headers={"x-app-key": cec.app_key}).status_code

    with MockCec(dialect="reference") as cec, cec.tenant() as usual, cec.tenant(dialect="reference") as other:
        assert [status(tenant) for tenant in (cec, usual, other)] == [401, 403, 401]
        for tenant in (cec, usual, other):
            tenant.reset(scenario="answered")
        assert [status(tenant) for tenant in (cec, usual, other)] == [401, 403, 401]


def test_the_package_brings_its_names_only_when_they_are_used() -> None:
    program = "import sys, mock_cec; print([m for m in ('asyncio', 'msgspec', 'uvicorn') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert {"MockCec", "MockTenant"} <= set(dir(mock_cec))
    with pytest.raises(AttributeError, match="MockCek"):
        _ = mock_cec.MockCek  # type: ignore[attr-defined]


def test_it_starts_and_stops_again_and_leaves_no_thread() -> None:
    threads = threading.active_count()
    cec = MockCec()
    assert cec.base_url.endswith(".test")
    for _ in range(2):
        cec.start()
        assert login(cec).status_code == 200
        with pytest.raises(RuntimeError, match="runs already"):
            cec.start()
        cec.stop()
        cec.stop()
    assert len(cec.trace.exchanges) == 2
    assert threading.active_count() == threads


def test_the_variables_are_those_of_the_drivers_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "intra.net")
    monkeypatch.delenv("no_proxy", raising=False)
    with MockCec() as cec:
        env = cec.env
        assert (env["CEC_BASE_URL"], env["CEC_APP_KEY"]) == (cec.base_url, "mock-app-key")
        assert env["NO_PROXY"] == "intra.net,127.0.0.1,localhost"
        program = "import os, urllib.request as r; print(r.urlopen(os.environ['CEC_BASE_URL'] + '/x'))"
        command = [sys.executable, "-c", program]
        run = subprocess.run(command, env=os.environ | env, capture_output=True, text=True, check=False)
        assert "404" in run.stderr
    assert cec.problems.count("GET /x") == 1


def test_tenants_share_the_port_and_nothing_else() -> None:
    with MockCec() as cec:
        with cec.tenant("one") as one, cec.tenant() as two:
            assert len({cec.app_key, one.app_key, two.app_key}) == 3
            assert cec.base_url == one.base_url
            assert "'one'" in repr(one)
            assert login(one).status_code == 200
            assert [len(tenant.trace.exchanges) for tenant in (cec, one, two)] == [0, 1, 0]
            with pytest.raises(TenantExists, match="one"):
                cec.tenant("one")
        assert login(one).status_code == 401
        one.remove()
        assert cec.tenant("one").app_key == one.app_key
        with pytest.raises(RuntimeError, match="first tenant"):
            cec.remove()


def test_the_first_tenant_may_begin_anew() -> None:
    with MockCec(LONG, clock="stepped") as cec:
        first = login(cec).json()["AccessToken"]
        cec.clock.advance("1h")
        with pytest.raises(ScenarioError):
            cec.reset("answred")
        cec.reset("title: t\nanswers: {tokenByAkSk: {2: {status: 500}}}")
        assert cec.trace.exchanges == ()
        assert cec.clock.now() == 0
        assert login(cec).json()["AccessToken"] == first
        assert login(cec).status_code == 500


def test_a_removed_tenant_answers_whoever_waits(stepped: MockCec) -> None:
    with ThreadPoolExecutor() as pool:
        with stepped.tenant(scenario=LONG, clock="stepped") as tenant:
            live = pool.submit(call, tenant)
            tenant.wait_until_held()
        with pytest.raises(cec_client.CecError):  # its credentials are unknown by now
            live.result(timeout=20)


def test_an_hour_passes_at_once(stepped: MockCec) -> None:
    with ThreadPoolExecutor() as pool:
        live = pool.submit(call, stepped)
        stepped.wait_until_held()
        stepped.clock.advance(0.3)
        assert stepped.wait_for(endpoint="getClickToCallEvents").script["due"] == pytest.approx(0.3)
        stepped.wait_until_held()
        stepped.clock.advance("2h")
        assert live.result(timeout=20) == "released"


def test_a_call_is_played_to_its_end_and_twice_the_same() -> None:
    def played() -> tuple[str, float, str]:
        short = LONG.replace("1h", "2m")  # the client rests a little after an empty poll
        with MockCec(short, clock="stepped") as cec, ThreadPoolExecutor() as pool:
            outcome = cec.clock.play(pool.submit(call, cec))
            return outcome, cec.clock.now(), cec.story

    first = played()
    assert first == played()
    assert first[0] == "released"
    assert first[1] == pytest.approx(122.3)


def test_with_the_clock_auto_time_moves_by_itself_when_everybody_waits_for_it() -> None:
    with MockCec(LONG.replace("1h", "9m"), clock="auto") as cec, cec.tenant(clock="auto") as other:
        assert call(cec) == "released"
        assert cec.clock.now() == pytest.approx(542.3)
        assert other.clock.now() == 0
        cec.reset()
        assert cec.clock.now() == 0
        assert call(cec) == "released"
        cec.clock.advance("1h")
        assert cec.clock.now() == pytest.approx(4142.3)


def test_what_does_not_end_is_told(stepped: MockCec) -> None:
    with pytest.raises(TimeoutError, match="at 0 s of stepped time"):
        stepped.clock.play(Future[None](), timeout=0.01)


def test_whoever_became_due_is_answered_when_advance_returns() -> None:
    slow = "title: t\nanswers: {tokenByAkSk: {every 1: {delay: 10s}}}"
    with MockCec(slow, clock="stepped") as cec, ThreadPoolExecutor() as pool:
        logins = [pool.submit(login, cec) for _ in range(3)]
        cec.wait_until_held(3)
        cec.clock.advance(9.999)
        assert {exchange.status for exchange in cec.trace.exchanges} == {None}
        assert cec.story.count("waits") == 3
        cec.clock.advance(0.001)
        assert {exchange.status for exchange in cec.trace.exchanges} == {200}
        assert {answer.result(timeout=20).status_code for answer in logins} == {200}


@pytest.mark.parametrize("by", [-1, float("nan"), float("inf"), "soon"])
def test_time_moves_forwards_by_durations(stepped: MockCec, by: float | str) -> None:
    with pytest.raises(ValueError, match=str(by)):
        stepped.clock.advance(by)


def test_real_time_is_not_to_be_moved() -> None:
    with MockCec() as cec, pytest.raises(RuntimeError, match="stepped"):
        cec.clock.advance(1)


def test_waiting_counts_what_was_before_and_can_be_particular(stepped: MockCec) -> None:
    login(stepped)
    assert stepped.wait_for().serial == 1
    login(stepped)
    assert stepped.wait_for(endpoint=Endpoint.TOKEN, count=2).serial == 2
    assert stepped.wait_for(lambda exchange: exchange.serial > 1).serial == 2
    assert stepped.wait_for(lambda _: len(stepped.trace.exchanges) == 2).serial == 1


def test_waiting_in_vain_tells_what_there_was(stepped: MockCec) -> None:
    login(stepped)
    with pytest.raises(TimeoutError, match=r"only 1 of 2 tokenByAkSk within 0\.01 s(.|\n)*tokenByAkSk +200"):
        stepped.wait_for(endpoint="tokenByAkSk", count=2, timeout=0.01)
    with pytest.raises(TimeoutError, match="no matching exchange"):
        stepped.wait_for(lambda _: False, timeout=0)
    with pytest.raises(TimeoutError, match="fewer than 1 held request within"):
        stepped.wait_until_held(timeout=0)
    with pytest.raises(ValueError, match="createClickToCall"):
        stepped.wait_for(endpoint="createClickToCal")
    with pytest.raises(ValueError, match="count"):
        stepped.wait_for(count=0)


def test_it_is_there_for_coroutines() -> None:
    asyncio.run(coroutine())


async def coroutine() -> None:
    async with MockCec(LONG, clock="stepped") as cec, httpx.AsyncClient(base_url=cec.base_url) as client:
        await client.get("/x")
        assert (await cec.wait_for_async()).status == 404
        await cec.clock.advance_async("1h")
        assert cec.clock.now() == 3600


def test_without_a_server_it_is_an_application() -> None:
    async def scene() -> None:
        cec = MockCec("title: t\nanswers: {tokenByAkSk: {1: {delay: 1h}}}", clock="stepped")
        keys = {"app_key": cec.app_key, "app_secret": cec.app_secret}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(cec.app), base_url=cec.base_url) as client:
            answer = asyncio.create_task(client.post(Endpoint.TOKEN.path, json=keys))
            await cec.wait_until_held_async()
            with pytest.raises(RuntimeError, match="_async"):
                cec.clock.advance(1)
            await cec.clock.advance_async("1h")
            assert (await answer).status_code == 200
            cec.reset()
            again = asyncio.create_task(client.post(Endpoint.TOKEN.path, json=keys))
            assert (await cec.clock.play_async(again)).status_code == 200
            assert cec.trace.exchanges[0].answer_ended == 3600

    asyncio.run(scene())
