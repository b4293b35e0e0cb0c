"""Edge: the client for a program that only prints the answer and exits: level 0.

It starts the program for each conversation, with the user's message on standard input
and the API's address and key in the environment. The program's output is the answer,
without one line end at its very end, which printing adds; its exit status is its claim.
It can hold one turn only.
"""

import codecs
import re
from collections.abc import AsyncGenerator, Sequence
from pathlib import PurePath
from typing import Final

from midstream.harness.record.case import ClientInfo
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Append, Notice, Op, Settle

from . import ProgramError
from .child import Child, located, obituary
from .limits import ProgramLimits

_MESSAGE: Final = "stdout"


class Level0Client:
    """A client under test that does not speak the protocol; its name is its file's."""

    def __init__(
        self, argv: Sequence[str], limits: ProgramLimits | None = None
    ) -> None:
        """Take *argv*, program and arguments; nothing is started yet."""
        self._argv, self._limits = tuple(argv), limits or ProgramLimits()

    def info(self) -> ClientInfo:
        """Return the name of its file; its version is unknown.

        Raises:
            UnavailableError: There is no such program.
        """
        located(self._argv)
        return ClientInfo(name=program_name(self._argv), version="unknown", level=0)

    async def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Start the program; yield its output, and its claim when it exits.

        Raises:
            ProgramError: A signal ended it, or it prints too much.
        """
        (text,) = conversation.turns
        given = {
            "OPENAI_BASE_URL": conversation.base_url,
            "OPENAI_API_KEY": conversation.api_key,
        }
        child = await Child.start(self._argv, self._limits, given)
        try:
            await child.write(text.encode(), is_last=True)
            async for printed in self._printed(child):
                yield Append(message=_MESSAGE, text=printed)
            code = await child.exit()
            if code is None or code < 0:
                raise ProgramError(obituary(code, child.stderr))
            if code:
                yield Notice(text=child.stderr or f"exit status {code}")
            claim = f"exit status {code}"
            yield Settle(turn=0, claim="failed" if code else "complete", reason=claim)
        finally:
            await child.end()

    async def _printed(self, child: Child) -> AsyncGenerator[str, None]:
        """Yield the answer as it arrives; a line end waits until text follows it."""
        held, decoder = "", codecs.getincrementaldecoder("utf-8")("replace")
        left_bytes = self._limits.answer_bytes
        while block := await child.block():
            left_bytes -= len(block)
            if left_bytes < 0:
                most = self._limits.answer_bytes
                raise ProgramError(f"it printed more than {most} bytes")
            text = held + decoder.decode(block)
            held = "\n" if text.endswith("\n") else ""
            if shown := text.removesuffix("\n"):
                yield shown
        if torn := decoder.decode(b"", final=True):
            yield held + torn


def program_name(argv: Sequence[str]) -> str:
    """Return a name for a program that does not give one: its script's, or its own.

    The script is the first argument that looks like a file: "python my_client.py" gets
    the name my_client.
    """
    scripts = (word for word in argv[1:] if PurePath(word).suffix and word[0] != "-")
    stem = PurePath(next(scripts, argv[0])).stem
    return re.sub(r"[^A-Za-z0-9._-]", "_", stem).lstrip("._-")[:64] or "program"
