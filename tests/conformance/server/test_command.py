"""`cec-conformance server`: what it says of the emulator and of faulty servers, over real sockets."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import httpx
import pytest
from cec_client.protocol import Exchange, Trace
from cec_conformance.command import main
from cec_conformance.server import searching
from cec_conformance.server.exploring import Exploration, explore
from cec_conformance.server.fuzzing import Fuzzing, fuzz
from cec_conformance.server.grounds import InProcess, OverNetwork
from cec_conformance.server.rules import SERVER_RULES
from cec_conformance.server.target import unreachable
from cec_conformance.server.twins import SERVER_TWINS
from cec_conformance.server.visits import VISITS
from click.testing import CliRunner
from mock_cec.serving import BackgroundServer

from tests.conformance.server.serving import CREDENTIALS, ENVIRONMENT, LOGIN, platform, twin
from tests.conformance.server.test_twins import ABOUT_403

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

FEW = tuple(
    part for name in ("login-with-bad-credentials", "call-and-hang-up", "every-event") for part in ("--case", name)
)
"""Visits that S-TOK-02 concerns, that bring something personal, and that cannot be paid."""


@pytest.fixture(scope="module")
def emulator() -> Iterator[str]:
    """Serve the emulator, with its control API."""
    with BackgroundServer(platform()) as running:
        yield running.base_url


def judged(url: str, *arguments: str, login: tuple[str, ...] = LOGIN, **environment: str) -> Result:
    """Run `cec-conformance server` in this process."""
    return CliRunner(env=ENVIRONMENT | environment).invoke(main, ["server", "--base-url", url, *login, *arguments])


def test_the_emulator_is_conformant_as_a_black_box(emulator: str, tmp_path: Path) -> None:
    done = judged(emulator, "--smoke", "--json", str(tmp_path / "report.json"))
    assert done.exit_code == 0, done.output

    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert (report["subject"], report["target"]) == ("server", emulator)
    assert report["policy"][0]["name"]["en"] == "a token that is missing or nobody's"


@pytest.mark.uncovered
@pytest.mark.parametrize("dialect", ["guide", "reference"])
def test_the_emulator_passes_every_visit_in_both_dialects(emulator: str, dialect: str) -> None:
    control = ("--control-url", f"{emulator}/__mock", "--dialect", dialect)
    done = judged(emulator, *control, "--strict", "--jobs", "40", "--no-fuzz", login=())
    assert done.exit_code == 0, done.output
    exercised = {"guide": len(SERVER_RULES), "reference": len(SERVER_RULES) - len(ABOUT_403)}
    assert f"{exercised[dialect]} of {len(SERVER_RULES)} rules were exercised" in " ".join(done.output.split())
    left = httpx.get(f"{emulator}/__mock/tenants", trust_env=False).json()["tenants"]
    assert [tenant["name"] for tenant in left] == ["default"]


@pytest.mark.parametrize(
    ("answers", "gone"),
    [
        ((), False),
        (("connection closed (ConnectError: connection refused)",) * 2, True),
        (("connection closed (ConnectError: connection refused)", None), False),
        (("connection closed (ReadError: )",), False),
    ],
)
def test_a_server_that_no_request_reaches_any_more_is_gone(answers: tuple[str | None, ...], *, gone: bool) -> None:
    exchanges = (
        Exchange(serial=number, method="GET", target="/", status=None if error else 200, script={"error": error or ""})
        for number, error in enumerate(answers, 1)
    )
    assert (unreachable(Trace(exchanges=tuple(exchanges))) is not None) is gone


def test_what_was_made_up_is_told_like_a_visit_and_judged_again_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faulty = SERVER_TWINS["S-DRP-03"]

    def explored(_ground: object, **_given: object) -> Exploration:
        return explore(InProcess(faulty), examples=40, number=1)

    def fuzzed(_ground: object, **_given: object) -> Fuzzing:
        return fuzz(InProcess(faulty), examples=30, number=1)

    monkeypatch.setattr(searching, "explore", explored)
    monkeypatch.setattr(searching, "fuzz", fuzzed)
    with twin(faulty) as url:
        given = ("--case", "login", "--fuzz", "--strict", "--evidence", str(tmp_path / "evidence"))
        then = judged(url, *given)
    now = CliRunner().invoke(main, ["trace", str(tmp_path / "evidence"), "--strict"])

    for done in (then, now):
        assert done.exit_code == 1, done.output
        assert "✗  explored-S-DRP-03: S-DRP-03" in done.output
        assert "dropClickToCall: it got 500  <- here" in done.output
        assert "✗  fuzzed-S-" in done.output
        assert "sequences that nobody wrote down" in done.output
        assert "endpoints to requests drawn from the OpenAPI document" in " ".join(done.output.split())


def test_a_search_beside_the_visits_has_a_tenant_of_its_own_or_says_why_it_has_none(
    emulator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def explored(ground: OverNetwork, **_given: object) -> Exploration:
        place = ground.enter()
        seen.append(place.visitor.access.credentials.app_key)
        place.leave()
        raise OSError("the network is down")

    monkeypatch.setattr(searching, "explore", explored)
    control = ("--control-url", f"{emulator}/__mock")
    done = judged(emulator, "--case", "login", "--fuzz", "--seed", "7", *control, login=())

    assert seen == ["conformance-search-7"]
    assert done.exit_code == 2, done.output
    assert "the judge could not search: the network is down" in done.output


def test_a_faulty_server_is_told_of_by_what_was_sent_what_came_and_curl() -> None:
    with twin(SERVER_TWINS["S-TOK-02"]) as url:
        done = judged(url, "--case", "login-with-bad-credentials")

    assert done.exit_code == 1, done.output
    assert "S-TOK-02  MUST · inferred · guide §2.1" in done.output
    assert "As sent       POST /apigovernance/api/oauth/tokenByAkSk" in done.output
    assert "As answered   HTTP 200" in done.output
    assert f"CEC={url}" in done.output
    again = f"cec-conformance server --case login-with-bad-credentials --base-url {url} --app-key {CREDENTIALS.app_key}"
    assert again in done.output
    assert "Not conformant: it breaks S-TOK-02." in done.output


def test_no_secret_gets_into_any_report(tmp_path: Path) -> None:
    reports = ("--json", "--junit", "--html")
    files = [part for name in reports for part in (name, str(tmp_path / name))]
    with twin(SERVER_TWINS["S-TOK-02"]) as url:
        done = judged(url, *FEW, *files, "--evidence", str(tmp_path / "evidence"))

    written = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert len(written) > len(reports)
    for file in written:
        assert CREDENTIALS.app_secret not in file.read_text("utf-8"), file
    assert CREDENTIALS.app_secret not in done.output


def test_evidence_is_judged_again_to_the_same_verdict(tmp_path: Path) -> None:
    with twin(SERVER_TWINS["S-TOK-02"]) as url:
        then = judged(url, *FEW, "--evidence", str(tmp_path / "evidence"))
    now = CliRunner().invoke(main, ["trace", str(tmp_path / "evidence")])

    assert (then.exit_code, now.exit_code) == (1, 1)
    for done in (then, now):
        assert "Not conformant: it breaks S-TOK-02." in done.output
    assert "The server's measured behaviour" in now.output
    alone = tmp_path / "evidence/cases/login-with-bad-credentials/trace.json"
    one = CliRunner().invoke(main, ["trace", str(alone)])
    assert one.exit_code == 1, one.output
    assert "Not conformant: it breaks S-TOK-02." in one.output
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path / "evidence", check=True)


def test_what_a_visit_would_take_is_said_where_it_cannot_be_paid(emulator: str) -> None:
    """Gentle as it is, it sends nothing that no client would send."""
    done = judged(emulator, "--gentle", "--pause", "0", "--case", "login", "--case", "login-with-bad-credentials")

    assert done.exit_code == 0, done.output
    assert "  -  login-with-bad-credentials" in done.output
    assert "it would take leave to send what no client would send (not in --gentle)" in done.output
    assert "rules were exercised in \n1 case." in done.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--smoke", "--thorough"), "exclude each other"),
        (("--insecure", "--ca", "pyproject.toml"), "--ca and --insecure exclude each other"),
        (("--gentle", "--app-secret", "x"), "do not belong on a command line"),
        (("--app-secret", "x", "--app-secret-file", "pyproject.toml"), "give the app secret once"),
        (("--gentle", "--thorough"), "--gentle and --thorough exclude"),
        (("--gentle", "--jobs", "4"), "leave --jobs out"),
        (("--gentle", "--control-url", "http://127.0.0.1:1/__mock"), "leave --control-url out"),
        (("--case", "logni"), 'there is no case "logni"; did you mean login?'),
        (("--rule", "S-TOK-99"), 'there is no rule "S-TOK-99"; did you mean'),
        (("--ca", "pyproject.toml"), "the certificates in 'pyproject.toml' cannot be read"),
        (("--control-url", "nowhere"), "--control-url: 'nowhere' is no address"),
        (("--token-base-url", "nowhere"), "--token-base-url: 'nowhere' is no address"),
        (("--expected-failures", "pyproject.toml"), "there is no rule"),
    ],
)
def test_contradictory_and_unknown_options_are_explained(arguments: tuple[str, ...], said: str) -> None:
    done = judged("http://127.0.0.1:1", *arguments)
    assert done.exit_code == 2, done.output
    assert said in " ".join(done.output.split())


def test_who_does_not_say_how_to_log_in_is_told_what_is_missing() -> None:
    done = CliRunner(env=dict.fromkeys(("CEC_APP_SECRET", "CEC_APP_KEY", "CEC_CHANNEL_ID"))).invoke(
        main, ["server", "--base-url", "http://127.0.0.1:1", "--app-key", "k"]
    )
    assert done.exit_code == 2
    said = " ".join(done.output.split())
    assert "the app secret (CEC_APP_SECRET, --app-secret-file), --channel-id (CEC_CHANNEL_ID) are missing" in said


def test_the_secret_can_come_from_a_file(emulator: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{CREDENTIALS.app_secret}\n", encoding="utf-8")
    file = ("--app-secret-file", str(tmp_path / "secret"))

    assert judged(emulator, "--case", "login", *file, CEC_APP_SECRET="").exit_code == 0
    (tmp_path / "secret").write_bytes(b"\xff")
    assert "cannot be read" in judged(emulator, "--case", "login", *file, CEC_APP_SECRET="").output


def test_every_visit_has_a_name_of_its_own() -> None:
    names = [visit.name for visit in VISITS]
    assert len(set(names)) == len(names)
