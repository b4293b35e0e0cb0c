"""Edge: the master of a load run: starts it, collects reports, reports the result.

Locust waits half a second for a worker's last report and kills conversations that are
not over. So master and workers agree on the end of a run with messages of their own,
while the master's runner is still stopping.
"""

import time
from typing import Any, Final

from gevent.event import Event
from locust.env import Environment
from locust.runners import STATE_MISSING

from midstream.harness.load.locust_hooks.controller import (
    ControllerPulse,
    LocustController,
)
from midstream.harness.load.locust_hooks.controlling import ControllingProcess
from midstream.harness.load.locust_hooks.process import patience_s

STOP: Final = "midstream-stop"
LAST: Final = "midstream-last"
CLOCK: Final = "midstream-clock"
_GRACE_S: Final = 15.0
_LOOK_S: Final = 0.2


class Master(ControllingProcess):
    """The master: it has no users."""

    def __init__(self, environment: Environment) -> None:
        """Listen to the workers and set up the controller."""
        super().__init__(environment)
        self.runner.register_message(LAST, self._on_last)
        self.runner.register_message(CLOCK, self._on_clock)
        self._locust = LocustController(environment, self.wanted)  # takes a moment
        self._pulse: ControllerPulse | None = None
        self._names: dict[str, str] = {}
        self._silent: set[str] = set()
        self._news = Event()

    def start(self) -> None:
        """Start the rig and send the workers their order."""
        there = self._there()
        numbers = {key: int(self.runner.get_worker_index(key)) for key in there}
        self._names = {key: f"worker {number}" for key, number in numbers.items()}
        self._silent = set(self._names)
        self._locust.begin({self._names[key]: numbers[key] for key in there})
        self._pulse = ControllerPulse(self._locust.controller)

    def hear(self, worker: str, said: dict[str, Any] | None) -> None:
        """Take a worker's report, if the worker takes part in the run."""
        if worker in self._names:
            self._locust.hear(self._names[worker], said)

    def _hear_the_last(self) -> None:
        """Ask all workers for their last report; wait for those that are connected."""
        patience = patience_s(self._locust)
        for worker in self._silent - self._gone():
            self.runner.send_message(STOP, {"patience_s": patience}, worker)
        until_s = time.monotonic() + patience + _GRACE_S
        while self._silent - self._gone() and time.monotonic() < until_s:
            self._news.clear()
            self._news.wait(_LOOK_S)
        for worker in self._silent:
            self._locust.controller.lose(self._names[worker])
        if self._pulse is not None:
            self._pulse.close()

    def _gone(self) -> set[str]:
        """Return the workers of the run that have disconnected."""
        return self._names.keys() - set(self._there())

    def _there(self) -> list[str]:
        """Return the workers that Locust counts as connected."""
        clients = self.runner.clients.all
        return [client.id for client in clients if client.state != STATE_MISSING]

    def _on_last(self, environment: object, msg: Any, **_: object) -> None:  # noqa: ANN401, ARG002  # Locust's own
        """Take a worker's last report; one that was not asked for it is leaving."""
        worker = msg.node_id
        if worker not in self._silent:
            return
        self.hear(worker, msg.data)
        self._silent.discard(worker)
        self._news.set()
        if self._locust.controller.is_on and not self._locust.is_interrupted:
            self._locust.controller.lose(self._names[worker])

    def _on_clock(self, environment: object, msg: Any, **_: object) -> None:  # noqa: ANN401, ARG002  # the same
        said = {**msg.data, "told_s": time.time()}
        self.runner.send_message(CLOCK, said, msg.node_id)
