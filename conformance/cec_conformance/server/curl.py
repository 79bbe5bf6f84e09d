r"""A visit as lines for a shell: what the visitor sent, to be sent again by anybody with curl (pure).

Tokens are not the visit's own, which are long dead, but fetched by the lines themselves, so that they run as they are.
The app secret is taken from `CEC_APP_SECRET`, or from the tenant that a control channel makes. Requests that went out
beside each other do so again, and pauses are kept.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Final

import msgspec
from cec_client.protocol import Endpoint

from cec_conformance import facts
from cec_conformance.run import Seen
from cec_conformance.server.control import MOVES, wanted
from cec_conformance.server.reading import meant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cec_client.protocol import Exchange, Trace
    from mock_cec.scenario.model import Scenario

LIBRARIES: Final = frozenset({"host", "accept", "accept-encoding", "connection", "content-length", "user-agent"})
"""Headers that every HTTP library adds by itself."""

_SECRET: Final = "CEC_APP_SECRET"  # noqa: S105  (the name of a variable)
_PAUSE: Final = 0.3
"""Seconds from which a pause is meant."""
_LONGEST: Final = 75
_SHORTEST: Final = 6
"""The fewest letters of a value that is sought in requests: a shorter one would be found by chance."""

_CONTROL: Final = (
    "control() { curl -s -H 'Content-Type: application/json' ${CEC_CONTROL_TOKEN:+-H} "
    '${CEC_CONTROL_TOKEN:+"Authorization: Bearer $CEC_CONTROL_TOKEN"} "$@"; }'
)
"""Asks the control channel, with its token where there is one."""

_VALUE: Final = r"""value() { tr -d '\n' | sed -nE "s/.*\"$1\" *: *\"([^\"]*)\".*/\1/p"; }"""
"""Reads a member out of an answer, as long as it is a plain text."""


def lines(trace: Trace, decisive: tuple[int, ...] = (), scenario: Scenario | None = None) -> tuple[str, ...]:
    """Write a visit as shell lines, up to what is decisive.

    Args:
        trace: The visit; it may be masked.
        decisive: The serials that show what is to be seen; they are marked.
        scenario: What the tenant has to play, if the visit had one of its own.
    """
    last = max(decisive, default=0)
    exchanges = [one for one in trace.exchanges if one.endpoint is not None and (not last or one.serial <= last)]
    if not exchanges:
        return ()
    return tuple(_Writing(trace, decisive, scenario).all(exchanges))


class _Writing:
    """One script that is being written."""

    def __init__(self, trace: Trace, decisive: tuple[int, ...], scenario: Scenario | None) -> None:
        self._facts = trace.facts
        self._decisive = decisive
        self._scenario = scenario
        self._variables: dict[str, str] = {}
        self._beside: dict[int, float] = {}
        self._used: dict[str, int] = {}
        self._over = 0.0
        if secret := self._facts.get(facts.APP_SECRET):
            self._variables[secret] = _SECRET

    def all(self, exchanges: list[Exchange]) -> Iterator[str]:
        yield from self._beginning()
        for place, exchange in enumerate(exchanges):
            yield from self._joined(exchange.request_complete or 0.0)
            yield from self._pause(exchange.request_complete or 0.0)
            yield from self._one(exchange, exchanges[place + 1 :])
        if self._beside:
            yield "wait"
        yield from self._end()

    @property
    def _tenant(self) -> str:
        """The tenant's name, which is its app key."""
        return self._facts.get(facts.APP_KEY, "")

    @property
    def _made(self) -> bool:
        """Whether the visit had a tenant of its own, which is to be made again."""
        return facts.CONTROL_URL in self._facts and self._scenario is not None

    def _beginning(self) -> Iterator[str]:
        base = self._facts.get(facts.BASE_URL, "http://127.0.0.1:8360")
        elsewhere = self._facts.get(facts.TOKEN_BASE_URL, base)
        yield f"CEC={shlex.quote(base)}"
        if elsewhere != base:
            yield f"CEC_TOKEN={shlex.quote(elsewhere)}"
            self._used["CEC_TOKEN"] = 1
        yield _VALUE
        if not self._made or self._scenario is None:
            yield f': "${{{_SECRET}:?set it to the app secret of {_plain(self._tenant)}}}"'
            return
        moves = self._facts.get(facts.CLOCK) == MOVES
        asked = wanted(self._tenant, self._scenario, self._facts.get(facts.DIALECT), moves=moves)
        body = shlex.quote(msgspec.json.encode(asked).decode())
        yield f"CONTROL={shlex.quote(self._facts[facts.CONTROL_URL])}"
        yield _CONTROL
        yield f'{_SECRET}=$(control "$CONTROL/tenants" -d {body} | value app_secret)'

    def _end(self) -> Iterator[str]:
        if self._made:
            yield f'control -X DELETE "$CONTROL/tenants/{self._tenant}"; echo'

    def _joined(self, start: float) -> Iterator[str]:
        """Wait for those that went out beside others and were over when the next one went out."""
        for serial, over in tuple(self._beside.items()):
            if over <= start:
                del self._beside[serial]
                self._over = max(self._over, over)
                yield f"wait $P{serial}"

    def _pause(self, start: float) -> Iterator[str]:
        seconds = start - self._over
        if self._over and seconds > _PAUSE:
            if self._made and self._facts.get(facts.CLOCK) == MOVES:
                step = shlex.quote(f'{{"advance":"{round(seconds * 1000)}ms"}}')
                yield f'control "$CONTROL/tenants/{self._tenant}/clock" -d {step}; echo'
            else:
                yield f"sleep {seconds:.1f}"

    def _one(self, exchange: Exchange, later: Iterable[Exchange]) -> Iterator[str]:
        start, over = exchange.request_complete or 0.0, _over(exchange)
        yield self._remark(exchange)
        command = self._curl(exchange)
        fetched = _FETCHED.get(exchange.endpoint) if exchange.endpoint else None
        if fetched is not None and (token := _member(exchange, fetched[1])):
            name = self._named(fetched[0])
            self._variables[token] = name
            yield f"{name}=$({command} | tee /dev/stderr | value {fetched[1]}); echo >&2"
        elif any(start <= (one.request_complete or 0.0) < over for one in later):
            self._beside[exchange.serial] = over
            yield f"{command} {_STATUS} &"
            yield f"P{exchange.serial}=$!"
            over = start
        else:
            yield f"{command} {_STATUS}"
        self._over = max(self._over, over)

    def _remark(self, exchange: Exchange) -> str:
        wrong = meant(Seen(exchange, exchange.endpoint)) if exchange.endpoint else ""
        came = f"got {exchange.status}" if exchange.status is not None else "got no answer"
        here = "  <- here" if exchange.serial in self._decisive else ""
        name = exchange.endpoint.value if exchange.endpoint else exchange.target
        return f"# {exchange.serial}. {name}{f', with {_plain(wrong)}' if wrong else ''}: it {came}{here}"

    def _curl(self, exchange: Exchange) -> str:
        token = exchange.endpoint is Endpoint.TOKEN and "CEC_TOKEN" in self._used
        address = f'"${"CEC_TOKEN" if token else "CEC"}"{self._word(exchange.target)}'
        parts = ["curl -s", f"-m {self._patience(exchange)}", *self._method(exchange), address]
        names = {name.lower() for name, _ in exchange.request_headers}
        parts += [
            f"-H {self._word(f'{name}: {value}' if value else f'{name};')}"
            for name, value in exchange.request_headers
            if name.lower() not in LIBRARIES
        ]
        if exchange.request_body:
            parts += [] if "content-type" in names else ["-H 'Content-Type:'"]
            parts.append(f"--data-binary {self._word(exchange.request_body.decode('utf-8', 'replace'))}")
        return " ".join(parts)

    def _method(self, exchange: Exchange) -> list[str]:
        if exchange.method == "HEAD":
            return ["-I"]
        by_itself = "POST" if exchange.request_body else "GET"
        return [] if exchange.method == by_itself else [f"-X {shlex.quote(exchange.method)}"]

    def _patience(self, exchange: Exchange) -> str:
        if "left" not in exchange.script:
            return str(_LONGEST)
        waited = (exchange.connection_gone or 0.0) - (exchange.request_complete or 0.0)
        return f"{max(waited, 0.1):.1f}"

    def _named(self, name: str) -> str:
        self._used[name] = self._used.get(name, 0) + 1
        return name if self._used[name] == 1 else f"{name}_{self._used[name]}"

    def _word(self, text: str) -> str:
        """Quote a text for the shell, with variables where it holds what the lines fetch."""
        sought = sorted((value for value in self._variables if len(value) >= _SHORTEST), key=len, reverse=True)
        if not sought:
            return shlex.quote(text)
        pieces = re.split("|".join(f"({re.escape(value)})" for value in sought), text)
        written = (_piece(piece, self._variables) for piece in pieces if piece)
        return "".join(written) or "''"


_FETCHED: Final = {Endpoint.TOKEN: ("ACCESS", "AccessToken"), Endpoint.APPLY_TOKEN: ("TOKEN", "token")}
"""The endpoints that give tokens: the variable that holds one, and the member that it stands under."""

_STATUS: Final = r"-w '\n%{http_code} after %{time_total} s\n'"


def _piece(piece: str, variables: Mapping[str, str]) -> str:
    return f'"${{{variables[piece]}}}"' if piece in variables else shlex.quote(piece)


def _member(exchange: Exchange, name: str) -> str | None:
    seen = Seen(exchange, exchange.endpoint) if exchange.endpoint else None
    found = seen.answer.get(name) if seen else None
    return found if isinstance(found, str) and found else None


def _over(exchange: Exchange) -> float:
    ends = (exchange.answer_ended, exchange.connection_gone, exchange.request_complete)
    return next((end for end in ends if end is not None), 0.0)


def _plain(text: str) -> str:
    """Leave nothing in a remark that a shell could take for more than a remark."""
    return re.sub(r"[^\w .,:;-]", "_", text)
