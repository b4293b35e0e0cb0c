"""Edge: what one Locust process does in a load run.

The only process does everything. A master orders the run, hears its workers, and
concludes; a worker holds conversations. Locust waits half a second for the last report
of a worker and kills conversations in the middle, so how a run ends is agreed on by
messages of our own, while the master's runner is still stopping.
"""

import time
from typing import Any, Final

import gevent
from gevent.event import Event
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from harness.errors import HarnessError
from harness.load.locust_side import options
from harness.load.locust_side.desk_side import DeskSide
from harness.load.locust_side.head_side import HeadPulse, HeadSide, complain
from harness.load.run import orders
from harness.load.streams.desk import Seat
from mock_server import MockServerError

STOP: Final = "midstream-stop"
LAST: Final = "midstream-last"
CLOCK: Final = "midstream-clock"
_ALONE: Final = "local"
_REPORT_S: Final = 2.0
_GRACE_S: Final = 15.0
_CUT_SHORT_S: Final = 2.0
_USAGE_ERROR: Final = 2
_MISTAKES = (HarnessError, MockServerError)


class Node:
    """One process; what it does not do, it is not asked for."""

    def __init__(self, environment: Environment) -> None:
        """Read the options; of a mistake in them say so, and exit."""
        self.environment: Any = environment
        self.runner: Any = environment.runner
        with options.exits_on_mistake():
            self.wanted = options.read(environment.parsed_options)
        if not environment.stop_timeout:  # whoever leaves finishes first
            environment.stop_timeout = self.wanted.storm.total_s

    def begin(self) -> None:
        """Begin a run; of what hinders it say so, and leave."""
        try:
            self.start()
        except _MISTAKES as error:
            complain(error)
            self.environment.process_exit_code = _USAGE_ERROR
            gevent.spawn(self.runner.quit)

    def start(self) -> None:
        """Begin a run.

        Raises:
            HarnessError, MockServerError: Something hinders it.
        """
        raise NotImplementedError

    def take_seat(self) -> Seat:
        """Return a seat for a user."""
        raise NotImplementedError

    def report(self) -> dict[str, Any] | None:
        """Return what the master is to be told; None: nothing."""
        return None

    def hear(self, worker: str, said: dict[str, Any] | None) -> None:
        """Take what a worker has told."""

    def stop(self) -> None:
        """Let conversations end, and hear the last of them."""

    def finish(self) -> None:
        """Conclude, and end what is ours."""
        raise NotImplementedError


class Alone(Node):
    """The only process: head and desk."""

    def __init__(self, environment: Environment) -> None:
        """Set up both."""
        super().__init__(environment)
        self._head = HeadSide(environment, self.wanted)
        self._desk = DeskSide(environment, "load generator")
        self._reporting: Any = None

    def start(self) -> None:
        """Start the rig and sit down."""
        self._desk.begin(self._head.begin({_ALONE: 0}), 0)
        self._reporting = gevent.spawn(self._keep_reporting)

    def take_seat(self) -> Seat:
        """Return a seat for a user."""
        return self._desk.take_seat()

    def stop(self) -> None:
        """Let conversations end, and hear the last of them."""
        self._stop(_patience_s(self._head))

    def finish(self) -> None:
        """Conclude; what still goes on is cut short, and said to be."""
        is_interrupted = _is_on(self._head)
        self._stop(_CUT_SHORT_S)
        self._head.conclude(is_interrupted=is_interrupted)
        self._desk.close()

    def _stop(self, patience_s: float) -> None:
        if _is_on(self._head):
            self._head.head.end()
            self._head.hear(_ALONE, self._desk.leave(patience_s))
        if self._reporting is not None:
            self._reporting.kill(block=False)

    def _keep_reporting(self) -> None:
        """Tell our own head what workers tell theirs, now and then."""
        while True:
            gevent.sleep(_REPORT_S)
            self._head.hear(_ALONE, self._desk.report())


