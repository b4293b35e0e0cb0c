"""Edge: the only process of a load run: head and desk."""

from typing import Final

import gevent
from locust.env import Environment

from midstream.harness.load.generator.generator import Seat
from midstream.harness.load.locust_hooks.controller import HeadSide
from midstream.harness.load.locust_hooks.controlling import HeadNode
from midstream.harness.load.locust_hooks.generator import DeskSide
from midstream.harness.load.locust_hooks.process import patience_s

_NAME: Final = "load generator"
_REPORT_S: Final = 2.0


class Alone(HeadNode):
    """Head and desk, which tell each other what master and worker do."""

    def __init__(self, environment: Environment) -> None:
        """Set up both."""
        super().__init__(environment)
        self._head = HeadSide(environment, self.wanted)
        self._desk = DeskSide(environment, _NAME)

    def start(self) -> None:
        """Start the rig and sit down."""
        order = self._head.begin({_NAME: 0})
        self._desk.begin(order, 0)
        gevent.spawn(self._keep_reporting, order.name)

    def abandon(self, error: Exception) -> None:
        """Forget the run that *error* hindered, and leave."""
        super().abandon(error)
        self._desk.close()

    def take_seat(self) -> Seat:
        """Return a seat for a user."""
        return self._desk.take_seat()

    def note_failure(self, trouble: str) -> None:
        """Take note of what went wrong with a user."""
        self._desk.note_failure(trouble)

    def finish(self) -> None:
        """Conclude what is still on, and end what is ours."""
        super().finish()
        self._desk.close()

    def _hear_the_last(self) -> None:
        self._head.hear(_NAME, self._desk.leave(patience_s(self._head)))
        self.hasten()

    def _keep_reporting(self, run: str) -> None:
        """Tell our own head what workers tell theirs, now and then."""
        while self._head.is_on(run):
            self._head.hear(_NAME, self._desk.report())
            gevent.sleep(_REPORT_S)
