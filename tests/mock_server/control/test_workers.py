import argparse
import asyncio
import sys

import pytest

from midstream.mock_server.control import processes, workers
from midstream.mock_server.control.processes import StartError
from midstream.mock_server.control.serve import add_serve_arguments

pytestmark = pytest.mark.process

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "


async def test_a_server_process_that_says_nothing_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is named, and killed although it does not listen to anybody."""
    argv = (sys.executable, "-c", DEAF + "time.sleep(600)")
    monkeypatch.setattr(processes, "python", lambda *_: argv)
    monkeypatch.setattr(workers, "_START_S", 0.3)
    monkeypatch.setattr(workers, "_END_S", 0.1)
    parser = argparse.ArgumentParser()
    add_serve_arguments(parser)
    args = parser.parse_args(["--workers", "2"])
    with pytest.raises(StartError, match=r"server process \d+ .* nothing for 0\.3 s"):
        await workers.run(args, lambda _: None, asyncio.Event())
