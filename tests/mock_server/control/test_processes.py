import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from midstream.mock_server.control import processes
from midstream.mock_server.control.processes import ending, how_ended, python, tied
from tests.helpers import has_ended

pytestmark = pytest.mark.process

HOST = """\
import subprocess, sys, time
from midstream.mock_server.control.processes import tied
argv = [sys.executable, "-c", "print('here', flush=True); import time; time.sleep(600)"]
child = subprocess.Popen(tied(sys.executable, argv), stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child to us")
def test_a_tied_process_is_killed_when_we_are() -> None:
    """It need not read its standard input, nor know of us."""
    argv = [sys.executable, "-c", HOST]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as host:  # noqa: S603 - ours
        assert host.stdout is not None
        pidfd = os.pidfd_open(int(host.stdout.readline()))
        assert not has_ended(pidfd, 0)
        host.kill()
        assert has_ended(pidfd)
    os.close(pidfd)


def test_a_tied_process_gets_its_arguments_as_they_are() -> None:
    """The name that it is called by may be another than its path."""
    words = ["called", "-c", "import sys; print(sys.argv[1:])", "$HOME", "a b"]
    done = subprocess.run(  # noqa: S603 - ours
        tied(sys.executable, words), check=True, capture_output=True, text=True
    )
    assert done.stdout == "['$HOME', 'a b']\n"


def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, signal.Signals]]:
    """Return where signals to groups are written down instead of being sent."""
    sent: list[tuple[int, signal.Signals]] = []
    monkeypatch.setattr(processes, "signal_group", lambda *one: sent.append(one))
    return sent


def test_a_process_is_asked_before_its_group_is_killed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between the two it has all the time that it is given."""
    sent, asked = told(monkeypatch), list[str]()
    steps = ending(7, lambda: asked.append("please"), 5.0)
    assert (next(steps), asked, sent) == (5.0, ["please"], [])
    assert next(steps) > 0
    assert sent == [(7, signal.SIGKILL)]
    assert list(steps) == []


def test_the_group_is_killed_if_nobody_can_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who is cancelled while it waits leaves nothing behind."""
    sent = told(monkeypatch)
    steps = ending(7, lambda: None, 5.0)
    next(steps)
    steps.close()  # type: ignore[attr-defined]
    assert sent == [(7, signal.SIGKILL)]


def test_a_group_that_is_gone_gets_no_signal() -> None:
    """To end what has ended is no error."""
    child = subprocess.Popen(["/bin/true"], process_group=0)
    child.wait()
    processes.signal_group(child.pid, signal.SIGKILL)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (0, "ended with exit status 0"),
        (3, "ended with exit status 3"),
        (-9, "was ended by SIGKILL"),
        (-99, "was ended by signal 99"),
    ],
)
def test_an_end_is_told_with_its_code(code: int, sentence: str) -> None:
    """An exit status as a number, a signal by its name if it has one."""
    assert how_ended(code) == sentence


def test_no_file_of_the_working_directory_is_imported(tmp_path: Path) -> None:
    """Neither for the standard library's modules nor for ours."""
    for name in ("random", "midstream"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('theirs')\n")
    command = python("midstream", "--version")
    done = subprocess.run(  # noqa: S603 - ours
        command, cwd=tmp_path, check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
