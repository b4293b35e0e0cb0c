"""Edge: the harness client over a user's own program, in whatever language.

As many processes as there are conversations at once, unless one process takes
several; each serves one job after another. A process that erred is not used again.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, nullcontext

from midstream.harness.record.case import ClientInfo
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Op

from .limits import ProgramLimits
from .protocol import Hello
from .speaker import Speaker


class ProgramClient:
    """A client under test that is a program; it is called what its hello says.

    Close it in the event loop in which it conversed: its processes live until then.
    """

    def __init__(
        self, argv: Sequence[str], limits: ProgramLimits | None = None
    ) -> None:
        """Take *argv*, program and arguments; nothing is started yet."""
        self._argv, self._limits = tuple(argv), limits or ProgramLimits()
        self._hello: Hello | None = None
        self._speakers: list[Speaker] = []
        self._starting = asyncio.Lock()

    def info(self) -> ClientInfo:
        """Return what the program says of itself; the first time, it is started.

        Raises:
            UnavailableError: There is no such program.
            ProgramError: It does not say hello as it should.
        """
        if self._hello is None:
            self._hello = _introduced(self._argv, self._limits)
        return self._hello.info()

    async def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Give a process the job, one started for it if need be; yield what it says.

        Raises:
            ProgramError: The program did what no client may.
        """
        shares = self._hello is not None and self._hello.concurrency > 1
        async with self._starting if shares else nullcontext():
            speaker = self._free() or await self._start()
        # Nothing is awaited from here until the speaker has noted its new job.
        async with aclosing(speaker.converse(conversation)) as ops:
            async for op in ops:
                yield op

    async def aclose(self) -> None:
        """Say bye to all processes, and see to it that they are gone."""
        speakers, self._speakers = self._speakers, []
        await asyncio.gather(*(speaker.bye() for speaker in speakers))

    def _free(self) -> Speaker | None:
        """Return a process that can take a job, if there is one."""
        self._speakers = [s for s in self._speakers if not s.is_over]
        return next((s for s in self._speakers if s.has_room), None)

    async def _start(self) -> Speaker:
        speaker = await Speaker.start(self._argv, self._limits)
        self._hello = self._hello or speaker.hello
        self._speakers.append(speaker)
        return speaker


def _introduced(argv: Sequence[str], limits: ProgramLimits) -> Hello:
    """Start the program, hear its hello, end it; beside a loop that may be running."""

    async def ask() -> Hello:
        speaker = await Speaker.start(argv, limits)
        await speaker.kill()
        return speaker.hello

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, ask()).result()
