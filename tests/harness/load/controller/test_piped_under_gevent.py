import sys

import pytest

from midstream.mock_server.control.piped import PipedProcess
from midstream.mock_server.control.processes import StartError
from tests.harness.load.helpers_patched import patched

pytestmark = [pytest.mark.load, pytest.mark.process]

WAITING = """
import pathlib, sys, time
def wait(path):
    while not pathlib.Path(path).exists():
        time.sleep(0.001)
wait(sys.argv[1])
print("here", flush=True)
sys.stdin.read()
wait(sys.argv[2])
"""
BEATS = 5
DEAF = "import time; time.sleep(600)"


@patched
def test_others_run_while_one_waits_for_a_process() -> None:
    """The process waits for them, first with its line and then with its end."""
    import tempfile
    from pathlib import Path

    import gevent

    def beat(file: Path) -> None:
        for _ in range(BEATS):
            gevent.sleep(0.001)
        file.touch()

    with tempfile.TemporaryDirectory() as folder:
        line, end = Path(folder, "line"), Path(folder, "end")
        command = [sys.executable, "-c", WAITING, str(line), str(end)]
        child = PipedProcess("it", command)
        beating = gevent.spawn(beat, line)
        assert child.hear(bytes, 20.0) == b"here\n"
        assert beating.ready()
        beating = gevent.spawn(beat, end)
        assert child.end(20.0) == 0
        assert beating.ready()


@patched
def test_a_silent_process_is_an_error_under_gevent() -> None:
    """The time that it is given is kept, and it is killed."""
    child = PipedProcess("it", [sys.executable, "-c", DEAF])
    with pytest.raises(StartError, match=r"it does not start: .* nothing for 0\.2 s"):
        child.hear(bytes, 0.2)
    assert child.end(0.1) == -9
    assert child.fate == "it was ended by SIGKILL"
