"""The OpenAPI document of the emulated API, made from the protocol's typed bodies so that it cannot say anything else.

What the types do not say stands here: which values a member may have, which answers belong together, and in our own
words what it all means, with the section of the guide (or of the vendor's other pages, "facts") that it rests on.
`docs/openapi.yaml` is this document written out.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
import yaml
from cec_client.protocol import EVENT_TEXT, NO_EVENT_TEXT, TERMINAL, WEB, Endpoint, EventId, event_name
from cec_client.protocol import bodies as b
from cec_client.protocol.codes import EXPIRED_TEXT, OK
from cec_client.protocol.headers import LONGEST_LIFE

from mock_cec import __version__
from mock_cec.admission import LONGEST_USER_ID, MEDIA_TYPES
from mock_cec.text_session import CONTROL_TYPES

Schema = dict[str, Any]

_SCHEMAS: Final = "#/components/schemas/"
_CHANNEL: Final[Schema] = {"const": WEB, "type": "string"}
_SUCCESS: Final[Schema] = {"const": OK, "type": "string"}
_FILLED: Final[Schema] = {"type": "string", "minLength": 1}

MEMBERS: Final[dict[type[msgspec.Struct], Schema]] = {
    b.TokenRequest: {"app_key": _FILLED, "app_secret": _FILLED},
    b.TokenAnswer: {
        "AccessToken": _FILLED,
        "ApplyType": {"const": "Bearer", "type": "string"},
        "Expires": {"type": "string", "pattern": "^[0-9]+$", "description": "The granted life in seconds."},
    },
    b.ApplyTokenRequest: {
        "userId": {**_FILLED, "maxLength": LONGEST_USER_ID},
        "userName": _FILLED,
        "channelId": _FILLED,
        "locale": {**_FILLED, "examples": ["zh", "zh_CN", "en", "en_US"]},
    },
    b.ApplyTokenAnswer: {"resultCode": _SUCCESS, "token": _FILLED},
    b.SendRequest: {
        "channel": _CHANNEL,
        "controlType": {"type": "string", "enum": list(CONTROL_TYPES)},
        "mediaType": {"type": "string", "enum": list(MEDIA_TYPES)},
        "sourceType": {"const": "CUSTOMER", "type": "string"},
        "from": {**_FILLED, "description": "The userId of applyToken."},
        "to": {**_FILLED, "description": "The channelId of applyToken."},
    },
    b.Answer: {"resultCode": _SUCCESS},
    b.PollTextAnswer: {"resultCode": _SUCCESS},
    b.SupportAnswer: {
        "resultCode": _SUCCESS,
        "webRTCSupported": {"type": "boolean", "description": "Whether the tenant may use WebRTC."},
        "clickToCallSupported": {"type": "boolean", "description": "Whether the channel takes calls."},
    },
    b.CreateRequest: {
        "channel": _CHANNEL,
        "mediaAbility": {"type": "string", "enum": ["0", "1"], "description": "0 is voice, 1 is video."},
    },
    b.Gateway: {
        "domain": {**_FILLED, "description": "The domain of the WebRTC gateway."},
        "gwAddresses": {"type": "array", "items": _FILLED, "minItems": 1, "description": "Where it is reached."},
        "accessCode": {**_FILLED, "description": "Whom to call there."},
        "clickToCallCaller": {**_FILLED, "description": "As whom."},
    },
    b.Cause: {},
    b.DropRequest: {"channel": _CHANNEL},
    b.LeaveMessageRequest: {"channel": _CHANNEL},
    b.ErrorAnswer: {},
}
"""Every body of the document, and what its members may be beyond their types."""

_REQUESTS: Final[dict[Endpoint, type[msgspec.Struct]]] = {
    Endpoint.TOKEN: b.TokenRequest,
    Endpoint.APPLY_TOKEN: b.ApplyTokenRequest,
    Endpoint.SEND: b.SendRequest,
    Endpoint.CREATE: b.CreateRequest,
    Endpoint.DROP: b.DropRequest,
    Endpoint.LEAVE_MESSAGE: b.LeaveMessageRequest,
}
_ANSWERS: Final[dict[Endpoint, list[str]]] = {
    Endpoint.TOKEN: ["TokenAnswer"],
    Endpoint.APPLY_TOKEN: ["ApplyTokenAnswer", "Refusal"],
    Endpoint.SEND: ["Answer", "Refusal"],
    Endpoint.POLL_TEXT: ["PollTextAnswer", "Refusal"],
    Endpoint.CHECK: ["SupportAnswer", "Refusal"],
    Endpoint.CREATE: ["Answer", "Refusal"],
    Endpoint.EVENTS: ["NoEvent", *(f"Event{event.value}" for event in EventId), "UnknownEvent", "Refusal"],
    Endpoint.DROP: ["Answer", "Refusal"],
    Endpoint.LEAVE_MESSAGE: ["Answer", "Refusal"],
}
"""What a 200 answer can be; `Refusal` is every resultCode but "0"."""

_SUMMARIES: Final[dict[Endpoint, tuple[str, str]]] = {
    Endpoint.TOKEN: (
        "Fetch an AccessToken",
        "The first of the two logins. X-Token-Expire asks for a life; without it the emulator grants 600 seconds.",
    ),
    Endpoint.APPLY_TOKEN: (
        "Fetch a ccmessaging-token",
        "The second login: it names the end user and the channel. All that follows carries both tokens.",
    ),
    Endpoint.SEND: (
        "Send a message or a command of the text session",
        "With controlType CONNECT it enters the text session, which a call may follow or accompany (guide §4.2).",
    ),
    Endpoint.POLL_TEXT: ("Fetch the messages of the text session", "Answers at once, with or without messages."),
    Endpoint.CHECK: (
        "Ask whether calls are supported",
        "A call may be created only if both flags are true.",
    ),
    Endpoint.CREATE: ("Create a call", "Succeeds at once; whether an agent answers is told by the events."),
    Endpoint.EVENTS: (
        "Wait for the next event of the call",
        "A long poll: it is held until there is an event, often for more than 10 seconds; allow 60. Poll on after "
        "168101, 168102, 168106 and after an answer without an event; 168103, 168105 and 168110 end the call. A "
        'resultCode other than "0" is a failed request: retry three times. After a 403 do both logins anew and poll '
        "again with the new tokens (guide §6.1).",
    ),
    Endpoint.DROP: ("Hang up", "Ends the user's call, whether it is in the queue, connected or being transferred."),
    Endpoint.LEAVE_MESSAGE: ("Leave a message", "For who reached no agent."),
}

_ERRORS: Final[dict[str, str]] = {
    "400": "A parameter or a member is missing or cannot be used, or the body is not JSON (facts §0).",
    "401": "Wrong credentials; in the dialect `reference` an expired or wrong token as well (facts §0).",
    "403": "An expired or wrong token: log in anew, both calls (guide §2.2, §6.1).",
    "404": "This port does not serve the endpoint: with a token port, tokenByAkSk has another base URL.",
    "405": "Another HTTP method than the one that is documented.",
    "413": "A body of more than 1 MiB.",
    "415": "A body that is not labelled application/json (guide §4.1).",
    "5XX": "What a scenario puts in place of an answer, or a gateway in between.",
}


def document() -> Schema:
    """Make the document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "CEC 3.6 click to call, as mock-cec emulates it",
            "version": __version__,
            "description": "The nine endpoints by which a web page or an app places an audio or video call to an agent "
            "of a Huawei CEC contact centre. An independent description in our own words: the vendor's guide "
            '("CEC 3.6.0.0, VOIP audio/video access", issue 01) decides, its other public pages ("facts") add to it, '
            "and docs/assumptions.md says what both leave open. Where the two name different types or statuses, both "
            "are described.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "http://127.0.0.1:8360", "description": "mock-cec with its default options"}],
        "paths": {endpoint.path: {endpoint.method.lower(): _operation(endpoint)} for endpoint in Endpoint},
        "components": {"securitySchemes": _security(), "schemas": _schemas()},
    }


