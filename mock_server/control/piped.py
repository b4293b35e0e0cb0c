"""Edge: a program of ours as a child process, for plain code and for gevent.

gevent patches what is used here (`subprocess`, `select`), so other greenlets run while
one waits. Therefore those modules are asked at each call, and nothing is imported from
them by name.
"""

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, TypeVar, cast

from . import processes

T = TypeVar("T")
_BLOCK_BYTES = 1 << 16


class PipedProcess:
    """A running program that ends when its standard input does, so also when we die.

    Attributes:
        name: What messages call it.
        pid: The number of the process, which is that of its group as well.
    """

    def __init__(
        self, name: str, argv: Sequence[str], *, cwd: Path | None = None
    ) -> None:
        """Start *argv* in *cwd*, by default in our own directory."""
        self.name = name
        self._child = subprocess.Popen(  # noqa: S603 - one of ours
            argv,
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,
        )
        self.pid = self._child.pid
        self._stdin = cast("IO[bytes]", self._child.stdin)
        self._stdout = cast("IO[bytes]", self._child.stdout)
        self._unread = b""
        self._is_over = False

    @property
    def fate(self) -> str:
        """How it has ended, as a sentence; empty: it has not.

        What it has started and left behind is ended then.
        """
        code = self._child.poll()
        if code is None:
            return ""
        if not self._is_over:  # once, for the number may become another process's
            self._is_over = True
            processes.signal_group(self.pid, signal.SIGKILL)
        return f"{self.name} {processes.how_ended(code)}"

    def tell(self, line: bytes) -> None:
        """Write *line* to its standard input; a process that has ended misses it."""
        with suppress(OSError):
            self._stdin.write(line + b"\n")
            self._stdin.flush()

    def hear(self, parse: Callable[[bytes], T], patience_s: float) -> T:
        """Return what its next line says.

        Raises:
            StartError: No line comes within *patience_s*, or *parse* cannot read it.
        """
        try:
            line = self._line(patience_s)
        except TimeoutError as error:
            raise processes.silent(self.name, patience_s) from error
        return processes.understood(self.name, parse, line)

    def lines(self) -> Iterator[bytes]:
        """Yield its lines until its standard output ends."""
        while line := self._line(None):
            yield line

    def let_go(self) -> None:
        """End its standard input, which asks it to end; safe to call twice."""
        with suppress(OSError):  # it has ended, and what it was told is lost
            self._stdin.close()

    def end(self, patience_s: float) -> int:
        """Let it end, kill it after *patience_s*; return its exit code.

        The code of a signal is negative. Safe to call twice.
        """
        if not self.fate:
            self._is_over = True
            for wait_s in processes.ending(self.pid, self.let_go, patience_s):
                with suppress(subprocess.TimeoutExpired):
                    self._child.wait(wait_s)
        self.let_go()
        self._stdout.close()
        return self._child.wait()

    def _line(self, patience_s: float | None) -> bytes:
        """Return the next line with its end; empty: there is no more.

        Raises:
            TimeoutError: It does not come within *patience_s*.
        """
        until_s = None if patience_s is None else time.monotonic() + patience_s
        while b"\n" not in self._unread:
            left_s = until_s and max(0.0, until_s - time.monotonic())
            if not select.select([self._stdout], [], [], left_s)[0]:
                raise TimeoutError
            data = os.read(self._stdout.fileno(), _BLOCK_BYTES)
            if not data:
                break
            self._unread += data
        line, end, self._unread = self._unread.partition(b"\n")
        return line + end
