"""Which lines a program may send when: the protocol's grammar, as a state machine.

No I/O: lines in, messages out. Hello comes first and once; an operation or an end needs
a job that was given and is not over. Anything else is a protocol error, with the number
of its line.
"""

from . import ProgramError
from .limits import ProgramLimits
from .protocol import End, Hello, Message, parse


class Dialogue:
    """The lines of one program's standard output so far.

    Attributes:
        hello: The program's hello; None before it.
        lines: The number of lines so far.
    """

    def __init__(self, limits: ProgramLimits) -> None:
        """Start without lines; *limits* bound the output of a job."""
        self.hello: Hello | None = None
        self.lines = 0
        self._limits = limits
        self._ops: dict[str, int] = {}
        self._bytes: dict[str, int] = {}
        self._given = 0

    @property
    def jobs(self) -> int:
        """The number of jobs that are not over."""
        return len(self._ops)

    def give(self) -> str:
        """Return the name of a new job, which the program may use from now on."""
        self._given += 1
        job = f"j{self._given}"
        self._ops[job] = self._bytes[job] = 0
        return job

    def hear(self, line: bytes) -> Message:
        """Return the message in *line*, which comes without its line feed.

        Raises:
            ProgramError: The line is invalid, or not allowed now.
        """
        try:
            message = self._check(parse(line), len(line))
        except ProgramError as error:
            raise self.unreadable(str(error)) from error
        self.lines += 1
        return message

    def unreadable(self, why: str) -> ProgramError:
        """Count a line that cannot be read, and return its protocol error."""
        self.lines += 1
        return ProgramError(f"protocol error, line {self.lines}: {why}")

    def _check(self, message: Message, length_bytes: int) -> Message:
        if isinstance(message, Hello):
            if self.hello is not None:
                raise ProgramError("there was a hello before; send it once")
            self.hello = message
            return message
        if self.hello is None:
            raise ProgramError("the first line must be a hello")
        if message.job not in self._ops:
            raise ProgramError(f"there is no job {message.job[:40]!r}, or it is over")
        if isinstance(message, End):
            del self._ops[message.job], self._bytes[message.job]
            return message
        self._count(message.job, length_bytes)
        return message

    def _count(self, job: str, length_bytes: int) -> None:
        """Count one more operation of *job*, and check the limits."""
        self._ops[job] += 1
        self._bytes[job] += length_bytes
        most = self._limits
        if self._ops[job] > most.ops_max:
            raise ProgramError(f"one job has more than {most.ops_max} operations")
        if self._bytes[job] > most.job_bytes:
            raise ProgramError(f"one job has more than {most.job_bytes} bytes")
