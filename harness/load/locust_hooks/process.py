"""Edge: what one Locust process does in a load run.

The only process does everything. A master orders the run, hears its workers, and
concludes; a worker holds conversations. Each is one file beside this one.
"""

from typing import Any, Final

import gevent
from locust.env import Environment

from midstream.errors import MidstreamError
from midstream.harness.load.generator.generator import Seat
from midstream.harness.load.locust_hooks import options
from midstream.harness.load.locust_hooks.controller import HeadSide, note_failure

CUT_SHORT_S: Final = 2.0
"""How long conversations may take to end when nobody wants to wait for them."""
_GRACE_S: Final = 15.0
_LEAVE_S: Final = 2.0
_USAGE_ERROR: Final = 2


class LocustProcess:
    """One process; what it does not do, it is not asked for."""

    def __init__(self, environment: Environment) -> None:
        """Read the options; of a mistake in them say so, and exit."""
        self.environment: Any = environment
        self.runner: Any = environment.runner
        with options.exits_on_mistake():
            self.wanted = options.read(environment.parsed_options)
        # Whom a phase sends away finishes first.
        self._stop_timeout_s = environment.stop_timeout or self.wanted.storm.total_s
        environment.stop_timeout = self._stop_timeout_s

    def begin(self) -> None:
        """Begin a run; of what hinders it say so, and leave."""
        self.environment.stop_timeout = self._stop_timeout_s
        try:
            self.start()
        except MidstreamError as error:
            note_failure(error)
            self.abandon(error)

    def start(self) -> None:
        """Begin a run.

        Raises:
            MidstreamError: Something hinders it.
        """
        raise NotImplementedError

    def abandon(self, error: Exception) -> None:
        """Forget the run that *error* hindered, and leave."""
        raise NotImplementedError

    def take_seat(self) -> Seat:
        """Return a seat for a user."""
        raise NotImplementedError

    def note_failure(self, trouble: str) -> None:
        """Take note of what went wrong with a user."""

    def report(self) -> dict[str, Any] | None:
        """Return what the master is to be told; None: nothing."""
        return None

    def hear(self, worker: str, said: dict[str, Any] | None) -> None:
        """Take what a worker has told."""

    def stop(self) -> None:
        """Let conversations end, hear the last of them, and conclude."""

    def finish(self) -> None:
        """Conclude what is still on, and end what is ours."""
        raise NotImplementedError

    def hasten(self) -> None:
        """Let Locust not wait for users any more: no conversation is held."""
        self.environment.stop_timeout = _LEAVE_S


def give_up(node: LocustProcess, error: Exception) -> None:
    """Leave because of *error*; a web page stays, and shows it."""
    node.environment.process_exit_code = _USAGE_ERROR
    if node.environment.web_ui is None:
        gevent.spawn(node.runner.quit)
    else:
        node.runner.log_exception("midstream", str(error), "")
        gevent.spawn(node.runner.stop)


def patience_s(side: HeadSide) -> float:
    """Return how long the conversations of a run may take to end."""
    order = side.head.order
    if order is None or side.is_interrupted or side.head.trouble:
        return CUT_SHORT_S
    return order.storm.total_s + _GRACE_S
