"""Edge: one process that speaks the protocol, and its current jobs.

It reads a line only when there is room for it, so a program that sends too fast waits.
Any mistake of the program ends the process and all of its jobs.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from typing import Final

from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Op

from . import ProgramError
from .child import Child, obituary
from .dialogue import Dialogue
from .limits import ProgramLimits
from .protocol import Bye, Cancel, End, Hello, Job, Said, encode

_ROOM: Final = 256
"""How many operations of a job may wait for the runner."""
_DYING_S: Final = 1.0
"""How long a process may take to end after it has closed its standard output."""


class _PendingJob:
    """A job on our side: its unread operations, and whether it is over."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[Op | End | ProgramError] = asyncio.Queue(_ROOM)
        self._is_wanted = True
        self.over = asyncio.Event()

    async def put(self, item: Op | End | ProgramError) -> None:
        """Queue *item*, waiting for room; drop it if the reader has left."""
        if not isinstance(item, Op):
            self.over.set()
        if self._is_wanted:
            await self._waiting.put(item)

    async def get(self) -> Op | End | ProgramError:
        """Return the next item."""
        return await self._waiting.get()

    def leave(self) -> None:
        """Stop reading: drop all items that wait, or wait for room."""
        self._is_wanted = False
        while not self._waiting.empty():
            self._waiting.get_nowait()


class Speaker:
    """A process that has said hello."""

    def __init__(self, child: Child, limits: ProgramLimits) -> None:
        """Listen to *child*, and own it from now on."""
        self._child, self._limits = child, limits
        self._dialogue = Dialogue(limits)
        self._pending: dict[str, _PendingJob] = {}
        self._hello: asyncio.Future[Hello] = asyncio.Future()
        self._listening = asyncio.ensure_future(self._listen())
        self.trouble: ProgramError | None = None

    @classmethod
    async def start(cls, argv: Sequence[str], limits: ProgramLimits) -> "Speaker":
        """Start *argv* and wait for its hello.

        Raises:
            UnavailableError: There is no such program.
            ProgramError: It sends something else, or nothing in time, or ends.
        """
        speaker = cls(await Child.start(argv, limits), limits)
        try:
            async with asyncio.timeout(limits.hello_s):
                await asyncio.shield(speaker._hello)
        except TimeoutError as error:
            await speaker.kill()
            raise ProgramError(
                f"it sent no hello on standard output within {limits.hello_s:g} s"
            ) from error
        except BaseException:
            await speaker.kill()
            raise
        return speaker

    @property
    def hello(self) -> Hello:
        """The program's hello."""
        return self._hello.result()

    @property
    def pid(self) -> int:
        """The id of its process."""
        return self._child.pid

    @property
    def has_room(self) -> bool:
        """Whether it can take another job."""
        return self.trouble is None and len(self._pending) < self.hello.concurrency

    @property
    def is_over(self) -> bool:
        """Whether its process has ended."""
        return self._listening.done()

    async def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Give the program a job and yield its operations; if closed early, cancel it.

        Raises:
            ProgramError: The program broke the protocol, died, or reported a crash.
        """
        job = self._dialogue.give()
        pending = self._pending[job] = _PendingJob()
        try:
            await self._child.write(encode(_job(job, conversation)))
            while isinstance(item := await self._next(pending), Op):
                yield item
            if item.crash is not None:
                raise ProgramError(f"it reported a crash: {item.crash}")
        finally:
            pending.leave()
            if not pending.over.is_set():
                await self._cancel(job)
            del self._pending[job]
            if self.trouble is not None and not self._pending:
                await self.kill()

    async def _cancel(self, job: str) -> None:
        """Ask the program to stop *job*; if it does not in time, it gets no more jobs.

        Its other jobs may still end regularly.
        """
        pending = self._pending[job]
        with suppress(TimeoutError):
            async with asyncio.timeout(self._limits.cancel_s):
                await self._child.write(encode(Cancel(job=job)))
                await pending.over.wait()
                return
        text = f"it did not end a cancelled job within {self._limits.cancel_s:g} s"
        self.trouble = self.trouble or ProgramError(text)

    async def bye(self) -> str:
        """Ask the program to exit, and end it; return its mistake, or ""."""
        if self.trouble is not None:
            await self.kill()
            return str(self.trouble)
        said = self._dialogue.lines
        try:
            async with asyncio.timeout(self._limits.bye_s):
                await self._child.write(encode(Bye()), is_last=True)
                code = await self._child.exit(self._limits.bye_s)
                await self._listening
        except TimeoutError:
            await self.kill()
            return f"it did not exit within {self._limits.bye_s:g} s"
        await self.kill()
        if self._dialogue.lines > said:
            return f"it sent more lines after its last job: {self.trouble}"
        return obituary(code, self._child.stderr) if code else ""

    async def kill(self) -> None:
        """End the process and all processes that it has started."""
        self._listening.cancel()
        await asyncio.wait({self._listening})
        await self._fail(self.trouble or ProgramError("it was ended"))

    async def _next(self, pending: _PendingJob) -> Op | End:
        item = await pending.get()
        if isinstance(item, ProgramError):
            raise item
        return item

    async def _listen(self) -> None:
        """Pass the program's messages on until it makes a mistake or ends."""
        try:
            while (line := await self._line()) is not None:
                await self._take(line)
            code = await self._child.exit(_DYING_S)
            error = ProgramError(obituary(code, self._child.stderr))
        except ProgramError as found:
            error = found
        except Exception as found:  # noqa: BLE001 - otherwise its jobs would wait for ever
            text = f"its standard output cannot be read: {type(found).__name__}"
            error = ProgramError(f"{text}: {found}")
        await self._fail(error)

    async def _line(self) -> bytes | None:
        try:
            return await self._child.line()
        except ProgramError as error:
            raise self._dialogue.unreadable(str(error)) from error

    async def _take(self, line: bytes) -> None:
        """Pass *line* to the job that it belongs to."""
        message = self._dialogue.hear(line)
        if isinstance(message, Hello):
            self._hello.set_result(message)
        elif (pending := self._pending.get(message.job)) is not None:
            await pending.put(message.op if isinstance(message, Said) else message)

    async def _fail(self, error: ProgramError) -> None:
        """End the process; all of its open jobs end with *error*."""
        self.trouble = self.trouble or error
        if not self._hello.done():
            self._hello.set_exception(error)
            self._hello.exception()  # retrieved, so that asyncio does not warn
        await self._child.end()
        for pending in list(self._pending.values()):
            if not pending.over.is_set():
                await pending.put(error)


def _job(name: str, conversation: Conversation) -> Job:
    return Job(
        job=name,
        base_url=conversation.base_url,
        api_key=conversation.api_key,
        turns=conversation.turns,
        tools=dict(conversation.tools),
        idle_s=conversation.idle_s,
        total_s=conversation.total_s,
        seed=conversation.seed,
    )
