"""What tenants cost: whole calls at one tenant and spread over a thousand, in turn on one server, and what is left.

Run it by itself: `python benchmarks/tenants.py --rounds 5`.
"""

from __future__ import annotations

import argparse
import gc
import json
import time
import urllib.request
from itertools import count, cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dialogue import Dialogue
from machine import description
from servers import HERE, emulator, running
from table import Rounds
from wire import Load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servers import Server
    from wire import Talk

CONNECTIONS: Final = 32
MOST_COST: Final = 1.05
"""How many times the processor time of a call at one tenant a call at one of many may take."""

_users: Final = count()


class _Own(Dialogue):
    """What is said to one tenant: the usual, with its own app key."""

    def __init__(self, port: int, events: tuple[int, ...], app_key: str) -> None:
        super().__init__(port, events, None)
        self._app_key = app_key.encode("ascii")
        self.token_request = self.token_request.replace(b"mock-app-key", self._app_key)

    def flow(self, user: str) -> Talk:
        talk = super().flow(user)
        request = next(talk)
        while True:
            answer = yield request.replace(b"mock-app-key", self._app_key)
            if answer.body.get("AppKey"):
                answer = answer._replace(body=answer.body | {"AppKey": "mock-app-key"})
            try:
                request = talk.send(answer)
            except StopIteration:
                return


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenants", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    options = parser.parse_args()
    gc.freeze()
    speed, cost = Rounds(("one", "many")), Rounds(("one", "many"))
    scenario = (HERE / "events_at_once.yaml").read_text(encoding="utf-8")
    with running(emulator("--scenario", str(Path(HERE / "events_at_once.yaml")))) as server:
        before = server.memory()
        keys = [f"0123456{number:05}" for number in range(options.tenants)]  # as long as mock-app-key
        begun = time.perf_counter()
        for key in keys:
            _control(server, "POST", "/tenants", {"app_key": key, "scenario": scenario})
        made = (time.perf_counter() - begun) / len(keys)
        with_tenants = server.memory()
        talks = {
            "one": cycle([_Own(server.port, server.side.events, keys[0])]),
            "many": cycle([_Own(server.port, server.side.events, key) for key in keys]),
        }
        for number in range(options.rounds + 1):
            for name in ("one", "many") if number % 2 else ("many", "one"):
                busy = server.processor_time()
                done, taken = _round(server, talks[name], options.seconds)
                if number:  # the first one warms up
                    speed.add(name, done / taken)
                    cost.add(name, (server.processor_time() - busy) / done * 1_000_000)
        after_calls = server.memory()
        for key in keys:
            _control(server, "DELETE", f"/tenants/{key}")
        after = server.memory()
    print("calls a second: one {:.0f}, many {:.0f}, ratio {:.2f}".format(*speed.pair("one", "many")))
    one, many, ratio = cost.pair("one", "many")
    verdict = "met" if round(ratio, 2) <= MOST_COST else "not met"
    print(
        f"processor time of a call: one {one:.0f} µs, many {many:.0f} µs, ratio {ratio:.2f} (≤ {MOST_COST}: {verdict})"
    )
    print(f"to make a tenant: {made * 1000:.2f} ms, {(with_tenants - before) / len(keys) / 1024:.1f} KiB")
    sizes = (before, with_tenants, after_calls, after)
    names = ("at first", "with tenants", "after calls", "after removal")
    print("resident: " + ", ".join(f"{name} {size / 2**20:.0f} MiB" for name, size in zip(names, sizes, strict=True)))
    print(f"\n{description()}")


def _round(server: Server, dialogues: Iterator[Dialogue], seconds: float) -> tuple[int, float]:
    with Load(server.port, CONNECTIONS) as load:
        begun = time.perf_counter()

        def talks() -> Iterator[Talk]:
            while time.perf_counter() < begun + seconds:
                yield next(dialogues).flow(f"user-{next(_users)}")

        done = load.hold(talks(), CONNECTIONS)
        return done, time.perf_counter() - begun


def _control(server: Server, method: str, path: str, body: Any = None) -> None:  # noqa: ANN401  (JSON)
    data = None if body is None else json.dumps(body).encode()
    url = f"http://127.0.0.1:{server.port}/__mock{path}"
    request = urllib.request.Request(url, data, {"content-type": "application/json"}, method=method)
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        answer.read()


if __name__ == "__main__":
    main()
