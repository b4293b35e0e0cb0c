"""Edge: the head as Locust's runner knows it: users, web page, and exit code."""

import sys
from collections.abc import Mapping
from typing import Any, Final

import gevent
from locust.env import Environment

from harness.case import ClientInfo
from harness.load.locust_side import tabs
from harness.load.locust_side.options import DEFAULT_RUN_S, Wanted
from harness.load.locust_side.shape import StormShape
from harness.load.run import orders
from harness.load.run.head import Head
from harness.load.run.vitals import Pulse
from harness.load.schedule import spans

EXIT_INTERRUPTED: Final = 130
INTERRUPTED: Final = "interrupted"
_SAMPLE_S: Final = 2.0


class HeadSide:
    """What only the master does, or the only process.

    Attributes:
        head: Who starts, orders, hears and concludes.
    """

    def __init__(self, environment: Environment, wanted: Wanted) -> None:
        """Set up how many users there are when, and the tables of the web page."""
        self._environment: Any = environment
        self._wanted = wanted
        self.head = head = Head(wanted)
        if any(phase.users != 1 for phase in wanted.storm.phases):
            environment.shape_class = self._shape()
        if environment.web_ui is not None:
            tabs.add_tabs(environment.web_ui, lambda: head.ledger.tally)

    def begin(self, workers: Mapping[str, int]) -> orders.LoadOrder:
        """Begin a run, and leave its order where Locust hands it on to workers.

        Raises:
            HarnessError, MockServerError: Something does not start.
        """
        order = self.head.begin(
            self._client(), users=self._users, run_s=self._run_s, workers=workers
        )
        self._given.midstream_order = orders.encode(order)
        return order

    def hear(self, worker: str, said: dict[str, Any] | None) -> None:
        """Take what a worker has told."""
        if said and self.head.order is not None:
            self.head.hear(worker, said)

    def conclude(self, *, is_interrupted: bool) -> None:
        """Say what came of the last run, if there was one, and end what is ours."""
        if is_interrupted:
            self.head.trouble = self.head.trouble or INTERRUPTED
        try:
            result = self.head.finish(locust_report=self._given.html_file or "")
            if result is not None:
                self.head.tell(result)
                code = EXIT_INTERRUPTED if is_interrupted else result.exit_code
                self._environment.process_exit_code = code
        finally:
            self.head.close()

    @property
    def _given(self) -> Any:  # noqa: ANN401  # Locust's own namespace
        return self._environment.parsed_options

    @property
    def _users(self) -> int:
        return int(self._given.num_users or 1)

    @property
    def _run_s(self) -> float:
        return float(self._given.run_time or DEFAULT_RUN_S)

    def _client(self) -> ClientInfo:
        """Return who is under test: the users' own word, where they have one."""
        for kind in self._environment.user_classes:
            info = getattr(kind, "client_info", None)
            if isinstance(info, ClientInfo):
                return info
        return ClientInfo(name="unknown", version="", level=0)

    def _shape(self) -> StormShape:
        rate_per_s = float(self._given.spawn_rate or self._users)
        phases = spans(self._wanted.storm, self._run_s)
        shape = StormShape(phases, self._users, rate_per_s, lambda: self.head.at_s)
        shape.runner = self._environment.runner
        return shape


class HeadPulse:
    """Tells a head how its own process is, now and then."""

    def __init__(self, head: Head) -> None:
        """Begin to."""
        self._pulse = Pulse("master", "master")
        self._telling = gevent.spawn(self._tell, head)

    def close(self) -> None:
        """Tell nothing more."""
        self._telling.kill(block=False)
        self._pulse.close()

    def _tell(self, head: Head) -> None:
        while True:
            gevent.sleep(_SAMPLE_S)
            head.see([self._pulse.sample()])


def complain(error: Exception) -> None:
    """Say why a run does not begin."""
    sys.stderr.write(f"midstream: {error}\n")
