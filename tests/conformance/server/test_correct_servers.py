from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cec_conformance.rule import Level

from tests.conformance.server import correct_polling
from tests.conformance.server.correct_servers import ADVISED, CORRECT
from tests.conformance.server.matrix import LEVELS, found

if TYPE_CHECKING:
    from cec_conformance.server.twins.original import Original

pytestmark = [pytest.mark.uncovered, pytest.mark.usefixtures("silent_emulator")]


@pytest.mark.parametrize("server", [*CORRECT, *correct_polling.CORRECT])
def test_whoever_reads_the_guide_differently_keeps_every_must(server: type[Original]) -> None:
    objecting = found(server).objecting

    assert objecting == (ADVISED | correct_polling.ADVISED).get(server, set())
    assert {rule for rule in objecting if LEVELS[rule] is Level.MUST} == set()
