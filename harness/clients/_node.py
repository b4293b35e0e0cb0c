"""The shared part of the adapters of the official Node.js SDK; not an adapter itself.

The SDK runs in our own program, ``runtimes/node/programs/openai.mjs``, as shipped, with
its own retries and errors. The claims are those of the Python adapters.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Literal

from midstream.harness.record.case import ClientInfo, Profile
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Op
from midstream.harness.runtimes.node import PROGRAMS, find_or_explain, installed
from midstream.harness.runtimes.programs.program import ProgramClient
from midstream.mock_server.recordings.cassette import ASSISTANTS

RETRIES = 2
"""How often the SDK sends a request again, unless told otherwise (7.57.0, 6.49.0)."""


class OpenAIForNode:
    """The npm package openai in one version, used in one of its two ways.

    Close it in the event loop in which it conversed: its processes live until then.
    """

    def __init__(
        self,
        name: str,
        version: str,
        way: Literal["helper", "raw"],
        *,
        retry_after_cap_s: float | None,
        retries: int | None = None,
    ) -> None:
        """Wrap *version* of the package, used in the given *way*; start nothing yet.

        *retry_after_cap_s* is the longest wait that this version grants a server,
        *retries* how often it may send a request again, by default as shipped.
        """
        self.name, self.version, self.way = name, version, way
        self.retries = retries
        self.profile = Profile(
            recovery=("fail_fast",),
            attempts_max=(RETRIES if retries is None else retries) + 1,
            retry_after_cap_s=retry_after_cap_s,
            timeouts=("head",),
        )
        self._program: ProgramClient | None = None

    def info(self) -> ClientInfo:
        """Return the versions of the SDK and of Node; level 2. It starts nothing.

        Raises:
            UnavailableError: Node or the package is not installed.
        """
        installed(f"openai-{self.version}")
        return ClientInfo(
            name=self.name,
            version=f"{self.version} on Node {find_or_explain().version}",
            level=2,
            profile=self.profile,
            capabilities=("tools",),
            dialects=(ASSISTANTS,),
        )

    async def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Hold the conversation in one thread.

        Raises:
            UnavailableError: Node or the package is not installed.
            ProgramError: The SDK threw an undocumented error, or died.
        """
        if self._program is None:
            self._program = ProgramClient(self.argv())
        async with aclosing(self._program.converse(conversation)) as ops:
            async for op in ops:
                yield op

    async def aclose(self) -> None:
        """End its processes."""
        if self._program is not None:
            await self._program.aclose()
            self._program = None

    def argv(self) -> tuple[str, ...]:
        """Return the command that starts the program.

        Raises:
            UnavailableError: Node or the package is not installed.
        """
        folder = installed(f"openai-{self.version}")
        program = PROGRAMS / "openai.mjs"
        node = find_or_explain()
        words = (str(node.path), str(program), self.name, self.way, str(folder))
        return words if self.retries is None else (*words, str(self.retries))
