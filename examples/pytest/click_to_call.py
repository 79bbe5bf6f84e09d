"""A small client of CEC: it places a call and tells what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

API = "/apiaccess/ccmessaging"
QUEUED, CONNECTED, QUEUE_TIMEOUT, FAILED, RELEASED = 168102, 168101, 168103, 168105, 168110
ENDS = {QUEUE_TIMEOUT, FAILED, RELEASED}


class CallRefused(Exception):  # noqa: N818  (its name says what is wrong)
    """Raised when CEC does not take the call."""


class ClickToCall:
    """One customer's way to an agent.

    Args:
        base_url: Where CEC is.
        app_key: The application's key.
        app_secret: Its secret.
        channel_id: The web channel.
    """

    def __init__(self, base_url: str, app_key: str, app_secret: str, channel_id: str) -> None:
        self._http = httpx.Client(base_url=base_url, timeout=60, headers={"x-app-key": app_key})
        self._keys = {"app_key": app_key, "app_secret": app_secret}
        self._channel_id = channel_id
        self._user_id = ""

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def log_in(self, user_id: str) -> None:
        """Fetch both tokens; they are fetched again when they die in mid-call."""
        self._user_id = user_id
        fabric = self._ask("POST", "/apigovernance/api/oauth/tokenByAkSk", json=self._keys)
        self._http.headers["Authorization"] = f"Bearer {fabric['AccessToken']}"
        user = {"userId": user_id, "userName": user_id, "channelId": self._channel_id, "locale": "zh"}
        self._http.headers["ccmessaging-token"] = self._ask("POST", f"{API}/applyToken", json=user)["token"]

    def events(self) -> Iterator[int]:
        """Place a call, and give its events to the last.

        Raises:
            CallRefused: CEC does not take the call.
        """
        created = self._ask("POST", f"{API}/v1/createClickToCall", json={"channel": "WEB", "mediaAbility": "0"})
        if created["resultCode"] != "0":
            raise CallRefused(created["resultDesc"])
        event = None
        while event not in ENDS:
            event = self._ask("GET", f"{API}/v1/getClickToCallEvents", params={"channel": "WEB"}).get("eventId")
            if event is not None:
                yield event

    def _ask(self, method: str, path: str, **what: Any) -> dict[str, Any]:  # noqa: ANN401  (as httpx takes it)
        answer = self._http.request(method, path, **what)
        if answer.status_code == httpx.codes.FORBIDDEN and path.startswith(f"{API}/v1/"):
            self.log_in(self._user_id)
            answer = self._http.request(method, path, **what)
        answer.raise_for_status()
        body: dict[str, Any] = answer.json()
        return body
