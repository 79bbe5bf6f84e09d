"""What can be wrong with a control request: one shape for all of it."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

Code = Literal[
    "bad_request",
    "bad_scenario",
    "cross_origin",
    "foreign_host",
    "gone",
    "method_not_allowed",
    "needs_token",
    "no_ports",
    "not_json",
    "not_stepped",
    "not_found",
    "port_taken",
    "stopping",
    "taken",
    "timed_out",
    "too_large",
    "too_many",
    "wrong_token",
]

STATUS: Final[dict[Code, int]] = {
    "bad_request": 400,
    "bad_scenario": 400,
    "cross_origin": 403,
    "foreign_host": 403,
    "gone": 409,
    "method_not_allowed": 405,
    "needs_token": 401,
    "no_ports": 409,
    "not_json": 415,
    "not_stepped": 409,
    "not_found": 404,
    "port_taken": 409,
    "stopping": 503,
    "taken": 409,
    "timed_out": 504,
    "too_large": 413,
    "too_many": 409,
    "wrong_token": 401,
}
"""The HTTP status of every trouble."""


class TroubleView(Struct, frozen=True):
    """What was wrong with a request.

    Attributes:
        error: Which kind of trouble, for programs.
        message: What was wrong and what was expected, for people.
    """

    error: Code
    message: str


class Trouble(Exception):  # noqa: N818  (its name says what is wrong)
    """Raised when a control request cannot be served."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.view = TroubleView(code, message)
        self.status = STATUS[code]
