"""The probe: each way not to keep the contract has a message of its own that says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cec_client.protocol import Endpoint, Exchange, Trace
from cec_conformance.probing import PROBE, complaint
from cec_conformance.results import Ending
from cec_conformance.targets.program import MOST_OUTPUT
from cec_conformance.targets.target import Played

if TYPE_CHECKING:
    from collections.abc import Mapping


def ending(
    exit_status: int | None = 0, outcome: str = "released", *, stderr: str = "", seconds: float = 1.0, written: int = 0
) -> Ending:
    return Ending(exit_status, outcome, 0.0, seconds, stderr=stderr, written=written)


def asked(*paths: str, **headers: str) -> Trace:
    """Give the trace of a client that created a call, or asked for some paths and nothing more."""
    found = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Trace(
        exchanges=tuple(
            Exchange(serial=serial, method="POST", target=path, request_headers=found)
            for serial, path in enumerate(paths or (Endpoint.TOKEN.path, Endpoint.CREATE.path), 1)
        )
    )


SILENT = Trace()


@pytest.mark.parametrize(
    ("end", "trace"),
    [
        (ending(), asked()),
        (ending(outcome="skip"), SILENT),
        (ending(outcome="skip"), asked(Endpoint.TOKEN.path)),
        (None, SILENT),
    ],
)
def test_whoever_keeps_the_contract_hears_nothing(end: Ending | None, trace: Trace) -> None:
    assert complaint(Played(trace, end), {}) is None


@pytest.mark.parametrize(
    ("end", "trace", "environment", "told"),
    [
        (ending(1, "", stderr="Error: no config"), SILENT, {}, "it ended with status 1 and never sent a request"),
        (ending(1, "", stderr="a\nError: no config"), SILENT, {}, "Its last words on stderr:\na\nError: no config"),
        (ending(-11, ""), SILENT, {}, "it was ended by signal 11 and never sent a request"),
        (ending(), SILENT, {}, "it ended with status 0 and never sent a request"),
        (ending(), SILENT, {}, "Take the address from CEC_BASE_URL"),
        (ending(None, "", seconds=35.2), SILENT, {}, "it did not end within 35 s and never sent a request"),
        (ending(None, "", written=MOST_OUTPUT + 1), SILENT, {}, "it wrote 64 MB of output without an end and never"),
        (ending(None, "", written=MOST_OUTPUT + 1), asked(), {}, "it wrote 64 MB of output without an end in a call"),
        (
            ending(1, "", stderr="Error: listen EADDRINUSE"),
            SILENT,
            {},
            "it tried to listen on an address that is taken",
        ),
        (ending(1, ""), SILENT, {"https_proxy": "http://p"}, "(https_proxy is set: does it ask that proxy"),
        (ending(), asked(via="1.1 squid"), {}, "its requests came through a proxy"),
        (ending(), asked(proxy_connection="keep-alive"), {}, "its requests came through a proxy"),
        (ending(outcome=""), asked(), {}, "its last line on stdout was no outcome"),
        (ending(3), asked(), {}, "it ended with status 3 in a call that was connected and released"),
        (ending(None, ""), asked(), {}, "it did not end within 1 s in a call"),
        (ending(outcome="error"), asked("//x?y=1"), {}, "none of its requests had a path of the guide"),
        (ending(outcome="error"), asked(Endpoint.TOKEN.path), {}, "it placed no call and said error"),
        (
            ending(outcome="error"),
            asked(Endpoint.TOKEN.path, Endpoint.TOKEN.path, "/create?x=1"),
            {},
            "It sent: tokenByAkSk, /create",
        ),
        (ending(1, ""), asked("//x?y=1"), {}, "none of its requests had a path of the guide (the first: //x)"),
    ],
)
def test_a_broken_contract_is_told_in_one_message(
    end: Ending, trace: Trace, environment: Mapping[str, str], told: str
) -> None:
    found = complaint(Played(trace, end), environment)
    assert found is not None
    assert told in found.en
    assert any("\u4e00" <= letter <= "\u9fff" for letter in found.zh)


def test_the_probe_is_a_call_without_anything_odd() -> None:
    assert PROBE.scenario.answers == {}
    assert [event.event for event in PROBE.scenario.events] == ["connected", "released"]
