"""How processes are told to be, above all those that stood still."""

import os
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import msgspec
import pytest

from midstream.mock_server.control.addresses import Served

if TYPE_CHECKING:
    from midstream.harness.load.controller.process_samples import Pulse

pytestmark = pytest.mark.load

WELL = {"due": 100, "late_p99_s": 0.002, "late_max_s": 0.04, "standstill_s": 0.01}
NOBODY = "http://127.0.0.1:1"


class Clock:
    """Time, which can jump as if the process had been stopped."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.jump_s, real = 0.0, time.monotonic
        monkeypatch.setattr(time, "monotonic", lambda: real() + self.jump_s)


@pytest.fixture
def pulse() -> "Iterator[Pulse]":
    """Return the pulse of this process."""
    from midstream.harness.load.controller.process_samples import Pulse

    beating = Pulse("worker 1", "worker")
    yield beating
    beating.close()


def test_who_stood_still_says_so_when_it_wakes_up(
    pulse: "Pulse", monkeypatch: pytest.MonkeyPatch
) -> None:
    """In its very next sample, which may be its last; and in none behind it."""
    clock = Clock(monkeypatch)
    assert (pulse.sample().lag_max_s or 0.0) < 30
    clock.jump_s = 60.0
    assert 59 < (pulse.sample().lag_max_s or 0.0) < 90
    assert (pulse.sample().lag_max_s or 0.0) < 30


def look(admin_url: str) -> dict[str, object]:
    """Return what is seen of a server of this process at *admin_url*."""
    from midstream.harness.load.controller.process_samples import RigWatch

    served = Served(base_url=f"{NOBODY}/v1", pid=os.getpid(), admin_url=admin_url)
    watch = RigWatch((served,), None)
    watch.close()
    (sample,) = watch.samples
    return msgspec.structs.asdict(sample)


class Health(BaseHTTPRequestHandler):
    """Answers as a server does: the first time that it was ill."""

    said: list[dict[str, float]]

    def do_GET(self) -> None:
        """Say the next."""
        body = msgspec.json.encode(self.said.pop(0))
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing of it."""


def tell(*said: dict[str, float]) -> dict[str, object]:
    """Return what is seen of a server that says that when it is asked."""
    health = type("Health", (Health,), {"said": list(said)})
    with HTTPServer(("127.0.0.1", 0), health) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            return look(f"http://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()


def test_a_server_that_does_not_answer_is_seen() -> None:
    """It is a sample, and a bad one; that nothing is known of it is no good news."""
    seen = look(NOBODY)
    assert (seen["process"], seen["is_silent"]) == ("server 1", True)
    assert (seen["send_lag_p99_s"], seen["lag_max_s"]) == (None, None)


@pytest.mark.parametrize("worst", ["late_max_s", "standstill_s"])
def test_a_server_tells_the_worst_of_itself(worst: str) -> None:
    """What was late most: something that was due, or its loop with nothing due."""
    seen = tell(WELL, {**WELL, worst: 6.5})
    assert (seen["is_silent"], seen["lag_max_s"]) == (False, 6.5)
    assert seen["send_lag_p99_s"] == 0.002


def test_what_a_server_was_like_before_is_not_of_the_run() -> None:
    """What it says when a run begins is forgotten."""
    assert tell({**WELL, "standstill_s": 60.0}, WELL)["lag_max_s"] == 0.04
