"""Edge: what one Locust process does in a load run.

A single process does everything. Otherwise a master starts the run, collects reports
and reports the result, and workers hold conversations. Each of the three is one file
beside this one.
"""

from typing import Any, Final

import gevent
from locust.env import Environment

from midstream.errors import MidstreamError
from midstream.harness.load.generator.generator import UserSlot
from midstream.harness.load.locust_hooks import options
from midstream.harness.load.locust_hooks.controller import (
    LocustController,
    note_failure,
)

CUT_SHORT_S: Final = 2.0
"""How long conversations may take to end after an interrupt or a failure."""
_GRACE_S: Final = 15.0
_LEAVE_S: Final = 2.0
_USAGE_ERROR: Final = 2


class LocustProcess:
    """One process of a load run; its kinds implement what concerns them."""

    def __init__(self, environment: Environment) -> None:
        """Read the options; report a mistake in them and exit."""
        self.environment: Any = environment
        self.runner: Any = environment.runner
        with options.exits_on_mistake():
            self.wanted = options.read(environment.parsed_options)
        # A user whom a phase removes finishes its conversation first.
        self._stop_timeout_s = environment.stop_timeout or self.wanted.storm.total_s
        environment.stop_timeout = self._stop_timeout_s

    def begin(self) -> None:
        """Start a run; report an error and quit if it cannot start."""
        self.environment.stop_timeout = self._stop_timeout_s
        try:
            self.start()
        except MidstreamError as error:
            note_failure(error)
            self.abandon(error)

    def start(self) -> None:
        """Start a run.

        Raises:
            MidstreamError: It cannot start.
        """
        raise NotImplementedError

    def abandon(self, error: Exception) -> None:
        """Drop the run that could not start because of *error*, and quit."""
        raise NotImplementedError

    def take_slot(self) -> UserSlot:
        """Return a slot for a user."""
        raise NotImplementedError

    def note_failure(self, trouble: str) -> None:
        """Record why a user failed."""

    def report(self) -> dict[str, Any] | None:
        """Return the next report to the master, or None if there is none."""
        return None

    def hear(self, worker: str, said: dict[str, Any] | None) -> None:
        """Take a worker's report."""

    def stop(self) -> None:
        """Wait for conversations and last reports, then report the result."""

    def finish(self) -> None:
        """Report the run that is still on, and release everything."""
        raise NotImplementedError

    def hasten(self) -> None:
        """Let Locust stop its users quickly, for no conversation is held any more."""
        self.environment.stop_timeout = _LEAVE_S


def give_up(node: LocustProcess, error: Exception) -> None:
    """Quit because of *error*; with a web page, stay and show it there."""
    node.environment.process_exit_code = _USAGE_ERROR
    if node.environment.web_ui is None:
        gevent.spawn(node.runner.quit)
    else:
        node.runner.log_exception("midstream", str(error), "")
        gevent.spawn(node.runner.stop)


def patience_s(side: LocustController) -> float:
    """Return how long the conversations of a run may take to end."""
    order = side.controller.order
    if order is None or side.is_interrupted or side.controller.trouble:
        return CUT_SHORT_S
    return order.storm.total_s + _GRACE_S
