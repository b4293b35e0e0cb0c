"""Edge: a load run in one process: controller and load generator together."""

from typing import Final

import gevent
from locust.env import Environment

from midstream.harness.load.generator.generator import UserSlot
from midstream.harness.load.locust_hooks.controller import LocustController
from midstream.harness.load.locust_hooks.controlling import ControllingProcess
from midstream.harness.load.locust_hooks.generator import LocustGenerator
from midstream.harness.load.locust_hooks.process import patience_s

_NAME: Final = "load generator"
_REPORT_S: Final = 2.0


class LocalProcess(ControllingProcess):
    """Controls the run and generates its load."""

    def __init__(self, environment: Environment) -> None:
        """Set up controller and generator."""
        super().__init__(environment)
        self._locust = LocustController(environment, self.wanted)
        self._generator = LocustGenerator(environment, _NAME)

    def start(self) -> None:
        """Start the rig and the generator."""
        order = self._locust.begin({_NAME: 0})
        self._generator.begin(order, 0)
        gevent.spawn(self._keep_reporting, order.name)

    def abandon(self, error: Exception) -> None:
        """Drop the run that could not start because of *error*, and quit."""
        super().abandon(error)
        self._generator.close()

    def take_slot(self) -> UserSlot:
        """Return a slot for a user."""
        return self._generator.take_slot()

    def note_failure(self, trouble: str) -> None:
        """Record why a user failed."""
        self._generator.note_failure(trouble)

    def finish(self) -> None:
        """Report the run that is still on, and stop the rig."""
        super().finish()
        self._generator.close()

    def _hear_the_last(self) -> None:
        self._locust.hear(_NAME, self._generator.leave(patience_s(self._locust)))
        self.hasten()

    def _keep_reporting(self, run: str) -> None:
        """Hand the controller a report every few seconds, as a worker would."""
        while self._locust.is_on(run):
            self._locust.hear(_NAME, self._generator.report())
            gevent.sleep(_REPORT_S)
