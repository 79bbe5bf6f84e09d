"""A page of another origin uses the emulator, in a real browser: what its script may do and see (CORS)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cec_client.protocol import Endpoint

from tests.examples.emulation import LOGIN, Emulator, Story, emulator, keeps_the_rules_of_every_call
from tests.examples.programs import Run

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHECK, CREATE, EVENTS, SEND, DROP = (
    Endpoint.CHECK,
    Endpoint.CREATE,
    Endpoint.EVENTS,
    Endpoint.SEND,
    Endpoint.DROP,
)

CALLER = """
    const { Cec, Refused, placeCall } = await import('/cec.js');
    const cec = new Cec({
      baseURL, appKey: 'mock-app-key', appSecret: 'mock-app-secret', channelId: 'mock-channel',
      userId: 'browser-user', userName: 'Browser User', locale: 'zh',
    });
"""

WHOLE_CALL = f"""async ({{ baseURL, flow, hangUpAt }}) => {{
    {CALLER}
    const user = new AbortController();
    const events = [];
    const onEvent = (name) => {{
      events.push(name);
      if (name === hangUpAt) user.abort();
    }};
    const outcome = await placeCall(cec, {{ flow, hangUp: user.signal, onEvent }});
    return {{ outcome, events }};
}}"""

FETCH = """async ([url, options]) => {
    try {
      const response = await fetch(url, options);
      const hint = response.headers.get('x-mock-cec-hint');
      return { status: response.status, body: await response.json(), hint: hint && JSON.parse(hint) };
    } catch (error) {
      return { error: error.name };
    }
}"""

ANSWERED = """
events:
  - {after: 50ms, event: queued}
  - {after: 50ms, event: connected}
