"""Client programs for tests: a small correct one, and what is put before or after it to spoil it."""

from __future__ import annotations

import sys
from typing import Final

CORRECT: Final = '''
import http.client, json, os, sys
from urllib.parse import urlsplit

def place(env):
    """Place one call; standalone flow, hanging up at once after create or never."""
    server = http.client.HTTPConnection(urlsplit(env["CEC_BASE_URL"]).netloc)
    headers = {"Content-Type": "application/json"}

    def ask(method, path, **body):
        server.request(method, path, json.dumps(body) if body else None, headers)
        return json.load(server.getresponse())

    base = "/apiaccess/ccmessaging"
    token = ask("POST", "/apigovernance/api/oauth/tokenByAkSk", app_key=env["CEC_APP_KEY"],
                app_secret=env["CEC_APP_SECRET"])["AccessToken"]
    headers |= {"x-app-key": env["CEC_APP_KEY"], "Authorization": "Bearer " + token}
    headers["ccmessaging-token"] = ask("POST", base + "/applyToken", userId=env["CEC_USER_ID"],
        userName="x", channelId=env["CEC_CHANNEL_ID"], locale="zh")["token"]
    ask("GET", base + "/v1/checkClickToCallSupport?channel=WEB")
    ask("POST", base + "/v1/createClickToCall", channel="WEB", mediaAbility=env["CEC_MEDIA_ABILITY"])
    if env["CEC_HANGUP_AFTER"]:
        ask("POST", base + "/v1/dropClickToCall", channel="WEB")
        return json.dumps({"outcome": "hung_up"})
    ends = {168110: "released", 168103: "queue_timeout", 168105: "call_failed"}
    while True:
        event = ask("GET", base + "/v1/getClickToCallEvents?channel=WEB").get("eventId")
        if event in ends:
            return json.dumps({"outcome": ends[event]})
'''
"""Defines `place(env)`."""

ONCE: Final = f"{CORRECT}\nprint(place(os.environ))"
"""Places one call, as its environment says."""

STAYING: Final = f"{CORRECT}\nfor line in sys.stdin:\n    print(place(json.loads(line)), flush=True)"
"""Places a call for each line on its stdin."""


def python(program: str) -> tuple[str, ...]:
    """Give the command that runs a program, without what would slow its start."""
    return (sys.executable, "-S", "-E", "-c", program)
