"""The yardstick R: a bare Starlette and uvicorn app on the emulator's nine paths that knows nothing of calls.

It parses the JSON body of a POST and answers with a constant `JSONResponse`, under the uvicorn settings that the
emulator has. With `--connected-after SECONDS` a poll sleeps until so many seconds after the create of the same
`ccmessaging-token`; without it, a poll is answered at once.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING, Final

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request

    Endpoint = Callable[[Request], Awaitable[JSONResponse]]

TEXT: Final = "/apiaccess/ccmessaging"
CALL: Final = f"{TEXT}/v1"

TOKEN: Final = {
    "AccessToken": "5f0c6a1de2b94c7795d8a1b3c4e5f60718293a4b5c6d7e8f9012a3b4c5d6e7f8",
    "ApplyType": "Bearer",
    "CreateTime": "1724025600",
    "Expires": "600",
    "Scope": "0123456789abcdef0123456789abcdef",
    "AppKey": "mock-app-key",
    "UserID": "Anonymous",
}
CONNECTED: Final = {
    "resultCode": "0",
    "resultDesc": "Call connected",
    "eventId": 168101,
    "content": {
        "domain": "127.0.0.1",
        "gwAddresses": ["ws://127.0.0.1:8360/sip"],
        "accessCode": "179080387420489",
        "clickToCallCaller": "AnonymousCard",
    },
}
APPLIED: Final = {"resultCode": "0", "token": "Hhd8Xw5lX1YcE0wI3Q7oJ9f2k6uT4rBzv1sNmAqPdLg%3D"}
DONE: Final = {"resultCode": "0", "resultDesc": ""}
SUPPORT: Final = {**DONE, "webRTCSupported": True, "clickToCallSupported": True}
MESSAGES: Final = {"resultCode": "0", "resultDesc": "query user messages success.", "downlinkMessages": []}


def constant(content: Mapping[str, object]) -> Endpoint:
    """Make the endpoint that always says the same."""

    async def endpoint(request: Request) -> JSONResponse:
        if request.method == "POST":
            await request.json()
        return JSONResponse(content)

    return endpoint


def sleeping_call(seconds: float) -> tuple[Endpoint, Endpoint, Endpoint]:
    """Make an applyToken that names the user, a create that notes the time, and the poll that sleeps from then on."""
    due: dict[str, float] = {}

    async def apply_token(request: Request) -> JSONResponse:
        user = await request.json()
        return JSONResponse({"resultCode": "0", "token": user["userId"]})

    async def create(request: Request) -> JSONResponse:
        await request.json()
        due[request.headers["ccmessaging-token"]] = asyncio.get_running_loop().time() + seconds
        return JSONResponse(DONE)

    async def poll(request: Request) -> JSONResponse:
        await asyncio.sleep(due[request.headers["ccmessaging-token"]] - asyncio.get_running_loop().time())
        return JSONResponse(CONNECTED)

    return apply_token, create, poll


def app(connected_after: float | None) -> Starlette:
    """Make the app."""
    apply_token, create, poll = constant(APPLIED), constant(DONE), constant(CONNECTED)
    if connected_after is not None:
        apply_token, create, poll = sleeping_call(connected_after)
    return Starlette(
        routes=[
            Route("/apigovernance/api/oauth/tokenByAkSk", constant(TOKEN), methods=["POST"]),
            Route(f"{TEXT}/applyToken", apply_token, methods=["POST"]),
            Route(f"{TEXT}/send", constant(DONE), methods=["POST"]),
            Route(f"{TEXT}/poll", constant(MESSAGES), methods=["GET"]),
            Route(f"{CALL}/checkClickToCallSupport", constant(SUPPORT), methods=["GET"]),
            Route(f"{CALL}/createClickToCall", create, methods=["POST"]),
            Route(f"{CALL}/getClickToCallEvents", poll, methods=["GET"]),
            Route(f"{CALL}/dropClickToCall", constant(DONE), methods=["POST"]),
            Route(f"{TEXT}/doLeaveMessage", constant(DONE), methods=["POST"]),
        ]
    )


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--connected-after", type=float)
    options = parser.parse_args()
    if sys.platform != "win32":
        import resource  # noqa: PLC0415  (not on Windows)

        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    uvicorn.run(
        app(options.connected_after),
        port=options.port,
        loop="asyncio",
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,
        backlog=4096,
    )


if __name__ == "__main__":
    main()
