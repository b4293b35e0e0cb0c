"""Edge: the client for a user's own program, in any language.

It starts a process for each conversation at once, unless one process takes several; a
process serves one job after another. After a mistake, a process is not used again.
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
    """A client under test that is a program; its hello gives its name.

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
        """Return the program's description, from its hello; the first call starts it.

        Raises:
            UnavailableError: There is no such program.
            ProgramError: It does not send a correct hello.
        """
        if self._hello is None:
            self._hello = _introduced(self._argv, self._limits)
        return self._hello.info()

    async def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Give a process the job, starting one if need be; yield its operations.

        Raises:
            ProgramError: The program broke a rule.
        """
        shares = self._hello is not None and self._hello.concurrency > 1
        async with self._starting if shares else nullcontext():
            speaker = self._free() or await self._start()
        # Nothing is awaited from here until the speaker has noted its new job.
        async with aclosing(speaker.converse(conversation)) as ops:
            async for op in ops:
                yield op

    async def aclose(self) -> None:
        """Send bye to all processes, and make sure that they end."""
        speakers, self._speakers = self._speakers, []
        await asyncio.gather(*(speaker.bye() for speaker in speakers))

    def _free(self) -> Speaker | None:
        """Return a process that can take a job, or None."""
        self._speakers = [s for s in self._speakers if not s.is_over]
        return next((s for s in self._speakers if s.has_room), None)

    async def _start(self) -> Speaker:
        speaker = await Speaker.start(self._argv, self._limits)
        self._hello = self._hello or speaker.hello
        self._speakers.append(speaker)
        return speaker


def _introduced(argv: Sequence[str], limits: ProgramLimits) -> Hello:
    """Start the program, take its hello, and end it, in a thread with its own loop."""

    async def ask() -> Hello:
        speaker = await Speaker.start(argv, limits)
        await speaker.kill()
        return speaker.hello

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, ask()).result()
