"""Edge: the master of a load run: orders it, hears its workers, and concludes.

Locust waits half a second for the last report of a worker and kills conversations in
the middle, so how a run ends is agreed on by messages of our own, while the master's
runner is still stopping.
"""

import time
from typing import Any, Final

from gevent.event import Event
from locust.env import Environment
from locust.runners import STATE_MISSING

from midstream.harness.load.locust_hooks.controller import HeadPulse, HeadSide
from midstream.harness.load.locust_hooks.controlling import HeadNode
from midstream.harness.load.locust_hooks.process import patience_s

STOP: Final = "midstream-stop"
LAST: Final = "midstream-last"
CLOCK: Final = "midstream-clock"
_GRACE_S: Final = 15.0
_LOOK_S: Final = 0.2


class Master(HeadNode):
    """Has no users of its own."""

    def __init__(self, environment: Environment) -> None:
        """Listen to workers."""
        super().__init__(environment)
        self.runner.register_message(LAST, self._on_last)
        self.runner.register_message(CLOCK, self._on_clock)
        self._head = HeadSide(environment, self.wanted)  # takes a moment
        self._pulse: HeadPulse | None = None
        self._names: dict[str, str] = {}
        self._silent: set[str] = set()
        self._news = Event()

    def start(self) -> None:
        """Start the rig and order the run."""
        there = self._there()
        numbers = {key: int(self.runner.get_worker_index(key)) for key in there}
        self._names = {key: f"worker {number}" for key, number in numbers.items()}
        self._silent = set(self._names)
        self._head.begin({self._names[key]: numbers[key] for key in there})
        self._pulse = HeadPulse(self._head.head)

    def hear(self, worker: str, said: dict[str, Any] | None) -> None:
        """Take what a worker has told, if it takes part in the run."""
        if worker in self._names:
            self._head.hear(self._names[worker], said)

    def _hear_the_last(self) -> None:
        """Ask all workers for their last words; wait for who is still there."""
        patience = patience_s(self._head)
        for worker in self._silent - self._gone():
            self.runner.send_message(STOP, {"patience_s": patience}, worker)
        until_s = time.monotonic() + patience + _GRACE_S
        while self._silent - self._gone() and time.monotonic() < until_s:
            self._news.clear()
            self._news.wait(_LOOK_S)
        for worker in self._silent:
            self._head.head.lose(self._names[worker])
        if self._pulse is not None:
            self._pulse.close()

    def _gone(self) -> set[str]:
        """Return the workers of the run that went away."""
        return self._names.keys() - set(self._there())

    def _there(self) -> list[str]:
        """Return the workers that Locust knows to be there."""
        clients = self.runner.clients.all
        return [client.id for client in clients if client.state != STATE_MISSING]

    def _on_last(self, environment: object, msg: Any, **_: object) -> None:  # noqa: ANN401, ARG002  # Locust's own
        """Hear the last of a worker; one that was not asked for it goes away."""
        worker = msg.node_id
        if worker not in self._silent:
            return
        self.hear(worker, msg.data)
        self._silent.discard(worker)
        self._news.set()
        if self._head.head.is_on and not self._head.is_interrupted:
            self._head.head.lose(self._names[worker])

    def _on_clock(self, environment: object, msg: Any, **_: object) -> None:  # noqa: ANN401, ARG002  # the same
        said = {**msg.data, "told_s": time.time()}
        self.runner.send_message(CLOCK, said, msg.node_id)
