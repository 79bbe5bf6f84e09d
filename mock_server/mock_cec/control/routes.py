"""The table of the control API: each route with its shapes, its operation and what can be wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from mock_cec.control import operations as do
from mock_cec.control import shapes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from mock_cec.control.operations import Asked
    from mock_cec.control.troubles import Code

ROOT: Final = "/__mock"
HEALTH: Final = f"{ROOT}/health"
DOCUMENT: Final = f"{ROOT}/openapi.json"


class Route(Struct, frozen=True):
    """A route.

    Attributes:
        method: The HTTP method.
        path: The path after `/__mock`, its variable parts in braces.
        operation: What it does.
        summary: The same in words.
        answer: The shape of the answer.
        other: The shape that it has if the query says so.
        body: The shape of the body; `None` where there is none.
        query: The shape of the query.
        status: The HTTP status of success.
        troubles: What can be wrong beside what can be wrong everywhere.
    """

    method: str
    path: str
    operation: Callable[[Asked], Awaitable[Struct | bytes]]
    summary: str
    answer: type[Struct]
    body: type[Struct] | None = None
    query: type[shapes._Asked] = shapes.NoQuery
    status: int = 200
    troubles: tuple[Code, ...] = ()
    other: type[Struct] | None = None


_TENANT: Final = "/tenants/{tenant}"
_POLL: Final = f"{_TENANT}/polls/{{poll}}"

ROUTES: Final = (
    Route("GET", "/health", do.health, "Whether it lives; anybody may ask", shapes.Health),
    Route("GET", "/tenants", do.list_tenants, "List the tenants", shapes.TenantList),
    Route(
        "POST",
        "/tenants",
        do.make_tenant,
        "Make a tenant; what is left out is made up",
        shapes.TenantView,
        shapes.NewTenant,
        status=201,
        troubles=("bad_scenario", "taken", "too_many", "no_ports", "port_taken"),
    ),
    Route("GET", _TENANT, do.show_tenant, "Show a tenant", shapes.TenantView, troubles=("not_found",)),
    Route(
        "DELETE",
        _TENANT,
        do.remove_tenant,
        "Remove a tenant; its held polls are answered first",
        shapes.Done,
        troubles=("not_found", "taken"),
    ),
    Route(
        "PUT",
        f"{_TENANT}/scenario",
        do.swap_scenario,
        "Play another scenario: its settings count at once, its events and answers from each user's next call on",
        shapes.TenantView,
        shapes.NewScenario,
        troubles=("bad_scenario", "not_found"),
    ),
    Route(
        "POST",
        f"{_TENANT}/reset",
        do.reset,
        "Forget the tenant's users, tokens, counts and trace; its held polls are answered first",
        shapes.TenantView,
        troubles=("not_found",),
    ),
    Route(
        "GET", f"{_TENANT}/clock", do.show_clock, "Tell the tenant's time", shapes.ClockView, troubles=("not_found",)
    ),
    Route(
        "POST",
        f"{_TENANT}/clock",
        do.step_clock,
        "Move a stepped clock; all that became due has been answered before this is",
        shapes.ClockView,
        shapes.Step,
        troubles=("not_found", "not_stepped"),
    ),
    Route(
        "GET",
        f"{_TENANT}/sessions",
        do.list_sessions,
        "List the users with their calls and the next due event",
        shapes.SessionList,
        query=shapes.SessionsQuery,
        troubles=("not_found",),
    ),
    Route(
        "POST",
        f"{_TENANT}/events",
        do.inject,
        "Put an event on a user's axis",
        shapes.SessionList,
        shapes.Injection,
        troubles=("not_found", "bad_scenario"),
    ),
    Route("GET", f"{_TENANT}/polls", do.list_polls, "List the held polls", shapes.PollList, troubles=("not_found",)),
    Route(
        "POST",
        f"{_POLL}/release",
        do.release_poll,
        "Answer a held poll now, without an event",
        shapes.Done,
        troubles=("not_found",),
    ),
    Route(
        "POST",
        f"{_POLL}/fail",
        do.fail_poll,
        "Fail a held poll now, with a status or a resultCode",
        shapes.Done,
        shapes.Failing,
        troubles=("not_found", "bad_scenario"),
    ),
    Route(
        "POST",
        f"{_POLL}/event",
        do.inject_into_poll,
        "Answer a held poll now, with an event",
        shapes.Done,
        shapes.PollInjection,
        troubles=("not_found", "bad_scenario"),
    ),
    Route(
        "GET",
        f"{_TENANT}/trace",
        do.show_trace,
        "Show the exchanges, or some of them",
        shapes.TraceDocument,
        query=shapes.TraceQuery,
        troubles=("not_found",),
        other=shapes.HarDocument,
    ),
    Route(
        "DELETE",
        f"{_TENANT}/trace",
        do.clear_trace,
        "Forget the exchanges; serials go on",
        shapes.Done,
        troubles=("not_found",),
    ),
    Route(
        "GET",
        f"{_TENANT}/trace/wait",
        do.await_exchange,
        "Wait until an exchange arrives",
        shapes.TraceDocument,
        query=shapes.WaitQuery,
        troubles=("not_found", "gone", "timed_out"),
        other=shapes.HarDocument,
    ),
)
"""All routes but the one of the document itself."""
