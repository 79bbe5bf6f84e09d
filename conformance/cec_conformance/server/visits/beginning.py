"""How most visits begin: a user who has logged in and created a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cec_conformance.server.visitor import User, Visitor


async def in_a_call(visitor: Visitor) -> User | None:
    """Give a user in a call that has just been created; `None` if the platform refused the login or the call."""
    user = visitor.user()
    return user if await user.login() and await user.create() else None
