"""What the load generator says and what it has to hear: a whole call with every answer checked, without a socket.

The same requests go to both servers. What differs is what the three polls bring: the emulator has to tell the story
of its scenario in order, the yardstick says the same constant thing each time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from wire import Wrong

if TYPE_CHECKING:
    from collections.abc import Generator

    from wire import Answer, Talk

QUEUED: Final = 168102
CONNECTED: Final = 168101
TRANSFERRED: Final = 168106

_TEXTS: Final = {QUEUED: "Call in queue", CONNECTED: "Call connected", TRANSFERRED: "Call transfered"}
_TEXT: Final = "/apiaccess/ccmessaging"
_CALL: Final = f"{_TEXT}/v1"
_ALWAYS: Final = "Host: 127.0.0.1:{port}\r\nAccept: application/json, text/plain, */*\r\nUser-Agent: benchmark\r\n"


class Dialogue:
    """The requests to one server, and the checks of its answers.

    Args:
        port: Where the server is.
        events: What three polls after a create have to bring, in order.
        callee: The `accessCode` that every call has; `None` where each call has to have its own.
    """

    def __init__(self, port: int, events: tuple[int, ...], callee: str | None) -> None:
        self._always = _ALWAYS.format(port=port)
        self._events = events
        self._callee = callee
        self._callees: set[str] = set()
        self._gateway = f"ws://127.0.0.1:{port}/sip"
        body = '{"app_key":"mock-app-key","app_secret":"mock-app-secret"}'
        self.token_request = self._post("/apigovernance/api/oauth/tokenByAkSk", "", body)

    def token(self) -> Generator[bytes, Answer, str]:
        """Get an AccessToken."""
        answer = (yield self.token_request).body
        if answer["ApplyType"] != "Bearer" or answer["AppKey"] != "mock-app-key" or int(answer["Expires"]) <= 0:
            raise Wrong(f"no token: {answer}")
        token: str = answer["AccessToken"]
        return token

    def token_alone(self) -> Talk:
        """Get an AccessToken, and no more."""
        yield from self.token()

    def login(self, user: str, access_token: str) -> Generator[bytes, Answer, str]:
        """Get a user's ccmessaging token; what it returns are the headers of all further requests."""
        authorised = f"x-app-key: mock-app-key\r\nAuthorization: Bearer {access_token}\r\n"
        body = f'{{"userId":"{user}","userName":"Benchmark","channelId":"mock-channel","locale":"zh"}}'
        answer = (yield self._post(f"{_TEXT}/applyToken", authorised, body)).body
        done(answer, "applyToken")
        return f"{authorised}ccmessaging-token: {answer['token']}\r\n"

    def create(self, headers: str) -> bytes:
        """Give the request that starts a call."""
        return self._post(f"{_CALL}/createClickToCall", headers, '{"channel":"WEB","mediaAbility":"0"}')

    def poll(self, headers: str) -> bytes:
        """Give the request that waits for an event."""
        return self._get(f"{_CALL}/getClickToCallEvents?channel=WEB", headers)

    def flow(self, user: str) -> Talk:
        """Make a whole call: two tokens, send, check, create, three polls, drop."""
        access_token = yield from self.token()
        headers = yield from self.login(user, access_token)
        connect = (
            f'{{"channel":"WEB","content":"","controlType":"CONNECT","from":"{user}","mediaType":"TEXT",'
            '"sourceType":"CUSTOMER","to":"mock-channel"}'
        )
        done((yield self._post(f"{_TEXT}/send", headers, connect)).body, "send")
        support = (yield self._get(f"{_CALL}/checkClickToCallSupport?channel=WEB", headers)).body
        done(support, "checkClickToCallSupport")
        if support["webRTCSupported"] is not True or support["clickToCallSupported"] is not True:
            raise Wrong(f"not supported: {support}")
        done((yield self.create(headers)).body, "createClickToCall")
        poll = self.poll(headers)
        for event in self._events:
            self.check_event((yield poll).body, event)
        done((yield self._post(f"{_CALL}/dropClickToCall", headers, '{"channel":"WEB"}')).body, "dropClickToCall")

    def check_event(self, answer: dict[str, Any], event: int) -> None:
        """Check that a poll brought this event, with all that belongs to it.

        Raises:
            Wrong: It did not.
        """
        if (answer.get("eventId"), answer["resultCode"], answer["resultDesc"]) != (event, "0", _TEXTS[event]):
            raise Wrong(f"expected event {event}: {answer}")
        if event != CONNECTED:
            if "content" in answer:
                raise Wrong(f"event {event} has no content: {answer}")
            return
        content = answer["content"]
        callee: str = content["accessCode"]
        if self._callee is not None:
            if callee != self._callee:
                raise Wrong(f"expected the callee {self._callee}: {answer}")
            return
        if callee in self._callees or content["domain"] != "127.0.0.1" or content["gwAddresses"] != [self._gateway]:
            raise Wrong(f"another call's event, or none of this server's: {answer}")
        self._callees.add(callee)

    def _get(self, target: str, headers: str) -> bytes:
        return f"GET {target} HTTP/1.1\r\n{self._always}{headers}\r\n".encode("ascii")

    def _post(self, target: str, headers: str, body: str) -> bytes:
        return (
            f"POST {target} HTTP/1.1\r\n{self._always}{headers}"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode("ascii")


def done(answer: dict[str, Any], what: str) -> None:
    """Check that an answer says success.

    Raises:
        Wrong: It does not.
    """
    if answer["resultCode"] != "0":
        raise Wrong(f"{what} failed: {answer}")
