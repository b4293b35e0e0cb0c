import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest

from midstream.mock_server.control.piped import PipedProcess
from midstream.mock_server.control.processes import StartError
from tests.helpers import has_ended

pytestmark = pytest.mark.process

POLITE = "print('here', flush=True)\nsys.stdin.read()"
STUBBORN = "print('here', flush=True)\ntime.sleep(600)"
FAMILY = """\
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
"""
HOST = """\
import time
from midstream.mock_server.control.piped import PipedProcess
child = PipedProcess("it", {argv!r})
child.hear(bytes, 20.0)
print(child.pid, flush=True)
time.sleep(600)
"""


def script(body: str) -> list[str]:
    """Return the command that runs *body*."""
    imports = "import os, signal, subprocess, sys, time\n"
    return [sys.executable, "-c", imports + body]


@contextmanager
def started(body: str) -> Iterator[PipedProcess]:
    """Start *body*; it is ended by force if the test does not end it."""
    child = PipedProcess("it", script(body))
    try:
        yield child
    finally:
        child.end(0.0)


def test_it_is_told_and_heard_line_by_line() -> None:
    """What is written reaches it; its lines come one by one, the last without end."""
    with started("print('a\\nb'); print(input(), end='')") as child:
        child.tell(b"c")
        assert child.hear(bytes, 20.0) == b"a\n"
        assert list(child.lines()) == [b"b\n", b"c"]


def test_it_ends_with_its_standard_input() -> None:
    """Ended politely, it says its own exit code."""
    with started(POLITE + "\nsys.exit(3)") as child:
        assert child.hear(bytes, 20.0) == b"here\n"
        assert child.fate == ""
        assert child.end(20.0) == 3
        assert child.fate == "it ended with exit status 3"
        assert child.end(20.0) == 3


def test_one_that_does_not_end_is_killed() -> None:
    """Its patience over, it is killed, although it ignores what can be ignored."""
    ignore = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    with started(ignore + STUBBORN) as child:
        child.hear(bytes, 20.0)
        assert child.end(0.1) == -signal.SIGKILL
        assert child.fate == "it was ended by SIGKILL"


@pytest.mark.parametrize(
    "then", [POLITE, STUBBORN, ""], ids=["ended", "killed", "left"]
)
def test_nothing_is_left_of_its_group(then: str) -> None:
    """What it has started goes with it, however it ends."""
    with started(FAMILY + then) as child:
        pidfd = os.pidfd_open(child.hear(int, 20.0))
        assert not has_ended(pidfd, 0)
        child.end(20.0 if then == POLITE else 0.5)
        assert has_ended(pidfd)
        os.close(pidfd)


def test_ctrl_c_does_not_reach_it() -> None:
    """It stands in a process group of its own."""
    with started(POLITE) as child:
        assert os.getpgid(child.pid) == child.pid


def test_it_ends_when_we_are_killed() -> None:
    """The kernel closes its standard input, for we cannot any more."""
    host = [sys.executable, "-c", HOST.format(argv=script(POLITE))]
    with subprocess.Popen(host, stdout=subprocess.PIPE) as process:  # noqa: S603 - ours
        assert process.stdout is not None
        pidfd = os.pidfd_open(int(process.stdout.readline()))
        assert not has_ended(pidfd, 0)
        process.kill()
        assert has_ended(pidfd)
    os.close(pidfd)


@pytest.mark.parametrize("said", ["", "print('he', end='', flush=True)\n"])
def test_one_that_says_no_line_is_an_error(said: str) -> None:
    """Its name and the time are said; half a line is no line."""
    with (
        started(said + "time.sleep(600)") as child,
        pytest.raises(StartError, match=r"it does not start: .* nothing for 0\.2 s"),
    ):
        child.hear(bytes, 0.2)


@pytest.mark.parametrize("body", ["", "print('here')"], ids=["nothing", "nonsense"])
def test_one_that_cannot_be_understood_is_an_error(body: str) -> None:
    """An end without a line, and a line of another kind, are the same mistake."""
    with started(body) as child, pytest.raises(StartError, match="it does not start"):
        child.hear(lambda line: msgspec.json.decode(line, type=int), 20.0)


def test_what_one_that_has_ended_is_told_is_lost() -> None:
    """Writing to it is no error, nor is letting it go."""
    with started("") as child:
        assert list(child.lines()) == []
        for _ in range(3):
            child.tell(b"x" * 100_000)
        assert child.end(20.0) == 0