def written() -> str:
    """Write it out as `docs/openapi.yaml`."""
    head = "# Made from the code by `make documents`; mock_server/mock_cec/openapi.py says what the types do not.\n"
    return head + yaml.dump(document(), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=116)


class _Dumper(yaml.SafeDumper):
    """Writes everything out in full: an alias is hard to read and some tools do not follow it."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002  (as in yaml)
        return True


def _operation(endpoint: Endpoint) -> Schema:
    summary, description = _SUMMARIES[endpoint]
    needs: dict[str, list[str]] = {"AccessToken": [], "appKey": [], "ccmessagingToken": []}
    if endpoint is Endpoint.APPLY_TOKEN:
        del needs["ccmessagingToken"]
    operation: Schema = {
        "operationId": endpoint.value,
        "summary": summary,
        "description": f"{description} ({endpoint.section})",
        "security": [] if endpoint is Endpoint.TOKEN else [needs],
    }
    if parameters := _parameters(endpoint):
        operation["parameters"] = parameters
    if endpoint in _REQUESTS:
        operation["requestBody"] = {"required": True, "content": _json(_reference(_REQUESTS[endpoint].__name__))}
    operation["responses"] = {"200": _granted(endpoint), **{status: _refused(status) for status in _ERRORS}}
    return operation


def _parameters(endpoint: Endpoint) -> list[Schema]:
    if endpoint is Endpoint.TOKEN:
        life = {"type": "integer", "minimum": 1, "maximum": LONGEST_LIFE, "examples": [600]}
        words = f"The life of the token in seconds, {LONGEST_LIFE} at most (guide §2.1)."
        return [{"name": "X-Token-Expire", "in": "header", "schema": life, "description": words}]
    if endpoint.method != "GET":
        return []
    channel = {"name": "channel", "in": "query", "required": True, "schema": _CHANNEL}
    if endpoint is not Endpoint.POLL_TEXT:
        return [channel]
    words = "The userId of applyToken (facts §4)."
    return [{"name": "receiverId", "in": "query", "required": True, "schema": _FILLED, "description": words}, channel]


def _granted(endpoint: Endpoint) -> Schema:
    answers = [_reference(name) for name in _ANSWERS[endpoint]]
    found: Schema = {
        "description": 'The request was understood; unless its resultCode is "0" it has failed (guide §5).',
        "content": _json(answers[0] if len(answers) == 1 else {"anyOf": answers}),
    }
    if endpoint not in {Endpoint.TOKEN, Endpoint.APPLY_TOKEN}:
        words = "In the dialect `reference`: the token that replaces the request's own, which has run out (facts §2)."
        found["headers"] = {"ccmessaging-token": {"schema": {"type": "string"}, "description": words}}
    return found


def _refused(status: str) -> Schema:
    found: Schema = {"description": _ERRORS[status], "content": _json(_reference("ErrorAnswer"))}
    if status == "403":
        found["content"]["application/json"]["example"] = {"errorCode": "0", "exceptionInfo": EXPIRED_TEXT}
    return found


def _security() -> Schema:
    return {
        "AccessToken": {"type": "http", "scheme": "bearer", "description": "That of tokenByAkSk (guide §4.1)."},
        "appKey": {"type": "apiKey", "in": "header", "name": "x-app-key", "description": "The app_key (guide §4.1)."},
        "ccmessagingToken": {
            "type": "apiKey",
            "in": "header",
            "name": "ccmessaging-token",
            "description": "The token of applyToken (guide §4.1).",
        },
    }


def _schemas() -> Schema:
    _, found = msgspec.json.schema_components(list(MEMBERS), ref_template=f"{_SCHEMAS}{{name}}")
    schemas: Schema = {**found, **_events()}
    for shape, members in MEMBERS.items():
        schema = schemas[shape.__name__]
        for name, extra in members.items():
            schema["properties"][name] = dict(extra)
        schema["required"] = [name for name in schema["required"] if name != "resultDesc"]
        schema["description"] = " ".join(schema.pop("description").split())
        schema.pop("title")
    schemas["ApplyTokenAnswer"]["required"].append("token")
    schemas["DownlinkMessage"]["description"] = " ".join(schemas["DownlinkMessage"].pop("description").split())
    return dict(sorted(schemas.items()))


def _events() -> Schema:
    """Make the answers of the long poll: with each of the events, with one nobody documents, and with none."""
    text = {"type": ["string", "null"]}
    found: Schema = {
        "NoEvent": {
            "description": "There was nothing to report: no eventId at all (guide §5 step 4).",
            "type": "object",
            "properties": {"resultCode": _SUCCESS, "resultDesc": {**text, "examples": [NO_EVENT_TEXT]}},
            "required": ["resultCode"],
            "not": {"required": ["eventId"]},
        },
        "UnknownEvent": {
            "description": "An event that the guide does not name; poll on (facts §10).",
            "type": "object",
            "properties": {
                "resultCode": _SUCCESS,
                "resultDesc": text,
                "eventId": {
                    "type": ["integer", "string"],
                    "not": {"enum": [form for event in EventId for form in (event.value, str(event.value))]},
                },
            },
            "required": ["resultCode", "eventId"],
        },
        "Refusal": {
            "description": 'A request that failed: any resultCode but "0" (guide §5).',
            "type": "object",
            "properties": {"resultCode": {"type": "string", "not": {"const": OK}}, "resultDesc": text},
            "required": ["resultCode"],
        },
    }
    for event in EventId:
        found[f"Event{event.value}"] = _event(event, text)
    return found


def _event(event: EventId, text: Schema) -> Schema:
    words = event_name(event).replace("_", " ")
    ends = "the call is over" if event in TERMINAL else "poll on"
    schema: Schema = {
        "description": f"{words.capitalize()}; {ends} (guide §5 step 4). The API reference writes the number as text.",
        "type": "object",
        "properties": {
            "resultCode": _SUCCESS,
            "resultDesc": {**text, "examples": [EVENT_TEXT[event]]},
            "eventId": {"enum": [event.value, str(event.value)]},
        },
        "required": ["resultCode", "eventId"],
    }
    content = "Gateway" if event is EventId.CONNECTED else "Cause" if event in TERMINAL else None
    if content is not None:
        schema["properties"]["content"] = _reference(content)
        schema["required"].append("content")
    return schema


def _reference(name: str) -> Schema:
    return {"$ref": _SCHEMAS + name}


def _json(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}
