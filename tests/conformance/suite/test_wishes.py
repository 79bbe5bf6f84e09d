"""What the settings of `pytest --pyargs cec_conformance` mean, and which mistakes are told."""

from __future__ import annotations

import pytest
from cec_conformance.suite.wishes import WishError, Wishes, wished

NODE = {"cec_client_command": "node my-client.js --call 'to me'"}
PLACE = {"cec_client_in_process": "my_client:place"}


def test_a_command_is_split_as_a_shell_splits_it() -> None:
    assert wished(NODE, {}) == Wishes(command=("node", "my-client.js", "--call", "to me"))


def test_everything_can_be_said() -> None:
    ini = PLACE | {"cec_budget": "Thorough", "cec_strict": "true", "cec_lang": "zh"}
    assert wished(ini, {}) == Wishes(in_process="my_client:place", extent="thorough", strict=True, language="zh")


@pytest.mark.parametrize(
    ("ini", "arguments"),
    [(NODE, "-- node my-client.js --call 'to me'"), (PLACE, "--in-process my_client:place")],
)
def test_the_command_judges_the_same_client(ini: dict[str, str], arguments: str) -> None:
    assert wished(ini, {}).client == arguments


@pytest.mark.parametrize("ini", [NODE, PLACE, {}])
def test_the_environment_wins_whichever_client_the_file_names(ini: dict[str, str]) -> None:
    environment = {"CEC_CONFORMANCE_COMMAND": "java Client", "CEC_CONFORMANCE_BUDGET": "smoke"}
    assert wished(ini | {"cec_budget": "thorough"}, environment) == Wishes(command=("java", "Client"), extent="smoke")


@pytest.mark.parametrize(
    ("ini", "told"),
    [
        ({}, "say which client to judge"),
        ({"cec_client_command": "  "}, "say which client to judge"),
        (NODE | PLACE, "not a command and a function"),
        ({"cec_client_command": "node 'my-client.js"}, "cannot be split into words (No closing quotation)"),
        (NODE | {"cec_budget": "fast"}, "'fast'; expected one of: smoke, quick, thorough"),
        (NODE | {"cec_strict": "2"}, "cec_strict (or CEC_CONFORMANCE_STRICT) is '2'"),
        (NODE | {"cec_lang": "de"}, "'de'; expected one of: en, zh"),
    ],
)
def test_mistakes_are_told(ini: dict[str, str], told: str) -> None:
    with pytest.raises(WishError) as failure:
        wished(ini, {})
    assert told in str(failure.value)
