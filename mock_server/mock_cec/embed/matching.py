"""What a test waits for: exchanges, signals, or requests that are held (pure: to be asked when a trace changed)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cec_client.protocol import BY_NAME, Endpoint

from mock_cec.gateway.words import of
from mock_cec.scenario.words import nearest, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from cec_client.protocol import Exchange, Signal

    from mock_cec.tenant import Tenant


class Matching:
    """Sees the exchange that is waited for, once it is complete; each exchange is judged once.

    Raises:
        ValueError: There is no such endpoint, or the count is less than 1.
    """

    def __init__(
        self, tenant: Tenant, predicate: Callable[[Exchange], bool] | None, endpoint: Endpoint | str | None, count: int
    ) -> None:
        if count < 1:
            raise ValueError(f"count has to be at least 1, not {count}")
        self.recorder = tenant.recorder
        self._predicate = predicate
        self._endpoint = _endpoint(endpoint)
        self._count = count
        self._found = 0
        self._judged: set[int] = set()

    def __str__(self) -> str:
        """Say what is missed."""
        what = self._endpoint.value if self._endpoint else "exchange"
        which = f"matching {what}" if self._predicate else what
        return f"only {self._found} of {self._count} {which}" if self._count > 1 else f"no {which}"

    def __call__(self) -> Exchange | None:
        """Look."""
        for record in self.recorder.records:
            if record.complete and record.serial not in self._judged:
                self._judged.add(record.serial)
                exchange = record.exchange()
                if self._matches(exchange):
                    self._found += 1
                    if self._found == self._count:
                        return exchange
        return None

    def _matches(self, exchange: Exchange) -> bool:
        if self._endpoint is not None and exchange.endpoint is not self._endpoint:
            return False
        return self._predicate is None or self._predicate(exchange)


class Signalled:
    """Sees the signal of a media call that is waited for; each is judged once.

    Raises:
        ValueError: The count is less than 1.
    """

    def __init__(self, tenant: Tenant, wanted: Callable[[Signal], bool] | str | None, count: int) -> None:
        if count < 1:
            raise ValueError(f"count has to be at least 1, not {count}")
        self.recorder = tenant.recorder
        self._wanted = wanted
        self._count = count
        self._found = 0
        self._judged = 0

    def __str__(self) -> str:
        """Say what is missed."""
        what = f"signal {shown(self._wanted)}" if isinstance(self._wanted, str) else "matching signal"
        return f"only {self._found} of {self._count} {what}" if self._count > 1 else f"no {what}"

    def __call__(self) -> Signal | None:
        """Look."""
        for signal in self.recorder.signals:
            if signal.serial > self._judged:
                self._judged = signal.serial
                self._found += self._matches(signal)
                if self._found == self._count:
                    return signal
        return None

    def _matches(self, signal: Signal) -> bool:
        if isinstance(self._wanted, str):
            return of(signal).text.startswith(self._wanted)
        return self._wanted is None or self._wanted(signal)


class Held:
    """Sees that so many requests wait for time to pass."""

    def __init__(self, tenant: Tenant, count: int) -> None:
        self.recorder = tenant.recorder
        self._count = count

    def __str__(self) -> str:
        """Say what is missed."""
        return f"fewer than {self._count} held request{'s' if self._count > 1 else ''}"

    def __call__(self) -> int | None:
        """Look."""
        held = sum(not record.complete for record in self.recorder.records)
        return held if held >= self._count else None


def _endpoint(given: Endpoint | str | None) -> Endpoint | None:
    if given is None or isinstance(given, Endpoint):
        return given
    if given not in BY_NAME:
        raise ValueError(f"there is no endpoint {given!r}{nearest(given, tuple(BY_NAME))}")
    return BY_NAME[given]
