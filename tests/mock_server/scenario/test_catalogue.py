"""The catalogue: scenarios by name and by path, and what is said of those that cannot be had."""

from __future__ import annotations

from pathlib import Path

import pytest
from mock_cec.scenario import catalogue
from mock_cec.scenario.loading import ScenarioError
from mock_cec.scenario.yaml_tree import LARGEST

NAMES = (
    "agent_hangs_up",
    "agent_tone",
    "agent_voice",
    "answered",
    "bare_addresses",
    "call_failed",
    "connection_lost",
    "create_unheard",
    "dripping",
    "event_lost",
    "expired_unseen",
    "gateway_busy",
    "gateway_declines",
    "gateway_errors",
    "gateway_ice_fails",
    "gateway_never_answers",
    "gateway_not_dialled",
    "gateway_rings",
    "gateway_socket_lost",
    "gateway_unavailable",
    "guide_samples",
    "login_refused",
    "media_stops",
    "media_then_released",
    "missing_members",
    "never_answered",
    "no_agents",
    "odd_answers",
    "one_way_audio",
    "poll_errors_persist",
    "poll_errors_recover",
    "queue_then_answered",
    "queue_timeout",
    "quiet",
    "reference_dialect",
    "slow_poll",
    "stale_connection",
    "text_chat",
    "token_expiry",
    "tokens_die_everywhere",
    "transfer",
    "unreadable_answers",
    "unsupported_channel",
    "unsupported_tenant",
    "wrong_charset",
)


def test_these_scenarios_come_with_the_package() -> None:
    assert catalogue.names() == NAMES
    assert catalogue.DEFAULT in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_has_a_title_that_fits_on_a_line_of_the_list(name: str) -> None:
    title = catalogue.find(name).title
    assert len(title) <= 90
    assert title.isprintable()


def test_a_file_is_found_by_its_path(tmp_path: Path) -> None:
    for name in ("mine.yaml", "mine.yml", "mine"):
        (tmp_path / name).write_text("\ufefftitle: 我的\n", encoding="utf-8")
        assert catalogue.find(str(tmp_path / name)).title == "我的"


def test_a_file_in_the_working_directory_needs_its_ending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text("title: x", encoding="utf-8")
    assert catalogue.find("mine.yaml").title == "x"
    assert complaint("mine").startswith("mine: there is no scenario of this name; there is: agent_hangs_up")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "queu",
            'queu: there is no scenario of this name; did you mean "queue_then_answered" or "queue_timeout"? there',
        ),
        ("Answered", 'Answered: there is no scenario of this name; did you mean "answered"? there is: '),
        ("", ": there is no scenario of this name; there is: "),
        ("x" * 9999, "xxx"),
        ("a\nb", "a\\nb: there is no scenario of this name"),
        ("missing.yaml", "missing.yaml: the file cannot be read: No such file or directory"),
        ("a\0b.yaml", "a\\x00b.yaml: this cannot be the name of a file: embedded null byte"),
    ],
)
def test_what_is_not_there_is_answered_with_what_is(name: str, message: str) -> None:
    assert complaint(name).startswith(message)


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    assert "the file cannot be read: " in complaint(f"{tmp_path}/")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "title: x\nagent:\n- say: 您好".encode("gbk"),
            "3: the file is not UTF-8; expected: a text file saved as UTF-8",
        ),
        ("title: x".encode("utf-16"), "1: the file is not UTF-8"),
        (bytes(range(256)), "2: the file is not UTF-8"),
        (b"\x00\x01\x02", "1: the file has control characters; is it a text file?"),
        (b"x" * 10_000_000, "1: this is larger, or nested deeper, than a scenario can be"),
        (b"[" * LARGEST, "1: this is larger, or nested deeper, than a scenario can be"),
        (b"", "1: the file is empty"),
    ],
)
def test_a_file_that_is_no_scenario_is_named_with_its_line(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_bytes(content)
    assert complaint(str(file)).startswith(f"{file}:{message}")


def complaint(name: str) -> str:
    with pytest.raises(ScenarioError) as raised:
        catalogue.find(name)
    assert len(str(raised.value).splitlines()) == 1
    return str(raised.value)
