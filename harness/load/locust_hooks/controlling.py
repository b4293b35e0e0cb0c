"""Edge: the base of the two processes that control a load run.

A run is controlled by its master, or by its only process.
"""

from midstream.harness.load.locust_hooks.controller import LocustController
from midstream.harness.load.locust_hooks.process import LocustProcess, give_up


class ControllingProcess(LocustProcess):
    """Starts the run, and reports its result once, however it ends."""

    _locust: LocustController

    def abandon(self, error: Exception) -> None:
        """Drop the run that could not start because of *error*, and quit."""
        self._locust.abandon()
        give_up(self, error)

    def stop(self) -> None:
        """Wait for conversations and last reports, then report the result."""
        if self._locust.controller.is_on:
            self._conclude(is_interrupted=self._locust.is_interrupted)

    def finish(self) -> None:
        """Report the run that is still on, and stop the rig."""
        if self._locust.controller.is_on:
            self._conclude(is_interrupted=True)
        self._locust.close()

    def _conclude(self, *, is_interrupted: bool) -> None:
        """End the run, collect the last reports, and report the result."""
        self._locust.end(is_interrupted=is_interrupted)
        self._hear_the_last()
        self._locust.conclude()

    def _hear_the_last(self) -> None:
        """Wait until the conversations have ended, and collect the last reports."""
        raise NotImplementedError
