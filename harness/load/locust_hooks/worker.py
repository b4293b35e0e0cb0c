"""Edge: a worker of a load run: holds conversations and reports to the master."""

import sys
import time
from typing import Any

import gevent
from locust import runners
from locust.env import Environment

from midstream.harness.load.errors import LoadError
from midstream.harness.load.generator.generator import UserSlot
from midstream.harness.load.locust_hooks.clock_offset import Offset
from midstream.harness.load.locust_hooks.generator import LocustGenerator
from midstream.harness.load.locust_hooks.interrupt import Interrupt
from midstream.harness.load.locust_hooks.master import CLOCK, LAST, STOP
from midstream.harness.load.locust_hooks.process import CUT_SHORT_S, LocustProcess
from midstream.harness.load.metrics.result import EXIT_CODES
from midstream.harness.load.storm import load_order

_USAGE_ERROR = 2


class LateWorkerError(LoadError):
    """A worker connected after the run began, when all users had been assigned."""


class Worker(LocustProcess):
    """Holds conversations; the rig and the faults are the master's."""

    def __init__(self, environment: Environment) -> None:
        """Listen to the master and ask it for its clock."""
        super().__init__(environment)
        Interrupt()  # so that Ctrl-C ends us, and not whichever user is running
        self._generator = LocustGenerator(environment, "worker")
        self._offset = Offset()
        self.runner.register_message(STOP, self._on_stop, concurrent=True)
        self.runner.register_message(CLOCK, self._on_clock)
        self._ask_for_the_time()

    def start(self) -> None:
        """Set up the generator for the run that the master has ordered.

        Raises:
            HarnessError: A server does not answer, or the run began before.
        """
        self._generator.close()
        text = self.environment.parsed_options.midstream_order
        if not text:
            return  # the master says why the run did not start
        order, index = load_order.decode(text), int(self.runner.worker_index)
        if index >= order.workers:
            raise LateWorkerError(
                f"worker {index} connected after the run had begun; "
                "start it again when the run is over, before the next one begins"
            )
        self._generator.process = f"worker {index}"
        self._generator.offset_s = self._offset.seconds
        self._generator.begin(order, index)

    def abandon(self, error: Exception) -> None:
        """Quit; tell the master why, unless this worker was merely late."""
        if not isinstance(error, LateWorkerError):
            self.runner.send_message(LAST, self._excuse(error))
        self._generator.close()
        self.environment.process_exit_code = _USAGE_ERROR
        gevent.spawn(self.runner.quit)

    def take_slot(self) -> UserSlot:
        """Return a slot for a user."""
        return self._generator.take_slot()

    def note_failure(self, trouble: str) -> None:
        """Record why a user failed."""
        self._generator.note_failure(trouble)

    def report(self) -> dict[str, Any] | None:
        """Return the results since the last report."""
        return self._generator.report()

    def finish(self) -> None:
        """Send the last report, if nobody has asked for it; close all connections.

        If the master is gone, say so on standard error.
        """
        said = self._leave(CUT_SHORT_S)
        if said is not None and self._is_orphan:
            why = f" ({said['trouble']})" if said["trouble"] else ""
            sys.stderr.write(
                f"midstream: {self._generator.process}: the master is gone{why}; "
                "the run's result is lost; the conversations stored here are kept\n"
            )
            self.environment.process_exit_code = EXIT_CODES["INVALID"]
        self._generator.close()

    @property
    def _is_orphan(self) -> bool:
        """Whether the master has been silent for longer than Locust tolerates."""
        heard_s: float | None = self.runner.last_heartbeat_timestamp
        return time.time() - (heard_s or 0.0) > runners.MASTER_HEARTBEAT_TIMEOUT

    def _excuse(self, error: Exception) -> dict[str, Any]:
        """Return the message that replaces a report and carries *error*."""
        text = self.environment.parsed_options.midstream_order
        name = load_order.decode(text).name
        trouble = f"{self._generator.process}: {error}"
        return {"run": name, "report": None, "samples": [], "trouble": trouble}

    def _leave(self, patience_s: float) -> dict[str, Any] | None:
        """Wait for the conversations to end and send the last report, once.

        Returns:
            The report, or None if it was sent before.
        """
        said = self._generator.leave(patience_s)
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
        """Take the master's clock; ask again while that improves the estimate."""
        said = msg.data
        if self._offset.take(said["asked_s"], said["told_s"], time.time()):
            self._ask_for_the_time()

    def _ask_for_the_time(self) -> None:
        self.runner.send_message(CLOCK, {"asked_s": time.time()})
