"""What the tests' processes get from us, and what becomes of them when a test fails."""

import gc
import os
import signal
import subprocess
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path

import pytest


def pytest_configure() -> None:
    """Let Ctrl-C reach them: a shell's job in the background ignores it, and all below.

    Programs get the default for what is handled here, and what is ignored stays so.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Item) -> Generator[None, object, object]:
    """End what a test has started and, having failed, not ended: no other test's care.

    What fixtures have started is theirs. Only a test so marked can start a process.
    """
    if pyfuncitem.get_closest_marker("process") is None:
        return (yield)
    before = _children(os.getpid())
    try:
        return (yield)
    except BaseException:
        _end(_children(os.getpid()) - before)
        raise


def _children(pid: int) -> set[int]:
    """Return the processes that process *pid* has started; none where Linux is not."""
    listed = ""
    with suppress(OSError):  # it may end while we look
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        listed = " ".join((task / "children").read_text() for task in tasks)
    return {int(child) for child in listed.split()}


def _end(pids: set[int]) -> None:
    """Kill *pids*, all below them first, and close what leads to them."""
    for pid in pids:
        _end(_children(pid))
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for each in gc.get_objects() if pids else ():
        if isinstance(each, subprocess.Popen) and each.pid in pids:
            each.wait()
            for pipe in (each.stdin, each.stdout, each.stderr):
                if pipe is not None:
                    with suppress(OSError):  # nobody reads what is still to be written
                        pipe.close()
