"""Whose an exchange is, and which ones are meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mock_cec.control.finding import meant, meant_too, user
from mock_cec.control.shapes import TraceQuery

if TYPE_CHECKING:
    from tests.mock_server.control.conftest import House


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"userId":7}', b"{}", b"[" * 100_000])
def test_a_login_that_names_nobody_is_nobodys(house: House, body: bytes) -> None:
    house.start("POST", "/apiaccess/ccmessaging/applyToken", content=body)
    tenant = house.found("default")
    assert user(tenant.recorder.records[0], tenant) is None


def test_what_has_no_answer_has_no_status_and_an_unknown_path_no_endpoint(house: House) -> None:
    house.login("mock-app-key").start("getClickToCallEvents")
    house.start("GET", "/nowhere", headers={"ccmessaging-token": "never issued"})
    tenant = house.found("default")
    poll, nowhere = list(tenant.recorder.records)[-2:]
    assert not meant(poll, TraceQuery(status=200), tenant)
    assert meant(poll, TraceQuery(user="alice"), tenant)
    assert not meant(nowhere, TraceQuery(endpoint="send"), tenant)
    assert meant(nowhere, TraceQuery(status=404), tenant)
    assert user(nowhere, tenant) is None


def test_a_client_that_left_got_no_status(house: House) -> None:
    house.login("mock-app-key")
    tenant = house.found("default")
    record = tenant.recorder.records[0]
    record.reply, record.answer_ended, record.connection_gone = None, None, 1.0
    assert not meant(record, TraceQuery(status=200), tenant)


def test_the_signals_of_a_user_belong_to_what_was_asked_of_the_user(house: House) -> None:
    tenant = house.found("default")
    tenant.recorder.signal("state", "media connected", user="alice")
    (signal,) = tenant.recorder.signals
    assert meant_too(signal, TraceQuery())
    assert meant_too(signal, TraceQuery(user="alice"))
    assert not meant_too(signal, TraceQuery(user="bob"))
    assert not meant_too(signal, TraceQuery(endpoint="send"))
    assert not meant_too(signal, TraceQuery(status=200))
    for query in ("", "?user=alice", "?mask=true"):
        assert [one["text"] for one in house.ask("GET", f"/tenants/default/trace{query}").json()["signals"]] == [
            "media connected"
        ]
    assert house.ask("GET", "/tenants/default/trace?user=bob&mask=true").json()["signals"] == []
