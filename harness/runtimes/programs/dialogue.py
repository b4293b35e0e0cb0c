"""What one program may say when: the protocol's grammar, as a state machine.

No I/O: lines in, messages out. Hello comes first and once; an operation or an end
needs a job that was given and is not over. Anything else is a protocol error, told
with the number of its line.
"""

from . import ProgramError
from .limits import ProgramLimits
from .protocol import End, Hello, Message, parse


class Dialogue:
    """What was said so far on one program's standard output.

    Attributes:
        hello: What the program said of itself; None before it has.
        lines: How many lines were heard.
    """

    def __init__(self, limits: ProgramLimits) -> None:
        """*limits* say how much one job may say at most."""
        self.hello: Hello | None = None
        self.lines = 0
        self._limits = limits
        self._ops: dict[str, int] = {}
        self._bytes: dict[str, int] = {}
        self._given = 0

    @property
    def jobs(self) -> int:
        """How many jobs are not over."""
        return len(self._ops)

    def give(self) -> str:
        """Return the name of the next job, which the program may speak of from now."""
        self._given += 1
        job = f"j{self._given}"
        self._ops[job] = self._bytes[job] = 0
        return job

    def hear(self, line: bytes) -> Message:
        """Return what *line* means, without its line feed.

        Raises:
            ProgramError: It means nothing, or cannot be said now.
        """
        try:
            message = self._check(parse(line), len(line))
        except ProgramError as error:
            raise self.unreadable(str(error)) from error
        self.lines += 1
        return message

    def unreadable(self, why: str) -> ProgramError:
        """Return the protocol error of a line that cannot even be looked at."""
        self.lines += 1
        return ProgramError(f"protocol error, line {self.lines}: {why}")

    def _check(self, message: Message, length_bytes: int) -> Message:
        if isinstance(message, Hello):
            if self.hello is not None:
                raise ProgramError("hello was said already")
            self.hello = message
            return message
        if self.hello is None:
            raise ProgramError("the first line must be hello")
        if message.job not in self._ops:
            raise ProgramError(f"there is no job {message.job[:40]!r}, or it is over")
        if isinstance(message, End):
            del self._ops[message.job], self._bytes[message.job]
            return message
        self._count(message.job, length_bytes)
        return message

    def _count(self, job: str, length_bytes: int) -> None:
        """Take note of one more operation; what follows a flood is not wanted."""
        self._ops[job] += 1
        self._bytes[job] += length_bytes
        most = self._limits
        if self._ops[job] > most.ops_max:
            raise ProgramError(f"more than {most.ops_max} operations in one job")
        if self._bytes[job] > most.job_bytes:
            raise ProgramError(f"more than {most.job_bytes} bytes in one job")
