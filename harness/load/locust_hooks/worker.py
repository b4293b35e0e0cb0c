"""Edge: a worker of a load run: holds conversations, and tells a master."""

import sys
import time
from typing import Any

import gevent
from locust import runners
from locust.env import Environment

from midstream.harness.load.errors import LoadError
from midstream.harness.load.generator.generator import Seat
from midstream.harness.load.locust_hooks.clock_offset import Offset
from midstream.harness.load.locust_hooks.generator import DeskSide
from midstream.harness.load.locust_hooks.master import CLOCK, LAST, STOP
from midstream.harness.load.locust_hooks.process import CUT_SHORT_S, LocustProcess
from midstream.harness.load.metrics.result import EXIT_CODES
from midstream.harness.load.storm import load_order

_USAGE_ERROR = 2


class LateWorkerError(LoadError):
    """A worker came when the run had begun: the seats are given away."""


class Worker(LocustProcess):
    """Holds conversations; has no rig, and no say in what goes wrong."""

    def __init__(self, environment: Environment) -> None:
        """Listen to the master, and ask it for the time."""
        super().__init__(environment)
        self._desk = DeskSide(environment, "worker")
        self._offset = Offset()
        self.runner.register_message(STOP, self._on_stop, concurrent=True)
        self.runner.register_message(CLOCK, self._on_clock)
        self._ask_for_the_time()

    def start(self) -> None:
        """Sit down to do what the order says.

        Raises:
            HarnessError: A server does not answer, or the run went on without us.
        """
        self._desk.close()
        text = self.environment.parsed_options.midstream_order
        if not text:
            return  # what hindered the run is said by the master
        order, index = load_order.decode(text), int(self.runner.worker_index)
        if index >= order.workers:
            raise LateWorkerError(
                f"the run began before worker {index} came; "
                "start it when the run is over, or before the next one begins"
            )
        self._desk.process = f"worker {index}"
        self._desk.offset_s = self._offset.seconds
        self._desk.begin(order, index)

    def abandon(self, error: Exception) -> None:
        """Leave, and tell the master why, if it is its run that suffers."""
        if not isinstance(error, LateWorkerError):
            self.runner.send_message(LAST, self._excuse(error))
        self._desk.close()
        self.environment.process_exit_code = _USAGE_ERROR
        gevent.spawn(self.runner.quit)

    def take_seat(self) -> Seat:
        """Return a seat for a user."""
        return self._desk.take_seat()

    def note_failure(self, trouble: str) -> None:
        """Take note of what went wrong with a user."""
        self._desk.note_failure(trouble)

    def report(self) -> dict[str, Any] | None:
        """Return what is new."""
        return self._desk.report()

    def finish(self) -> None:
        """Tell the last, if nobody has asked for it; let go of everything.

        Where there is no master any more, that is said, to whoever reads our log.
        """
        said = self._leave(CUT_SHORT_S)
        if said is not None and self._is_orphan:
            why = f" ({said['trouble']})" if said["trouble"] else ""
            sys.stderr.write(
                f"midstream: {self._desk.process}: the master is gone{why}; "
                "what it knew of the run is lost, kept conversations are not\n"
            )
            self.environment.process_exit_code = EXIT_CODES["INVALID"]
        self._desk.close()

    @property
    def _is_orphan(self) -> bool:
        """Whether the master has been silent for so long that Locust gives it up."""
        heard_s: float | None = self.runner.last_heartbeat_timestamp
        return time.time() - (heard_s or 0.0) > runners.MASTER_HEARTBEAT_TIMEOUT

    def _excuse(self, error: Exception) -> dict[str, Any]:
        """Return what the master is to hear instead of a report."""
        text = self.environment.parsed_options.midstream_order
        name = load_order.decode(text).name
        trouble = f"{self._desk.process}: {error}"
        return {"run": name, "report": None, "samples": [], "trouble": trouble}

    def _leave(self, patience_s: float) -> dict[str, Any] | None:
        """Let conversations end, and tell the last of them; None: it was told."""
        said = self._desk.leave(patience_s)
        self.hasten()
        if said is not None:
            self._tell_locusts_own()
            self.runner.send_message(LAST, said)
        return said

    def _tell_locusts_own(self) -> None:
        """Send what Locust counts, before our last word: nothing is added after it.

        Locust itself sends the rest when it is told to quit, and its master waits for
        that for half a second, be it there or not.
        """
        statistics: dict[str, Any] = {}
        self.environment.events.report_to_master.fire(
            client_id=self.runner.client_id, data=statistics
        )
        self.runner.send_message("stats", statistics)

    def _on_stop(self, environment: object, msg: Any, **_: object) -> None:  # noqa: ANN401, ARG002  # Locust's own
        self._leave(float(msg.data["patience_s"]))

    def _on_clock(self, environment: object, msg: Any, **_: object) -> None:  # noqa: ANN401, ARG002  # the same
        """Learn how far the master's clock is ahead of ours."""
        said = msg.data
        if self._offset.take(said["asked_s"], said["told_s"], time.time()):
            self._ask_for_the_time()

    def _ask_for_the_time(self) -> None:
        self.runner.send_message(CLOCK, {"asked_s": time.time()})
