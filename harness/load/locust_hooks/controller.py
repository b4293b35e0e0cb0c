"""Edge: the head as Locust's runner knows it: users, web page, and exit code."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import gevent
from locust import log
from locust.env import Environment

from midstream.harness.load.controller.controller import Controller
from midstream.harness.load.controller.output import tell
from midstream.harness.load.controller.process_samples import Pulse
from midstream.harness.load.controller.wanted import Wanted
from midstream.harness.load.locust_hooks import tabs
from midstream.harness.load.locust_hooks.interrupt import Interrupt
from midstream.harness.load.locust_hooks.live_line import LiveLine
from midstream.harness.load.locust_hooks.options import DEFAULT_RUN_S, exits_on_mistake
from midstream.harness.load.locust_hooks.shape import StormShape
from midstream.harness.load.report.live import live_line
from midstream.harness.load.storm import load_order
from midstream.harness.load.storm.schedule import require_fits, spans
from midstream.harness.record.case import ClientInfo
from midstream.harness.reports.console.files import require_writable

EXIT_INTERRUPTED: Final = 130
INTERRUPTED: Final = "interrupted"
_BROKEN: Final = "something broke that must not; what it says is above"
_SAMPLE_S: Final = 2.0
_LOOK_S: Final = 1.0


class HeadSide:
    """What only the master does, or the only process.

    Attributes:
        head: Who starts, orders, hears and concludes.
    """

    def __init__(self, environment: Environment, wanted: Wanted) -> None:
        """Start the rig, or say why not, and exit; set up users and the web page."""
        self._environment: Any = environment
        self._wanted = wanted
        self._interrupt = Interrupt()
        self.head = head = Controller(wanted)
        with exits_on_mistake():
            if environment.web_ui is None:  # a page may say another time
                require_fits(wanted.storm, self._run_s)
            require_writable(wanted.out / "result.json")
            head.prepare()
        if any(phase.users != 1 for phase in wanted.storm.phases):
            environment.shape_class = self._shape()
        if environment.web_ui is not None:
            tabs.add_tabs(environment.web_ui, lambda: head.ledger.tally)

    @property
    def is_interrupted(self) -> bool:
        """Whether the user has pressed Ctrl-C."""
        return self._interrupt.has_come

    def is_on(self, run: str) -> bool:
        """Whether it is the run of that name that is on."""
        order = self.head.order
        return self.head.is_on and order is not None and order.name == run

    def begin(self, workers: Mapping[str, int]) -> load_order.LoadOrder:
        """Begin a run, and leave its order where Locust hands it on to workers.

        Raises:
            MidstreamError: Something does not start.
        """
        order = self.head.begin(
            self._client(), users=self._users, run_s=self._run_s, workers=workers
        )
        self._given.midstream_order = load_order.encode(order)
        gevent.spawn(self._oversee, order)
        return order

    def abandon(self) -> None:
        """Forget the run that did not begin."""
        self.head.abandon()
        self._given.midstream_order = ""

    def hear(self, worker: str, said: dict[str, Any] | None) -> None:
        """Take what a worker has told, if it is of this run."""
        order = self.head.order
        if said and order is not None and said["run"] == order.name:
            self.head.hear(worker, said)

    def end(self, *, is_interrupted: bool) -> None:
        """Take note that no conversation begins any more, and why."""
        self.head.end()
        if is_interrupted:
            self.head.note_failure(INTERRUPTED)

    def conclude(self) -> None:
        """Say what came of the run."""
        if log.unhandled_greenlet_exception:
            self.head.note_failure(_BROKEN)
        order = self.head.order
        result = self.head.finish(locust_report=self._given.html_file or "")
        if order is None or result is None:
            return
        tell(result, self._wanted, Path(order.out))
        is_interrupted = result.trouble == INTERRUPTED
        code = EXIT_INTERRUPTED if is_interrupted else result.exit_code
        self._environment.process_exit_code = code

    def close(self) -> None:
        """End what is ours."""
        self.head.close()

    def _oversee(self, order: load_order.LoadOrder) -> None:
        """While a run is on, show how it goes; end it when it is of no use.

        And when its time is up, which Locust knows only if it was told a time.
        """
        timetable = load_order.Timetable(order)
        shown = LiveLine(sys.stderr, is_wanted=self._is_quiet)
        until_s = order.run_s + _LOOK_S
        while self.is_on(order.name) and not self.head.trouble:
            if self.head.at_s > until_s:
                break
            at_s, users = self.head.at_s, self._environment.runner.user_count
            phase = timetable.span(at_s).phase.name
            shown.show(live_line(order, at_s, phase, users, self.head.ledger.tally))
            gevent.sleep(_LOOK_S)
        shown.close()
        if self.is_on(order.name):
            self._leave()

    def _leave(self) -> None:
        """Let Locust end the run; a web page stays.

        A run that was begun while another was stopping is stopped for Locust already,
        and it tells nobody.
        """
        environment = self._environment
        if environment.web_ui is None:
            environment.runner.quit()
            return
        environment.runner.stop()
        if self.head.is_on:
            environment.events.test_stopping.fire(environment=environment)

    @property
    def _is_quiet(self) -> bool:
        """Whether Locust itself says nothing while a run goes on."""
        return bool(self._given.headless and self._given.only_summary)

    @property
    def _given(self) -> Any:  # noqa: ANN401  # Locust's own namespace
        return self._environment.parsed_options

    @property
    def _users(self) -> int:
        return int(self._given.num_users or 1)

    @property
    def _run_s(self) -> float:
        given = self._given.run_time  # None: nobody said; 0 is a mistake, not silence
        return DEFAULT_RUN_S if given is None else float(given)

    def _client(self) -> ClientInfo:
        """Return who is under test: the users' own word, where they have one."""
        for kind in self._environment.user_classes:
            info = getattr(kind, "client_info", None)
            if isinstance(info, ClientInfo):
                return info
        return ClientInfo(name="unknown", version="", level=0)

    def _shape(self) -> StormShape:
        storm = self._wanted.storm
        shape = StormShape(
            lambda: spans(storm, self._run_s),
            lambda: (self._users, float(self._given.spawn_rate or self._users)),
            lambda: self.head.at_s,
        )
        shape.runner = self._environment.runner
        return shape


class HeadPulse:
    """Tells a head how its own process is, now and then."""

    def __init__(self, head: Controller) -> None:
        """Begin to."""
        self._head, self._pulse = head, Pulse("master", "master")
        self._telling = gevent.spawn(self._tell)

    def close(self) -> None:
        """Tell the last, and nothing more."""
        self._telling.kill(block=False)
        self._head.see([self._pulse.sample()])
        self._pulse.close()

    def _tell(self) -> None:
        while True:
            gevent.sleep(_SAMPLE_S)
            self._head.see([self._pulse.sample()])


def note_failure(error: Exception) -> None:
    """Say why a run does not begin."""
    sys.stderr.write(f"midstream: {error}\n")
