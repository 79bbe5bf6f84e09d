"""Requests that schemathesis drew, and the answers to them, from its words into those of the judge and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import requests
from cec_client.protocol import BY_PATH, Endpoint
from cec_client.protocol.headers import AUTHORIZATION, BEARER, CCMESSAGING_TOKEN, X_APP_KEY
from mock_cec.openapi import document
from schemathesis.core.transport import Response

from cec_conformance.server.letters import Letter

if TYPE_CHECKING:
    from schemathesis import Case

    from cec_conformance.run import Seen
    from cec_conformance.server.visitor import User

_ENVELOPE: Final = frozenset({"host", "connection", "accept-encoding", "user-agent", "content-length", "cookie"})


def filled_document(user: User) -> dict[str, Any]:
    """Give the OpenAPI document for another platform than ours, with the values that are known in place of any."""
    filled = document()
    schemas = filled["components"]["schemas"]
    for endpoint, shape in ((Endpoint.TOKEN, "TokenRequest"), (Endpoint.APPLY_TOKEN, "ApplyTokenRequest")):
        body = user.letter(endpoint).body
        for name, value in (body if isinstance(body, dict) else {}).items():
            schemas[shape]["properties"][name] = {"type": "string", "const": value}
    channel = user.letter(Endpoint.APPLY_TOKEN).body
    assert isinstance(channel, dict)  # noqa: S101  (the good request has one)
    schemas["SendRequest"]["properties"]["from"] = {"type": "string", "const": user.user_id}
    schemas["SendRequest"]["properties"]["to"] = {"type": "string", "const": channel["channelId"]}
    # What no paper calls mandatory is not demanded, and any 4xx will do (facts §0, §1, §4).
    schemas["TokenAnswer"]["required"] = ["AccessToken"]
    schemas["PollTextAnswer"] = {"type": "object", "required": ["resultCode"]}
    for methods in filled["paths"].values():
        for operation in methods.values():
            operation["responses"]["4XX"] = operation["responses"]["400"]
    receiver = filled["paths"][Endpoint.POLL_TEXT.path]["get"]["parameters"][0]
    receiver["schema"] = {"type": "string", "const": user.user_id}
    return filled


def prepare(case: Case[Any], user: User, base_url: str) -> requests.PreparedRequest:
    """Make a request of it, with good tokens."""
    good = user.letter(Endpoint.CHECK).headers
    tokens = {
        X_APP_KEY: good[X_APP_KEY],
        AUTHORIZATION: BEARER + user.tokens.access,
        CCMESSAGING_TOKEN: user.tokens.ccmessaging,
    }
    given_by = case.as_transport_kwargs(base_url=base_url, headers=tokens)
    wanted = {
        name: given_by[name] for name in ("method", "url", "headers", "params", "data", "json") if name in given_by
    }
    return requests.Request(**wanted).prepare()


def letter(prepared: requests.PreparedRequest, spoiling: int) -> Letter:
    """Make a letter of it; of every eight bodies one is cut short, so that it is no JSON."""
    body = prepared.body or b""
    assert isinstance(body, str | bytes)  # noqa: S101  (no body is drawn that streams)
    content = body.encode() if isinstance(body, str) else body
    if spoiling == 7 and content:  # noqa: PLR2004  (one in eight)
        content = content[:-1]
    path = prepared.path_url
    endpoint = next(one for known_path, one in BY_PATH.items() if path.partition("?")[0].endswith(known_path))
    headers = {
        name.lower(): value
        for name, value in (prepared.headers or {}).items()
        if name.lower() not in _ENVELOPE and not name.lower().startswith("x-schemathesis")
    }
    return Letter(
        endpoint=endpoint,
        method=str(prepared.method),
        path=endpoint.path + path[len(path.partition("?")[0]) :],
        headers={name: value if isinstance(value, str) else value.decode("latin-1") for name, value in headers.items()},
        body=content or None,
    )


def response(seen: Seen, prepared: requests.PreparedRequest) -> Response:
    """Give an answer as schemathesis wants to see it."""
    headers: dict[str, list[str]] = {}
    for name, value in seen.exchange.response_headers:
        headers.setdefault(name.lower(), []).append(value)
    return Response(
        status_code=seen.status or 0,
        headers=headers,
        content=seen.exchange.response_body,
        request=prepared,
        elapsed=(seen.over or 0.0) - seen.started,
        verify=True,
    )
