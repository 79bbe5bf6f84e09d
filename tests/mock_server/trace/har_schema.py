"""The members that HAR 1.2 demands, and their types, as a JSON Schema."""

from __future__ import annotations

from typing import Any, Final

_TEXT: Final = {"type": "string"}
_SIZE: Final = {"type": "integer", "minimum": -1}
_TIME: Final = {"type": "number", "minimum": 0}
_OPTIONAL_TIME: Final = {"type": "number", "minimum": -1}


def _object(optional: tuple[str, ...] = (), **members: Any) -> dict[str, Any]:
    """Describe an object whose other members begin with an underscore, as those of one's own have to."""
    return {
        "type": "object",
        "properties": members,
        "required": [name for name in members if name not in optional],
        "patternProperties": {"^_": {}},
        "additionalProperties": False,
    }


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


_PAIRS: Final = _list(_object(name=_TEXT, value=_TEXT))
_REQUEST: Final = _object(
    ("postData",),
    method=_TEXT,
    url={"type": "string", "pattern": "^https?://[^/]+"},
    httpVersion=_TEXT,
    cookies=_PAIRS,
    headers=_PAIRS,
    queryString=_PAIRS,
    postData=_object(mimeType=_TEXT, text=_TEXT),
    headersSize=_SIZE,
    bodySize=_SIZE,
)
_RESPONSE: Final = _object(
    status={"type": "integer"},
    statusText=_TEXT,
    httpVersion=_TEXT,
    cookies=_PAIRS,
    headers=_PAIRS,
    content=_object(("encoding",), size=_SIZE, mimeType=_TEXT, text=_TEXT, encoding=_TEXT),
    redirectURL=_TEXT,
    headersSize=_SIZE,
    bodySize=_SIZE,
)
_ENTRY: Final = _object(
    ("connection", "comment"),
    startedDateTime={"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|[+-]\d\d:\d\d)$"},
    time=_TIME,
    request=_REQUEST,
    response=_RESPONSE,
    cache=_object(),
    timings=_object(
        blocked=_OPTIONAL_TIME,
        dns=_OPTIONAL_TIME,
        connect=_OPTIONAL_TIME,
        ssl=_OPTIONAL_TIME,
        send=_TIME,
        wait=_TIME,
        receive=_TIME,
    ),
    connection=_TEXT,
    comment=_TEXT,
)

HAR: Final = _object(
    log=_object(version={"const": "1.2"}, creator=_object(name=_TEXT, version=_TEXT), entries=_list(_ENTRY))
)
