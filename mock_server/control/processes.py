"""Edge: what all our child processes have in common, so that none outlives us.

A program of ours is *piped*: it ends when its standard input ends, and the kernel ends
that when we die. Any other program is *tied*: the kernel kills it when we die. Both
stand in a process group of their own. So Ctrl-C is for us, who end them, and a signal
to the group reaches whatever they have started.

How one waits is not common: `piped.PipedProcess` waits in plain code and under gevent,
asyncio code awaits what `ending` asks for.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Final, TypeVar

import msgspec

from midstream.mock_server.core.errors import MockServerError

T = TypeVar("T")
_REAP_S: Final = 1.0

# Runs in the process that becomes the program: the kernel is to kill it when we die.
# "PR_SET_PDEATHSIG … This value is preserved across execve(2)": prctl(2); 1 is its
# number in <sys/prctl.h>. Python ignores SIGPIPE, which a program must not inherit.
_TIE: Final = """\
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, ctypes.c_ulong(signal.SIGKILL))
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[3:])
"""


class StartError(MockServerError, ChildProcessError):
    """A child process does not say what it should when it starts."""


def python(module: str, *args: str) -> tuple[str, ...]:
    """Return the command that runs *module* with *args* in this Python.

    A file in the working directory cannot stand in for the module, nor for one of the
    standard library: "-P: Don't prepend a potentially unsafe path to sys.path".
    """
    return (sys.executable, "-P", "-m", module, *args)


def tied(path: str, argv: Sequence[str]) -> list[str]:
    """Return the command that runs the program at *path*, with *argv*, tied to us.

    The kernel kills the program when the thread that starts it ends, so also when our
    process does. Only Linux can do that; elsewhere the program is not tied.
    """
    if sys.platform != "linux":
        return [path, *argv[1:]]
    return [sys.executable, "-ISc", _TIE, str(os.getpid()), path, *argv]


def signal_group(pid: int, number: signal.Signals) -> None:
    """Send a signal to the group of process *pid*; a group that is gone gets none."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def ending(pid: int, ask: Callable[[], object], patience_s: float) -> Iterator[float]:
    """End process *pid* with its group: yield, twice, how long to wait for its exit.

    First *ask* it to end and give it *patience_s*. Then kill the group: the process if
    it is still there, and whatever it has left behind. The group is killed as well if
    the caller leaves the loop in the middle.
    """
    try:
        ask()
        yield patience_s
    finally:
        signal_group(pid, signal.SIGKILL)
    yield _REAP_S


def how_ended(code: int) -> str:
    """Return "ended with exit status 3", or for a signal "was ended by SIGKILL"."""
    if code >= 0:
        return f"ended with exit status {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


def understood(name: str, parse: Callable[[bytes], T], line: bytes) -> T:
    """Return what the first line of process *name* says.

    Raises:
        StartError: The process says something else, or has ended without a line.
    """
    try:
        return parse(line)
    except msgspec.MsgspecError as error:
        raise StartError(f"{name} does not start; what it says is above") from error


def silent(name: str, patience_s: float) -> StartError:
    """Return the error of process *name*, which has said nothing for *patience_s*."""
    return StartError(f"{name} does not start: it says nothing for {patience_s:g} s")


def when_input_ends(act: Callable[[], object]) -> None:
    """Let the running event loop *act* when our standard input ends.

    This is the child's side of a piped process.
    """
    import asyncio  # noqa: PLC0415 - help texts name programs, and need no event loop

    loop = asyncio.get_running_loop()

    def read() -> None:
        if not os.read(sys.stdin.fileno(), 4096):
            loop.remove_reader(sys.stdin)
            act()

    loop.add_reader(sys.stdin, read)
