"""`docs/your-client.md`: its commands exist, its links lead somewhere, its CI jobs keep the reports that they write."""

from __future__ import annotations

import re
import shlex
from importlib.metadata import metadata
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from cec_conformance.cases.case import variables
from cec_conformance.cases.fixed import FIXED
from cec_conformance.client_command import client
from mock_cec.tenant import Credentials

from tests.examples.programs import EXAMPLES

DOCS: Final = Path(__file__).parents[2] / "docs"
PAGE: Final = (DOCS / "your-client.md").read_text(encoding="utf-8")
COMMANDS: Final = re.findall(r"cec-conformance client (-[^\n`]*?)\n", PAGE)
LINKS: Final = re.findall(r"\]\(((?!https:)[^)]+)\)", PAGE)
ADB: Final = EXAMPLES / "clients" / "android" / "adb.sh"


def job(mark: str) -> Any:
    """Parse the YAML that follows a mark."""
    match = re.search(rf"<!-- tested: {mark} -->\n```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert match, f"the page has no block for {mark}"
    return yaml.safe_load(match[1])


def reports(script: list[str]) -> set[str]:
    """Give the files that the one call of the judge in a script writes."""
    (judged,) = [line for line in script if "cec-conformance" in line]
    context = client.make_context("client", shlex.split(judged)[2:])
    return {str(context.params[name]) for name in ("junit", "html")}


def installs(script: list[str]) -> set[str]:
    """Give the extras that a script installs."""
    return {extra for line in script for extra in re.findall(r"pip install .*'mock-cec\[(\w+)\]'", line)}


@pytest.mark.parametrize("arguments", COMMANDS)
def test_every_command_can_be_parsed(arguments: str) -> None:
    context = client.make_context("client", shlex.split(arguments))
    assert bool(context.params["command"]) != context.params["attach"]


@pytest.mark.parametrize("link", sorted(set(LINKS)))
def test_every_link_leads_somewhere(link: str) -> None:
    name, _, anchor = link.partition("#")
    target = (DOCS / name).resolve() if name else DOCS / "your-client.md"
    assert target.exists()
    if anchor:
        headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
        assert anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_job_of_github_keeps_its_reports_whatever_comes() -> None:
    steps = job("GitHub Actions")["jobs"]["client"]["steps"]
    assert [len({"run", "uses"} & set(step)) for step in steps] == [1] * len(steps)
    script = [step["run"] for step in steps if "run" in step]
    kept = steps[-1]
    assert kept["uses"].startswith("actions/upload-artifact@")
    assert kept["if"] == "always()"
    assert set(kept["with"]["path"].split()) == reports(script)
    assert installs(script) == {"judge"} <= set(metadata("mock-cec").get_all("Provides-Extra") or ())


def test_the_job_of_gitlab_keeps_its_reports_whatever_comes() -> None:
    steps = job("GitLab")["conformance"]
    kept = steps["artifacts"]
    assert kept["when"] == "always"
    assert set(kept["paths"]) == reports(steps["script"])
    assert kept["reports"]["junit"] in kept["paths"]
    assert installs(steps["before_script"]) == {"judge"}


def test_an_app_is_handed_every_variable() -> None:
    wanted = set(variables(FIXED[0], Credentials(), "http://127.0.0.1:1"))
    match = re.search(r"for name in (.*?); do", ADB.read_text(encoding="utf-8"), re.DOTALL)
    assert match
    assert set(match[1].replace("\\\n", " ").split()) == wanted
