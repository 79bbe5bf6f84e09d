"""Memory over a million requests: whole calls by ever new users, at one server, once its limits have been reached.

The emulator remembers 100,000 tokens of each kind, 20,000 users and 20,000 exchanges. The warm-up logs in as often as
fills all of these; after it, memory should stay as it is. Run it by itself: `python benchmarks/memory.py`; for a try,
`python benchmarks/memory.py --requests 20000 --warm-up 1000`, where the limits are not reached.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from itertools import count
from typing import TYPE_CHECKING, Final

from machine import description
from servers import HERE, emulator, running
from wire import Load

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialogue import Dialogue
    from servers import Server
    from wire import Talk

CONNECTIONS: Final = 32
REQUESTS_OF_A_CALL: Final = 9
"""How many requests `Dialogue.flow` consists of."""

CALLS_AT_FIRST: Final = 0.25
"""Calls of the warm-up for each of its logins: more users than are remembered, and a full trace of every endpoint."""

SAMPLES: Final = 10

_users: Final = count()


def main() -> None:
    """Measure, and print a line of a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000_000, help="how many after the warm-up")
    parser.add_argument("--warm-up", type=int, default=105_000, help="how many logins before")
    options = parser.parse_args()
    gc.freeze()
    with running(emulator("--scenario", str(HERE / "events_at_once.yaml"))) as server:
        at_first = server.memory()
        _talk(server, _login, options.warm_up)
        _talk(server, _call, round(options.warm_up * CALLS_AT_FIRST))
        begun, sizes = time.perf_counter(), [server.memory()]
        calls = -(-options.requests // (REQUESTS_OF_A_CALL * SAMPLES))
        for number in range(SAMPLES):
            _talk(server, _call, calls)
            sizes.append(server.memory())
            print(f"{number + 1}/{SAMPLES}: {_size(sizes[-1])}", file=sys.stderr)
        taken, most = time.perf_counter() - begun, server.most_memory()
    requests = calls * SAMPLES * REQUESTS_OF_A_CALL
    print("| Requests | At first | After the warm-up | At the end | Growth | Most between | Most ever |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    cells = (
        f"{requests:,}",
        _size(at_first),
        _size(sizes[0]),
        _size(sizes[-1]),
        f"{sizes[-1] / sizes[0] - 1:+.1%}",
        _size(max(sizes)),
        "unknown" if most is None else _size(most),
    )
    print(f"| {' | '.join(cells)} |")
    print(f"\n{requests / taken:,.0f} requests a second; {description()}")


def _login(dialogue: Dialogue) -> Talk:
    access_token = yield from dialogue.token()
    yield from dialogue.login(f"user-{next(_users)}", access_token)


def _call(dialogue: Dialogue) -> Talk:
    return dialogue.flow(f"user-{next(_users)}")


def _talk(server: Server, what: Callable[[Dialogue], Talk], times: int) -> None:
    """Hold so many talks, all connections at once."""
    dialogue = server.side.dialogue(server.port)
    with Load(server.port, CONNECTIONS) as load:
        load.hold((what(dialogue) for _ in range(times)), CONNECTIONS)


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"


if __name__ == "__main__":
    main()
