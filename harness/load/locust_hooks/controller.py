"""Edge: connects the controller with Locust's runner, web page and exit code."""

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
_BROKEN: Final = "an internal error; its traceback is above"
_SAMPLE_S: Final = 2.0
_LOOK_S: Final = 1.0


class LocustController:
    """What only the master of a run does, or its single process.

    Attributes:
        controller: Controls the runs.
    """

    def __init__(self, environment: Environment, wanted: Wanted) -> None:
        """Start the rig and set up users and web page; report an error and exit."""
        self._environment: Any = environment
        self._wanted = wanted
        self._interrupt = Interrupt()
        self.controller = controller = Controller(wanted)
        with exits_on_mistake():
            if environment.web_ui is None:  # the page may set another time
                require_fits(wanted.storm, self._run_s)
            require_writable(wanted.out / "result.json")
            controller.prepare()
        if any(phase.users != 1 for phase in wanted.storm.phases):
            environment.shape_class = self._shape()
        if environment.web_ui is not None:
            tabs.add_tabs(environment.web_ui, lambda: controller.ledger.tally)

    @property
    def is_interrupted(self) -> bool:
        """Whether the user has pressed Ctrl-C."""
        return self._interrupt.has_come

    def is_on(self, run: str) -> bool:
        """Say whether the run of that name is on."""
        order = self.controller.order
        return self.controller.is_on and order is not None and order.name == run

    def begin(self, workers: Mapping[str, int]) -> load_order.LoadOrder:
        """Start a run, and put its order where Locust passes it on to workers.

        Raises:
            MidstreamError: The run cannot start.
        """
        order = self.controller.begin(
            self._client(), users=self._users, run_s=self._run_s, workers=workers
        )
        self._given.midstream_order = load_order.encode(order)
        gevent.spawn(self._oversee, order)
        return order

    def abandon(self) -> None:
        """Drop the run that did not start."""
        self.controller.abandon()
        self._given.midstream_order = ""

    def hear(self, worker: str, said: dict[str, Any] | None) -> None:
        """Take a worker's report, if it belongs to this run."""
        order = self.controller.order
        if said and order is not None and said["run"] == order.name:
            self.controller.hear(worker, said)

    def end(self, *, is_interrupted: bool) -> None:
        """End the run: no further conversation begins."""
        self.controller.end()
        if is_interrupted:
            self.controller.note_failure(INTERRUPTED)

    def conclude(self) -> None:
        """Print and store the result of the run, and set the exit code."""
        if log.unhandled_greenlet_exception:
            self.controller.note_failure(_BROKEN)
        order = self.controller.order
        result = self.controller.finish(locust_report=self._given.html_file or "")
        if order is None or result is None:
            return
        tell(result, self._wanted, Path(order.out))
        is_interrupted = result.trouble == INTERRUPTED
        code = EXIT_INTERRUPTED if is_interrupted else result.exit_code
        self._environment.process_exit_code = code

    def close(self) -> None:
        """Stop the rig."""
        self.controller.close()

    def _oversee(self, order: load_order.LoadOrder) -> None:
        """Show the run's progress; end the run when it has failed or its time is up.

        Locust ends a run by itself only if it was given a time.
        """
        timetable = load_order.Timetable(order)
        shown = LiveLine(sys.stderr, is_wanted=self._is_quiet)
        until_s = order.run_s + _LOOK_S
        while self.is_on(order.name) and not self.controller.trouble:
            if self.controller.at_s > until_s:
                break
            at_s, users = self.controller.at_s, self._environment.runner.user_count
            phase = timetable.span(at_s).phase.name
            shown.show(
                live_line(order, at_s, phase, users, self.controller.ledger.tally)
            )
            gevent.sleep(_LOOK_S)
        shown.close()
        if self.is_on(order.name):
            self._leave()

    def _leave(self) -> None:
        """Let Locust end the run; a web page stays.

        To Locust, a run that began while another was stopping is stopped already, so
        it fires no event for it.
        """
        environment = self._environment
        if environment.web_ui is None:
            environment.runner.quit()
            return
        environment.runner.stop()
        if self.controller.is_on:
            environment.events.test_stopping.fire(environment=environment)

    @property
    def _is_quiet(self) -> bool:
        """Whether Locust itself prints nothing during a run."""
        return bool(self._given.headless and self._given.only_summary)

    @property
    def _given(self) -> Any:  # noqa: ANN401  # Locust's own namespace
        return self._environment.parsed_options

    @property
    def _users(self) -> int:
        return int(self._given.num_users or 1)

    @property
    def _run_s(self) -> float:
        given = self._given.run_time  # None is the default; 0 is a mistake
        return DEFAULT_RUN_S if given is None else float(given)

    def _client(self) -> ClientInfo:
        """Return the client under test, as the class of users declares it."""
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
            lambda: self.controller.at_s,
        )
        shape.runner = self._environment.runner
        return shape


class ControllerPulse:
    """Samples the controller's own process every few seconds."""

    def __init__(self, controller: Controller) -> None:
        """Start sampling, for *controller*."""
        self._controller, self._pulse = controller, Pulse("master", "master")
        self._telling = gevent.spawn(self._tell)

    def close(self) -> None:
        """Take a last sample and stop."""
        self._telling.kill(block=False)
        self._controller.see([self._pulse.sample()])
        self._pulse.close()

    def _tell(self) -> None:
        while True:
            gevent.sleep(_SAMPLE_S)
            self._controller.see([self._pulse.sample()])


def note_failure(error: Exception) -> None:
    """Print why a run does not start."""
    sys.stderr.write(f"midstream: {error}\n")
