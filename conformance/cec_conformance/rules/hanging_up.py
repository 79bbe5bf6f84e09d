"""Rules on hanging up (guide §4.2, §5 step 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_conformance.rule import Basis, Family, Level, broken, kept
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.rule import Observation
    from cec_conformance.run import Run

HANGING_UP: Final = Family("Hanging up", "挂断")


@HANGING_UP.rule(
    "C-DROP-02",
    Level.MUST,
    Basis.INFERRED,
    "§4.2",
    Words("There is no dropClickToCall before a create has succeeded.", "创建呼叫成功之前，不发送 dropClickToCall。"),
    twin=Words("drops right after the login, to clean up", "登录后先发送一次 dropClickToCall 作“清理”"),
)
def no_drop_before_create(run: Run) -> Iterator[Observation]:
    """Look at every drop."""
    for drop in run.drops:
        created = run.created
        if created is not None and created.serial < drop.serial:
            yield kept(created, drop)
        else:
            yield broken([drop], "it came before any create had succeeded", "此前没有成功的创建呼叫")
