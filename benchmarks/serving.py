"""Edge: a server while it is measured, as a process on its core."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from midstream.mock_server.control import addresses
from midstream.mock_server.control.piped import PipedProcess
from midstream.mock_server.control.processes import StartError

from .errors import BenchmarkError
from .machine import on_core
from .subjects import ROOT, Subject

_START_S: Final = 60.0
_END_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Serving:
    """Where a server is: its *port* of 127.0.0.1, its process, and what it *said*."""

    port: int
    pid: int
    said: addresses.Served


@contextmanager
def serving(subject: Subject, core: int) -> Iterator[Serving]:
    """Run *subject* on *core* as long as the context lasts.

    Raises:
        BenchmarkError: It does not start, or has ended before it was to.
    """
    with on_core(core):
        child = PipedProcess(subject.name, subject.command, cwd=ROOT)
    try:
        yield _found(child)
        if child.fate:
            raise BenchmarkError(child.fate)
    finally:
        child.end(_END_S)


def _found(child: PipedProcess) -> Serving:
    """Return where *child* serves, as it says itself."""
    try:
        (said,) = child.hear(addresses.parse, _START_S)
    except StartError as error:
        raise BenchmarkError(str(error)) from error
    return Serving(urlsplit(said.base_url).port or 0, said.pid, said)
