"""The page about traces: its examples are real, and it leaves no member out."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from cec_client.protocol import Exchange, Signal, Trace
from click.testing import CliRunner
from mock_cec.trace.diagram import draw, plain
from mock_cec.trace.masking import mask
from mock_cec.trace.names import PERSONAL_KINDS, Kind
from mock_cec.trace.show import show

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.mock_server.conftest import Api

    MakeApi = Callable[..., Api]

PAGE: Final = (Path(__file__).parents[3] / "docs" / "trace.md").read_text(encoding="utf-8")


def block(kind: str) -> str:
    found = re.search(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def test_the_diagram_is_the_real_one(api: MakeApi) -> None:
    client = api("token_expiry").login()
    client.call("createClickToCall")
    client.event()
    poll = client.start("getClickToCallEvents")
    client.advance(1.5)
    assert client.answer(poll).status_code == 403
    client.login()
    client.event()
    client.start("getClickToCallEvents")
    client.advance(4.0)
    client.call("dropClickToCall")
    client.advance(0.1)
    assert plain(draw(client.tenant.recorder.trace(), "alice")) == block("text")


def test_the_stored_trace_can_be_read_and_is_masked() -> None:
    trace = Trace.from_json(block("json").encode())
    assert trace.exchanges[0].script["step"] == "events[0] queued"
    assert mask(trace) == trace


@pytest.mark.parametrize("name", [field.name for kind in (Trace, Exchange, Signal) for field in fields(kind)])
def test_every_member_has_its_row(name: str) -> None:
    assert f"| `{name}` |" in PAGE
    assert f'"{name}"' in block("json")


@pytest.mark.parametrize("kind", Kind)
def test_every_label_is_named(kind: Kind) -> None:
    assert f"<{kind} 1>" in PAGE
    assert (PAGE.index(f"<{kind} 1>") > PAGE.index("--mask-personal` does")) == (kind in PERSONAL_KINDS)


def test_every_option_of_the_commands_exists() -> None:
    said = CliRunner().invoke(show, ["--help"]).output
    options = set(re.findall(r"--[a-z][a-z-]+", PAGE))
    assert options
    assert all(option in said for option in options)
