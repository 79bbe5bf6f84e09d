"""Places one click-to-call call on CEC 3.6 and follows it to its end: `python click_to_call.py`.

A whole client with nothing but the standard library: the three sequences, a new login on 403 (§6.1), the retries of a
failed poll (§5 step 4), and a hang-up that does not wait for the poll. Section numbers are those of the VOIP access
guide. The settings come from the environment; unset, they fit an emulator that was started by `mock-cec`.

To place calls in earnest there is `cec_client`; this shows how little it takes.
"""

from __future__ import annotations

import http.client
import json
import os
import queue
import sys
import threading
import time
import urllib.error
import urllib.request
from typing import Any

BASE_URL = os.environ.get("CEC_BASE_URL") or "http://127.0.0.1:8360"
TOKEN_BASE_URL = os.environ.get("CEC_TOKEN_BASE_URL") or BASE_URL
APP_KEY = os.environ.get("CEC_APP_KEY") or "mock-app-key"
APP_SECRET = os.environ.get("CEC_APP_SECRET") or "mock-app-secret"
USER = {
    "userId": os.environ.get("CEC_USER_ID") or "python-user",
    "userName": os.environ.get("CEC_USER_NAME") or "Python User",
    "channelId": os.environ.get("CEC_CHANNEL_ID") or "mock-channel",
    "locale": os.environ.get("CEC_LOCALE") or "zh",
}
FLOW = os.environ.get("CEC_FLOW") or "call"  # or text_then_call, or call_then_text
MEDIA_ABILITY = os.environ.get("CEC_MEDIA_ABILITY") or "0"  # "0" voice, "1" video
HANGUP_AFTER = os.environ.get("CEC_HANGUP_AFTER") or ""  # seconds after HANGUP_WHEN; empty: never
HANGUP_WHEN = os.environ.get("CEC_HANGUP_WHEN") or "connected"  # or created, or queued

API = BASE_URL + "/apiaccess/ccmessaging"
TIMEOUT = 60  # seconds: a poll is held for long (§5 step 4), and nothing else takes longer
RETRIES = 3  # a failed poll is repeated three times, then polling stops (§5 step 4)
LOGINS = 3  # how often one request may answer 403, log in and be sent again (§6.1)
PAUSE = 0.5  # seconds before a retry

EVENTS = {168101: "connected", 168102: "queued", 168103: "queue_timeout", 168105: "call_failed", 168110: "released"}
ENDS = {"queue_timeout", "call_failed", "released"}


class Refused(Exception):  # noqa: N818  (its name says what is wrong)
    """Raised when CEC answers, but not with success: the status is not 200, or the resultCode is not "0".

    Args:
        url: What was asked.
        status: The HTTP status.
        body: The body.
    """

    def __init__(self, url: str, status: int, body: bytes) -> None:
        super().__init__(f"{url}: HTTP {status} {body[:200]!r}")
        self.status = status


