"""Edge: a server while it is measured, as a process on its core."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import msgspec

from midstream.mock_server.control import addresses

from .errors import BenchmarkError
from .machine import on_core
from .subjects import ROOT, Subject

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
        child = subprocess.Popen(  # noqa: S603 - one of ours
            subject.command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,  # ^C is for us, who end it
        )
    try:
        yield _found(subject, child)
        if child.poll() is not None:
            raise BenchmarkError(f"{subject.name} has ended: {child.returncode}")
    finally:
        _end(child)


def _found(subject: Subject, child: "subprocess.Popen[bytes]") -> Serving:
    """Return where *child* serves, as it says itself."""
    assert child.stdout is not None  # noqa: S101 - a pipe was asked for
    try:
        (said,) = addresses.parse(child.stdout.readline())
    except msgspec.MsgspecError as error:
        raise BenchmarkError(
            f"{subject.name} does not start; what it says is above"
        ) from error
    return Serving(urlsplit(said.base_url).port or 0, said.pid, said)


def _end(child: "subprocess.Popen[bytes]") -> None:
    """Let *child* end by itself, or kill it."""
    with child:
        assert child.stdin is not None  # noqa: S101 - a pipe was asked for
        child.stdin.close()
        try:
            child.wait(_END_S)
        except subprocess.TimeoutExpired:
            child.kill()
