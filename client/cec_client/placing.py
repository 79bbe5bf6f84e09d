"""Placing one call as the command's user wishes it: the chat beside it, the hang-up in time, Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from cec_client.account import Media, Sequence
from cec_client.errors import CecError
from cec_client.events import CallCreated, CallEvent, Connected, Queued, TextConnected
from cec_client.outcome import Outcome
from cec_client.wording import ChatFailed, HangingUp, Heard, Said

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from types import FrameType

    from cec_client.async_client import AsyncCall, AsyncClient

MOMENTS: dict[str, type[CallEvent]] = {"connected": Connected, "created": CallCreated, "queued": Queued}
"""From which event the wish to hang up is counted."""

CHAT_PAUSE = 1.0
"""Seconds between two polls of the text session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the user wants of the call.

    Attributes:
        sequence: In which order call and text session come.
        media: Voice or video.
        hangup_after: Seconds after `hangup_when` at which to hang up; `None` for never.
        hangup_when: `connected`, `created` or `queued`.
        say: What to say in the text session once it is connected.
        chat: Whether to follow the text session at all.
        connect_media: Whether to call the WebRTC gateway as well.
    """

    sequence: Sequence = Sequence.CALL
    media: Media = Media.AUDIO
    hangup_after: float | None = None
    hangup_when: str = "connected"
    say: tuple[str, ...] = ()
    chat: bool = True
    connect_media: bool = False


async def place(
    client: AsyncClient, wishes: Wishes, show: Callable[[CallEvent], None]
) -> tuple[Outcome, CecError | None]:
    """Place one call and follow it to its end.

    The first cancellation, which is what Ctrl-C is to a task, hangs up; the second leaves at once.

    Args:
        client: Places the call; it is closed in the end.
        wishes: What the user wants.
        show: Told of everything as it happens.

    Returns:
        How the call ended, and why if it was not in order.
    """
    async with (
        client,
        client.call(wishes.sequence, wishes.media, connect_media=wishes.connect_media) as call,
        _Company() as company,
    ):
        with _signals_cancel(), _leaving_at_once(call):
            while (event := await _next_event(call, company, show)) is not None:
                show(event)
                if type(event) is MOMENTS[wishes.hangup_when] and wishes.hangup_after is not None:
                    company.join("hang-up", _hang_up_later(call, wishes.hangup_after, show))
                if isinstance(event, TextConnected) and wishes.chat:
                    company.join("chat", _chat(client, wishes.say, show))
    return call.outcome or Outcome.ERROR, call.error


async def _next_event(call: AsyncCall, company: _Company, show: Callable[[CallEvent], None]) -> CallEvent | None:
    """Wait for the next event, `None` after the last; a cancellation on the way hangs up."""
    while True:
        try:
            return await anext(call, None)
        except CecError:  # the call keeps it for later
            return None
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or "interruption" in company.names:
                raise
            task.uncancel()
            show(HangingUp("interrupted; once more leaves at once"))
            company.join("interruption", _hang_up(call))


async def _hang_up(call: AsyncCall) -> None:
    with contextlib.suppress(CecError):  # whoever follows the call learns of it
        await call.hang_up()


async def _hang_up_later(call: AsyncCall, seconds: float, show: Callable[[CallEvent], None]) -> None:
    await asyncio.sleep(seconds)
    show(HangingUp("as wished"))
    await _hang_up(call)


async def _chat(client: AsyncClient, say: tuple[str, ...], show: Callable[[CallEvent], None]) -> None:
    """Say what is to be said, then show what is answered, until the call is over."""
    try:
        for words in say:
            await client.say(words)
            show(Said(words))
        while True:
            for message in await client.poll_text():
                show(Heard(message))
            await asyncio.sleep(CHAT_PAUSE)
    except CecError as error:
        show(ChatFailed(error))


class _Company:
    """Tasks that go along with a call and end with it; of each name there is one."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def join(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Start a task, unless there is or was one of that name."""
        if name in self.names:
            work.close()
            return
        self.names.add(name)
        self._tasks.append(asyncio.create_task(work, name=name))


@contextlib.contextmanager
def _leaving_at_once(call: AsyncCall) -> Iterator[None]:
    """Do not wait for the platform's consent when the user wants to be gone."""
    try:
        yield
    except asyncio.CancelledError:
        call.abandon()
        raise


@contextlib.contextmanager
def _signals_cancel() -> Iterator[None]:
    """Make SIGINT and SIGTERM cancellations of the task that places the call, every one of them.

    The event loop's runner does so with the first SIGINT, but lets the second raise `KeyboardInterrupt` in whatever
    task happens to run.
    """
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    if task is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    cancel = task.cancel

    def stop(_number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(cancel)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
