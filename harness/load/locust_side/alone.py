"""Edge: the only process of a load run: head and desk."""

from typing import Final

import gevent
from locust.env import Environment

from harness.load.locust_side.desk_side import DeskSide
from harness.load.locust_side.head_side import HeadSide
from harness.load.locust_side.node import Node, give_up, patience_s
from harness.load.streams.desk import Seat

_NAME: Final = "load generator"
_REPORT_S: Final = 2.0


class Alone(Node):
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
        self._head.abandon()
        self._desk.close()
        give_up(self, error)

    def take_seat(self) -> Seat:
        """Return a seat for a user."""
        return self._desk.take_seat()

    def complain(self, trouble: str) -> None:
        """Take note of what went wrong with a user."""
        self._desk.complain(trouble)

    def stop(self) -> None:
        """Let conversations end, hear the last of them, and conclude."""
        if self._head.head.is_on:
            self._conclude(is_interrupted=self._head.is_interrupted)

    def finish(self) -> None:
        """Conclude what is still on, and end what is ours."""
        if self._head.head.is_on:
            self._conclude(is_interrupted=True)
        self._head.close()
        self._desk.close()

    def _conclude(self, *, is_interrupted: bool) -> None:
        self._head.end(is_interrupted=is_interrupted)
        self._head.hear(_NAME, self._desk.leave(patience_s(self._head)))
        self.hasten()
        self._head.conclude()

    def _keep_reporting(self, run: str) -> None:
        """Tell our own head what workers tell theirs, now and then."""
        while self._head.is_on(run):
            self._head.hear(_NAME, self._desk.report())
            gevent.sleep(_REPORT_S)