"""
TRANSFERRED = ANSWERED + "  - {after: 300ms, event: transferred}\n"


def play(page: Page, running: Emulator, **settings: str) -> Any:
    """Let the page place a call."""
    return page.evaluate(WHOLE_CALL, {"baseURL": running.url, **settings})


@pytest.mark.parametrize(
    ("flow", "steps"),
    [
        ("call", [*LOGIN, CHECK, CREATE, DROP]),
        ("text_then_call", [*LOGIN, SEND, CHECK, CREATE, DROP]),
        ("call_then_text", [*LOGIN, CHECK, CREATE, SEND, DROP]),
    ],
)
def test_a_page_places_a_whole_call(page: Page, flow: str, steps: list[Endpoint]) -> None:
    with emulator(TRANSFERRED) as running:
        told = play(page, running, flow=flow, hangUpAt="transferred")
    assert told == {"outcome": "hung_up", "events": ["created", "queued", "connected", "transferred"]}
    story = Story(Run(0, told["outcome"], "", ""), running.trace.exchanges)
    keeps_the_rules_of_every_call(story)
    assert [step for step in story.steps if step is not EVENTS] == steps
    assert len(story.all(EVENTS)) in {3, 4}, "one poll for each event, and perhaps one that the drop cut short"
    assert {exchange.request_header("origin") for exchange in story.exchanges} == {page.url.rstrip("/")}


def test_the_headers_of_the_protocol_are_granted_before_they_are_sent(page: Page) -> None:
    granted: dict[str, str] = {}

    def answered(event: dict[str, Any]) -> None:
        if event["type"] == "Preflight":
            headers = {name.lower(): value for name, value in event["response"]["headers"].items()}
            granted[event["response"]["url"].rpartition("/")[2]] = headers["access-control-allow-headers"]

    session = page.context.new_cdp_session(page)
    session.on("Network.responseReceived", answered)
    session.send("Network.enable")
    with emulator(ANSWERED) as running:
        play(page, running, flow="call", hangUpAt="connected")
    assert set(granted["tokenByAkSk"].split(",")) >= {"content-type", "x-token-expire"}
    common = {"authorization", "ccmessaging-token", "x-app-key"}
    assert set(granted["createClickToCall"].split(",")) >= {*common, "content-type"}
    assert set(granted["getClickToCallEvents?channel=WEB"].split(",")) >= common
    assert all(exchange.method != "OPTIONS" for exchange in running.trace.exchanges)


def test_a_call_survives_a_403_in_mid_poll(page: Page) -> None:
    with emulator(ANSWERED + "answers: {getClickToCallEvents: {2: {status: 403}}}") as running:
        told = play(page, running, flow="call", hangUpAt="connected")
    assert told["outcome"] == "hung_up"
    steps = [exchange.endpoint for exchange in running.trace.exchanges]
    assert steps[:9] == [*LOGIN, CHECK, CREATE, EVENTS, EVENTS, *LOGIN, EVENTS]


def test_a_scripted_403_is_a_403_with_its_body_and_no_network_error(page: Page) -> None:
    with emulator("answers: {checkClickToCallSupport: {1+: {status: 403}}}") as running:
        seen = page.evaluate(
            f"""async (baseURL) => {{
                {CALLER}
                try {{
                  await cec.checkClickToCallSupport();
                }} catch (error) {{
                  return {{ refused: error instanceof Refused, status: error.status, data: error.data }};
                }}
            }}""",
            running.url,
        )
    assert (seen["refused"], seen["status"]) == (True, 403)
    assert seen["data"]["exceptionInfo"].startswith("auth fail! illegal or expired token info.")


def test_axios_itself_sees_the_403(page: Page) -> None:
    with emulator("") as running:
        seen = page.evaluate(
            """async (url) => {
                const { default: axios } = await import('axios');
                try {
                  await axios.get(url);
                } catch (error) {
                  const { status, headers } = error.response ?? {};
                  return { code: error.code, status, hint: headers?.['x-mock-cec-hint'] };
                }
            }""",
            f"{running.url}{CHECK.path}?channel=WEB",
        )
    assert (seen["code"], seen["status"]) == ("ERR_BAD_REQUEST", 403)
    assert "Authorization" in seen["hint"]


@pytest.mark.parametrize(
    ("path", "options", "status"),
    [
        pytest.param("/nowhere", {}, 404, id="an unknown path"),
        pytest.param(Endpoint.TOKEN.path, {}, 405, id="a wrong method"),
        pytest.param(
            Endpoint.TOKEN.path,
            {"method": "POST", "body": "no json", "headers": {"content-type": "application/json"}},
            400,
            id="a body that is not JSON",
        ),
        pytest.param(Endpoint.TOKEN.path, {"method": "PUT", "body": "{}"}, 405, id="a method that has to be granted"),
    ],
)
def test_every_error_can_be_read_with_its_hint(page: Page, path: str, options: dict[str, Any], status: int) -> None:
    with emulator("") as running:
        seen = page.evaluate(FETCH, [running.url + path, options])
    assert seen.get("status") == status, seen
    assert set(seen["body"]) == {"errorCode", "exceptionInfo"}
    assert set(seen["hint"]) == {"where", "got", "expected"}


def test_credentials_mode_is_allowed(page: Page) -> None:
    with emulator("") as running:
        body = '{"app_key": "mock-app-key", "app_secret": "mock-app-secret"}'
        headers = {"content-type": "application/json", "x-token-expire": "600"}
        options = {"method": "POST", "credentials": "include", "headers": headers, "body": body}
        seen = page.evaluate(FETCH, [running.url + Endpoint.TOKEN.path, options])
    assert seen["status"] == 200
    assert seen["body"]["AccessToken"]


def test_a_page_from_a_file_or_a_sandbox_is_granted_too(page: Page) -> None:
    with emulator("") as running:
        seen = page.evaluate(
            """(url) => new Promise((resolve) => {
                addEventListener('message', (message) => resolve(message.data), { once: true });
                const frame = document.createElement('iframe');
                frame.sandbox = 'allow-scripts';
                frame.srcdoc = `<script>
                  fetch('${url}').then((response) => response.status, (error) => error.name)
                    .then((seen) => parent.postMessage(seen, '*'));
                </scr` + `ipt>`;
                document.body.append(frame);
            })""",
            f"{running.url}/nowhere",
        )
        (exchange,) = running.trace.exchanges
    assert exchange.request_header("origin") == "null"
    assert seen == 404


def test_without_cors_the_page_is_refused(page: Page) -> None:
    with emulator("cors: none") as running:
        seen = page.evaluate(FETCH, [running.url + Endpoint.CHECK.path, {}])
        with pytest.raises(Exception, match="Network Error"):
            play(page, running, flow="call")
    assert seen == {"error": "TypeError"}
    assert [exchange.endpoint for exchange in running.trace.exchanges] == [CHECK], "no login went past its preflight"


def test_a_page_that_is_loaded_anew_in_mid_call_can_call_again(page: Page) -> None:
    with emulator(ANSWERED) as running:
        page.evaluate(
            f"""async (baseURL) => {{
                {CALLER}
                await new Promise((resolve) => {{
                  placeCall(cec, {{ onEvent: (name) => name === 'connected' && resolve() }});
                }});
            }}""",
            running.url,
        )
        page.reload()
        told = play(page, running, flow="call", hangUpAt="connected")
    assert told == {"outcome": "hung_up", "events": ["created", "queued", "connected"]}