class Master(Node):
    """Has no users of its own."""

    def __init__(self, environment: Environment) -> None:
        """Listen to workers."""
        super().__init__(environment)
        self._head = HeadSide(environment, self.wanted)
        self._pulse: HeadPulse | None = None
        self._workers: dict[str, int] = {}
        self._awaited: set[str] = set()
        self._all_said = Event()
        self.runner.register_message(LAST, self._on_last)
        self.runner.register_message(CLOCK, self._on_clock)

    def start(self) -> None:
        """Start the rig and order the run."""
        self._workers = {
            client.id: int(self.runner.get_worker_index(client.id))
            for client in self.runner.clients.all
        }
        self._head.begin(self._workers)
        self._pulse = HeadPulse(self._head.head)

    def hear(self, worker: str, said: dict[str, Any] | None) -> None:
        """Take what a worker has told."""
        self._head.hear(worker, said)

    def stop(self) -> None:
        """Let conversations end, and hear the last of them."""
        self._stop(_patience_s(self._head))

    def finish(self) -> None:
        """Conclude; what still goes on is cut short, and said to be."""
        is_interrupted = _is_on(self._head)
        self._stop(_CUT_SHORT_S)
        self._head.conclude(is_interrupted=is_interrupted)
        if self._pulse is not None:
            self._pulse.close()

    def _stop(self, patience_s: float) -> None:
        if not _is_on(self._head):
            return
        self._head.head.end()
        clients = self.runner.clients
        there = {client.id for client in clients.all} & self._workers.keys()
        there -= {client.id for client in clients.missing}
        for worker in self._workers.keys() - there:
            self._head.head.lose(worker)
        self._awaited = set(there)
        self._all_said.clear()
        for worker in there:
            self.runner.send_message(STOP, {"patience_s": patience_s}, worker)
        if there:
            self._all_said.wait(patience_s + _GRACE_S)

    def _on_last(self, environment: object, msg: Any, **_: object) -> None:  # noqa: ANN401, ARG002  # Locust's own
        self._head.hear(msg.node_id, msg.data)
        self._awaited.discard(msg.node_id)
        if not self._awaited:
            self._all_said.set()

    def _on_clock(self, environment: object, msg: Any, **_: object) -> None:  # noqa: ANN401, ARG002  # the same
        said = {**msg.data, "told_s": time.time()}
        self.runner.send_message(CLOCK, said, msg.node_id)


class Worker(Node):
    """Holds conversations, and tells a master."""

    def __init__(self, environment: Environment) -> None:
        """Listen to the master, and ask it for the time."""
        super().__init__(environment)
        self._desk: DeskSide | None = None
        self._offset_s = 0.0
        self.runner.register_message(STOP, self._on_stop, concurrent=True)
        self.runner.register_message(CLOCK, self._on_clock)
        self.runner.send_message(CLOCK, {"asked_s": time.time()})

    def start(self) -> None:
        """Sit down to do what the order says."""
        index = int(self.runner.worker_index)
        if self._desk is None:
            self._desk = DeskSide(self.environment, f"worker {index}")
        self._desk.offset_s = self._offset_s
        order = orders.decode(self.environment.parsed_options.midstream_order)
        self._desk.begin(order, index)

    def take_seat(self) -> Seat:
        """Return a seat for a user."""
        assert self._desk is not None, "a run begins before its users"  # noqa: S101
        return self._desk.take_seat()

    def report(self) -> dict[str, Any] | None:
        """Return what is new."""
        return None if self._desk is None else self._desk.report()

    def finish(self) -> None:
        """Let go of everything."""
        if self._desk is not None:
            self._desk.close()

    def _on_stop(self, environment: object, msg: Any, **_: object) -> None:  # noqa: ANN401, ARG002  # Locust's own
        """Let conversations end, and tell the last of them."""
        patience_s = float(msg.data["patience_s"])
        said = None if self._desk is None else self._desk.leave(patience_s)
        self.runner.send_message(LAST, said)

    def _on_clock(self, environment: object, msg: Any, **_: object) -> None:  # noqa: ANN401, ARG002  # the same
        """Learn how far the master's clock is ahead of ours."""
        between_s = (msg.data["asked_s"] + time.time()) / 2
        self._offset_s = msg.data["told_s"] - between_s


def node_of(environment: Environment) -> Node:
    """Return the node that a process is, by its runner."""
    if isinstance(environment.runner, MasterRunner):
        return Master(environment)
    if isinstance(environment.runner, WorkerRunner):
        return Worker(environment)
    return Alone(environment)


def _is_on(side: HeadSide) -> bool:
    """Say whether a run is going on."""
    return side.head.order is not None and not side.head.has_ended


def _patience_s(side: HeadSide) -> float:
    """Return how long the conversations of a run may take to end."""
    order = side.head.order
    return 0.0 if order is None else order.storm.total_s + _GRACE_S
