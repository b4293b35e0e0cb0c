"""Edge: the drain, which loads a server and measures what comes; see native/drain.c."""

import subprocess
from dataclasses import dataclass
from typing import Self

import msgspec

from .errors import BenchmarkError
from .machine import on_core
from .native import program
from .pace import LEAD
from .rounds import Drained


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How a server is loaded, and for how long; times are in seconds.

    Attributes:
        connections: How many streams there are at once, one after the other on each.
        seconds: How long is measured.
        warm_up_s: How long it goes on before.
        ramp_s: Over which time the connections are opened, before the warm-up.
        interval_s: How far apart events are meant to come; 0: as fast as possible.
        events: How many a stream has to have.
        request: What is sent for each.
    """

    connections: int
    seconds: float
    warm_up_s: float
    ramp_s: float = 0.0
    interval_s: float = 0.0
    events: int
    request: bytes


class Drain:
    """A running drain; a context manager that ends it."""

    def __init__(self, port: int, load: Load, core: int) -> None:
        """Load the server at *port*, from *core*.

        Raises:
            BenchmarkError: The drain cannot be compiled.
        """
        words = (
            *("-p", port, "-c", load.connections, "-s", load.seconds),
            *("-w", load.warm_up_s, "-r", load.ramp_s),
            *("-i", load.interval_s, "-l", LEAD, "-n", load.events),
        )
        with on_core(core):
            self._child = subprocess.Popen(  # noqa: S603 - ours
                [program("drain"), *map(str, words)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        assert self._child.stdin is not None  # noqa: S101 - a pipe was asked for
        self._child.stdin.write(load.request)
        self._child.stdin.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.kill()
        self._child.__exit__(None, None, None)

    def wait(self, word: str) -> None:
        """Return when it says *word*: "begin" or "end" of the time that counts.

        Raises:
            BenchmarkError: It says something else, or nothing.
        """
        if (said := self._line()) != f"{word}\n".encode():
            raise BenchmarkError(f"the drain says {said!r}")

    def result(self) -> Drained:
        """Return what it has measured.

        Raises:
            BenchmarkError: It fails.
        """
        said = self._line()
        try:
            return msgspec.json.decode(said, type=Drained)
        except msgspec.MsgspecError as error:
            raise BenchmarkError(f"the drain says {said!r}") from error

    def _line(self) -> bytes:
        assert self._child.stdout is not None  # noqa: S101 - a pipe was asked for
        return self._child.stdout.readline()
