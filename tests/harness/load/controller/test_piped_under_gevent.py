import sys

import pytest

from midstream.mock_server.control.piped import PipedProcess
from midstream.mock_server.control.processes import StartError
from tests.harness.load.helpers_patched import patched

pytestmark = [pytest.mark.load, pytest.mark.process]

LATE = "import sys, time; time.sleep(0.3); print('here', flush=True); "
LATE += "sys.stdin.read(); time.sleep(0.3)"
DEAF = "import time; time.sleep(600)"


@patched
def test_others_run_while_one_waits_for_a_process() -> None:
    """In a patched process neither a line nor an end keeps greenlets waiting."""
    import gevent

    beats: list[float] = []

    def beat() -> None:
        while True:
            gevent.sleep(0.01)
            beats.append(0.01)

    beating = gevent.spawn(beat)
    child = PipedProcess("it", [sys.executable, "-c", LATE])
    assert child.hear(bytes, 20.0) == b"here\n"
    heard = len(beats)
    assert heard > 5
    assert child.end(20.0) == 0
    assert len(beats) > heard
    beating.kill()


@patched
def test_a_silent_process_is_an_error_under_gevent() -> None:
    """The time that it is given is kept, and it is killed."""
    child = PipedProcess("it", [sys.executable, "-c", DEAF])
    with pytest.raises(StartError, match=r"it does not start: .* nothing for 0\.2 s"):
        child.hear(bytes, 0.2)
    assert child.end(0.1) == -9
    assert child.fate == "it was ended by SIGKILL"