class Call:
    """One call, from the login to its end."""

    def __init__(self) -> None:
        self._login = threading.Lock()
        self._headers: dict[str, str] = {}
        self._outcomes: queue.Queue[str] = queue.Queue()
        self._hanging_up = False
        self._text_is_due = FLOW == "call_then_text"

    def place(self) -> str:
        """Place the call and follow it to its end (§4.2)."""
        if FLOW == "text_then_call":
            self.send()
        support = self.ask("/v1/checkClickToCallSupport?channel=WEB")
        if support.get("webRTCSupported") is not True or support.get("clickToCallSupported") is not True:
            return "unsupported"
        try:
            self.ask("/v1/createClickToCall", {"channel": "WEB", "mediaAbility": MEDIA_ABILITY})
        except Refused:
            return "rejected"
        self.happened("created")
        threading.Thread(target=lambda: self._outcomes.put(self.poll()), daemon=True).start()
        return self._outcomes.get()  # from the poll, or from the hang-up: whichever comes first

    def poll(self) -> str:
        """Poll until an event ends the call; the next poll starts when the one before has been answered."""
        failures = 0
        while True:
            try:
                answer = self.ask("/v1/getClickToCallEvents?channel=WEB")
            except (Refused, OSError, http.client.HTTPException, ValueError) as failure:
                if isinstance(failure, Refused) and failure.status == http.client.FORBIDDEN:
                    return "error"  # three new logins did not help
                failures += 1
                if failures > RETRIES:
                    return "gave_up"
                time.sleep(PAUSE)
                continue
            failures = 0
            event = EVENTS.get(int(answer.get("eventId") or 0), "")
            if event in ENDS:
                return event
            self.happened(event)

    def happened(self, moment: str) -> None:
        """Do what the user wants at a moment of the call."""
        if moment == "connected" and self._text_is_due:
            self._text_is_due = False
            threading.Thread(target=self.send, daemon=True).start()
        if moment == HANGUP_WHEN and HANGUP_AFTER and not self._hanging_up:
            self._hanging_up = True
            timer = threading.Timer(float(HANGUP_AFTER), lambda: self._outcomes.put(self.drop()))
            timer.daemon = True
            timer.start()

    def drop(self) -> str:
        """Hang up, beside the poll that is under way (§5 step 5)."""
        for _ in range(1 + RETRIES):
            try:
                self.ask("/v1/dropClickToCall", {"channel": "WEB"})
            except (Refused, OSError, http.client.HTTPException, ValueError) as failure:
                print(failure, file=sys.stderr)
                time.sleep(PAUSE)
            else:
                return "hung_up"
        return "error"

    def send(self) -> None:
        """Enter the text session (§5 step 1)."""
        who = {"from": USER["userId"], "to": USER["channelId"], "sourceType": "CUSTOMER"}
        what = {"channel": "WEB", "controlType": "CONNECT", "mediaType": "TEXT", "content": "hello"}
        self.ask("/send", what | who)

    def ask(self, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
        """Make a request with the common headers (§4.1); on 403 log in and send it again (§6.1)."""
        headers = self.headers({})
        for _ in range(LOGINS):
            try:
                return exchange(API + path, headers, body)
            except Refused as refused:
                if refused.status != http.client.FORBIDDEN:
                    raise
                headers = self.headers(headers)
        return exchange(API + path, headers, body)

    def headers(self, expired: dict[str, str]) -> dict[str, str]:
        """Give the common headers; fetch both tokens anew (§2) unless there are newer ones than those that expired."""
        with self._login:
            if not self._headers or self._headers == expired:
                self._headers = {}  # should the login fail, the old tokens are not tried again
                keys = {"app_key": APP_KEY, "app_secret": APP_SECRET}
                url = TOKEN_BASE_URL + "/apigovernance/api/oauth/tokenByAkSk"
                access = exchange(url, {"X-Token-Expire": "600"}, keys)["AccessToken"]
                headers = {"x-app-key": APP_KEY, "Authorization": f"Bearer {access}"}
                applied = exchange(f"{API}/applyToken", headers, USER)
                self._headers = headers | {"ccmessaging-token": applied["token"]}
            return self._headers


def exchange(url: str, headers: dict[str, str], body: dict[str, str] | None) -> dict[str, Any]:
    """Send one request and read its answer.

    Raises:
        Refused: It was answered, but not with success.
        OSError, http.client.HTTPException, ValueError: There was no answer, or one that is not JSON.
    """
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", **headers}
    request = urllib.request.Request(url, data, headers)  # noqa: S310  (the address is the user's own)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310  (the same)
            text = response.read()
    except urllib.error.HTTPError as error:
        raise Refused(url, error.code, error.read()) from error
    answer: dict[str, Any] = json.loads(text)
    if "AccessToken" not in answer and str(answer.get("resultCode")) != "0":
        raise Refused(url, http.client.OK, text)
    return answer


def main() -> str:
    """Place the call, whatever comes."""
    known = FLOW in {"call", "text_then_call", "call_then_text"}
    if not known or os.environ.get("CEC_CONNECT_MEDIA") == "1":
        return "skip"  # signalling only: the WebRTC call is not placed
    try:
        return Call().place()
    except (Refused, OSError, http.client.HTTPException, ValueError, KeyError) as failure:
        print(failure, file=sys.stderr)
        return "error"


if __name__ == "__main__":
    print(json.dumps({"outcome": main()}), flush=True)
    os._exit(0)  # a poll may still be under way
