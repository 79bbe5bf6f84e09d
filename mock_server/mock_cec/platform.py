"""The platform: the tenants of one port, and whose a request is.

`tokenByAkSk` is told the app key, everything later carries tokens. An AccessToken begins with the mark of the tenant it
was issued for, so that finding the tenant is one look into a dictionary, however many there are and however old the
token is. A request that says nothing of whose it is belongs to the first tenant.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import msgspec
from cec_client.protocol import Endpoint
from cec_client.protocol.headers import BEARER

from mock_cec.tenant import RANGES
from mock_cec.tokens import MARK_LENGTH

if TYPE_CHECKING:
    from mock_cec.tenant import Tenant

MOST_REMOVED: Final = 1000
"""How many removed tenants are remembered by name, for hints; the oldest are forgotten first."""

_BEARER: Final = BEARER.encode("ascii")


class TenantExists(ValueError):  # noqa: N818  (its name says what is wrong)
    """Raised when a tenant is added whose name or app key another one has."""


class _AppKey(msgspec.Struct):
    app_key: str = ""


class Platform:
    """The tenants of one port.

    Args:
        first: The tenant of requests that say nothing of whose they are; it cannot be removed.
    """

    def __init__(self, first: Tenant) -> None:
        self.first = first
        self._by_name: dict[str, Tenant] = {}
        self._by_key: dict[str, Tenant] = {}
        self._by_mark: dict[bytes, Tenant] = {}
        self._removed: dict[str, str] = {}
        self._ranges: set[int] = set()
        self.add(first)

    @property
    def tenants(self) -> tuple[Tenant, ...]:
        """All tenants, in the order in which they were added."""
        return tuple(self._by_name.values())

    def tenant(self, name: str) -> Tenant | None:
        """Find a tenant by its name."""
        return self._by_name.get(name)

    def add(self, tenant: Tenant) -> None:
        """Add a tenant.

        Raises:
            TenantExists: Its name or its app key is taken.
        """
        if tenant.name in self._by_name:
            raise TenantExists(f'there is a tenant "{tenant.name}" already')
        if tenant.credentials.app_key in self._by_key:
            raise TenantExists(f'the app key "{tenant.credentials.app_key}" belongs to another tenant')
        self._by_name[tenant.name] = tenant
        self._by_key[tenant.credentials.app_key] = tenant
        self._by_mark[tenant.mark.encode("ascii")] = tenant
        tenant.range = self._free_range(tenant)
        self._ranges.add(tenant.range)
        self._removed.pop(tenant.mark, None)

    def remove(self, tenant: Tenant) -> None:
        """Remove a tenant; whoever waits there is answered."""
        del self._by_name[tenant.name]
        del self._by_key[tenant.credentials.app_key]
        del self._by_mark[tenant.mark.encode("ascii")]
        self._ranges.discard(tenant.range)
        self._removed[tenant.mark] = tenant.name
        if len(self._removed) > MOST_REMOVED:
            del self._removed[next(iter(self._removed))]
        tenant.close()

    def _free_range(self, tenant: Tenant) -> int:
        """Give a tenant callees that no other here has: the first tenant the first ones, others by their app key."""
        if tenant is self.first or self.first.name == tenant.name:
            return 0
        wanted = int.from_bytes(blake2b(tenant.credentials.app_key.encode(), digest_size=4).digest())
        ranges = (1 + (wanted + step) % (RANGES - 1) for step in range(RANGES - 1))
        return next((free for free in ranges if free not in self._ranges), 0)

    def removed(self, mark: str) -> str | None:
        """Give the name of a tenant that was removed, by the mark of its AccessTokens; `None` if there was none."""
        return self._removed.get(mark)

    def whose(self, endpoint: Endpoint | None, headers: dict[bytes, bytes], body: bytes) -> Tenant:
        """Find the tenant of a request."""
        token = headers.get(b"authorization")
        if token is not None:
            found = self._by_mark.get(token.removeprefix(_BEARER)[:MARK_LENGTH])
            if found is not None:
                return found
        key = _app_key(body) if endpoint is Endpoint.TOKEN else headers.get(b"x-app-key", b"").decode("latin-1")
        return self._by_key.get(key, self.first)

    def close(self) -> None:
        """Let everybody who waits be answered, as a server does that is about to stop."""
        for tenant in self.tenants:
            tenant.close()


def _app_key(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=_AppKey).app_key
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
