"""Edge: a desk as Locust's runner knows it: users sit down at it, reports leave it."""

import time
from typing import Any

import msgspec
from locust.env import Environment
from locust.exception import StopUser

from midstream.harness.errors import HarnessError
from midstream.harness.load.controller.process_samples import Pulse
from midstream.harness.load.errors import LoadError
from midstream.harness.load.generator.generator import Desk, Seat
from midstream.harness.load.metrics.stream import StreamResult
from midstream.harness.load.storm.load_order import LoadOrder
from midstream.harness.oracle.verdict import Grade
from midstream.harness.path.toxiproxy import api
from midstream.mock_server.control import gc_tuning

_TYPE = "SSE"


class StreamFailedError(LoadError):
    """What Locust calls the error of a stream that did not pass: its verdict."""


class DeskSide:
    """The users of one process, in one run after another.

    Attributes:
        process: What the rig's health calls us.
        offset_s: How far the master's clock is ahead of ours.
    """

    def __init__(self, environment: Environment, process: str) -> None:
        """Nobody sits there yet."""
        self.process, self.offset_s = process, 0.0
        self._fire: Any = environment.events.request.fire
        self._desk: Desk | None = None
        self._pulse: Pulse | None = None
        self._is_over = False

    def begin(self, order: LoadOrder, index: int) -> None:
        """Set up a desk for the users of load generator *index*.

        Raises:
            ChannelError: A server does not answer.
        """
        self.close()
        if order.toxiproxy is not None:
            api.use_address(order.toxiproxy.address)
        self._desk = Desk(order, index=index, now_s=lambda: time.time() + self.offset_s)
        self._is_over = False
        gc_tuning.tune_gc()  # takes a moment, in which nobody streams yet
        self._pulse = Pulse(self.process, "worker")

    def take_seat(self) -> Seat:
        """Return a seat for a user.

        Raises:
            StopUser: There is no run to take part in, or no way to a server.
        """
        desk = self._desk
        if desk is None:
            raise StopUser
        try:
            return desk.take_seat(lambda result: self._count(desk, result))
        except HarnessError as error:
            raise StopUser from error  # the desk tells of it

    def note_failure(self, trouble: str) -> None:
        """Take note of what went wrong with a user."""
        if self._desk is not None:
            self._desk.note_failure(trouble)

    def report(self) -> dict[str, Any] | None:
        """Return what is new; None: nothing was asked, or all was said."""
        return None if self._is_over else self._said(is_last=False)

    def leave(self, patience_s: float) -> dict[str, Any] | None:
        """Let conversations end; return the last of what is to be said, once."""
        if self._desk is None or self._is_over:
            return None
        left = self._desk.drain(patience_s)
        if left:
            self._desk.note_failure(
                f"{left} conversations did not end in {patience_s:g} s"
            )
        said = self._said(is_last=True)
        self._is_over = True
        return said

    def close(self) -> None:
        """Let go of everything; safe to call twice."""
        if self._desk is not None:
            self._desk.close()
        if self._pulse is not None:
            self._pulse.close()
        self._desk = self._pulse = None

    def _said(self, *, is_last: bool) -> dict[str, Any] | None:
        if self._desk is None or self._pulse is None:
            return None
        return {
            "run": self._desk.order.name,
            "report": self._desk.outbox.report(is_last=is_last),
            "samples": [msgspec.to_builtins(self._pulse.sample())],
            "trouble": self._desk.trouble,
        }

    def _count(self, desk: Desk, result: StreamResult) -> None:
        """Sum a stream up, for us and for Locust, if its run is the one that is on."""
        if desk is not self._desk or self._is_over:
            return
        desk.outbox.add(result)
        has_failed = result.grade is Grade.FAILED
        self._fire(
            request_type=_TYPE,
            name=result.scenario,
            response_time=1000 * result.times.total_s,
            response_length=result.tokens_shown,
            exception=StreamFailedError(result.verdict.value) if has_failed else None,
            context={},
        )
