"""The SDK's synchronous helper, in a thread of its own for each conversation.

A queue passes the events to the event loop, in order. Not an adapter itself.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from socket import SHUT_RDWR
from typing import Any, Final

from midstream.harness.record.conversation import Conversation

from ._openai import MODEL
from ._openai_helper import SnapshotTalk

_END: Final = object()


class _HungUpError(BaseException):
    """The user is gone. Not an `Exception`, because the SDK would retry after one."""


class Hangup:
    """Ends the current request of a conversation from another thread.

    Only the thread that uses a connection may close it: in another thread, ``close``
    could hit a descriptor that has a new owner. ``shutdown`` wakes the thread, which
    then closes the connection itself.
    """

    def __init__(self) -> None:
        """Start with nothing cut off."""
        self._is_cut = False
        self._response: Any = None

    def hooks(self) -> dict[str, list[Callable[[Any], None]]]:
        """Return the event hooks for the SDK's HTTP client."""
        return {"request": [self._sending], "response": [self._answered]}

    def hang_up(self) -> None:
        """End the response that is being read, and prevent further requests."""
        self._is_cut = True
        response = self._response
        if response is not None and not response.is_closed:
            stream = response.extensions["network_stream"]
            with suppress(OSError):  # closed in this very moment
                stream.get_extra_info("socket").shutdown(SHUT_RDWR)

    def _sending(self, _request: object) -> None:
        if self._is_cut:
            raise _HungUpError

    def _answered(self, response: object) -> None:
        self._response = response
        if self._is_cut:
            self.hang_up()


class ThreadTalk(SnapshotTalk):
    """Streams through the synchronous helper, in one thread from start to end."""

    def __init__(self, sdk: Any, conversation: Conversation, line: Hangup) -> None:  # noqa: ANN401  # as in async_sdk
        """Hold *conversation* through *sdk*, an ``OpenAI`` that uses *line*."""
        super().__init__(sdk, conversation)
        self._line = line
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="openai-sync")

    async def ask(self, text: str) -> None:
        """Add the user's message to the thread, which the first turn creates."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._ask, text)

    async def events(self, start: dict[str, Any] | None) -> AsyncGenerator[Any, None]:
        """Yield the helper's events as the thread receives them."""
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[Any] = asyncio.Queue()

        def hand_over(event: object) -> None:
            loop.call_soon_threadsafe(queue.put_nowait, event)

        def over(done: asyncio.Future[None]) -> None:
            queue.put_nowait(_END)
            if not done.cancelled():
                done.exception()  # retrieved, so that asyncio does not warn

        work = loop.run_in_executor(self._thread, self._stream, start, hand_over)
        work.add_done_callback(over)
        while (event := await queue.get()) is not _END:
            yield event
        await work

    async def close(self) -> None:
        """Hang up, and wait until the thread has closed its connections."""
        self._line.hang_up()
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._thread, self.sdk.close)
        finally:
            self._thread.shutdown(wait=False)

    def _ask(self, text: str) -> None:
        beta = self.sdk.beta
        if not self.thread_id:
            self.assistant_id = beta.assistants.create(model=MODEL).id
            self.thread_id = beta.threads.create().id
        beta.threads.messages.create(self.thread_id, role="user", content=text)

    def _stream(
        self, start: dict[str, Any] | None, hand_over: Callable[[object], None]
    ) -> None:
        with self.opening(start) as stream:
            try:
                for event in stream:
                    hand_over(event)
            finally:
                with suppress(RuntimeError):  # "No messages found": nothing came
                    self.keep(stream.get_final_messages())
