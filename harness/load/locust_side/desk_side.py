"""Edge: a desk as Locust's runner knows it: users sit down at it, reports leave it."""

import time
from typing import Any

import msgspec
from locust.env import Environment
from locust.exception import StopUser

from harness.load.errors import LoadError
from harness.load.run.orders import LoadOrder
from harness.load.run.vitals import Pulse
from harness.load.stream import StreamResult
from harness.load.streams.desk import Desk, Seat
from harness.toxiproxy import api
from harness.verdict import Grade
from mock_server import collector

_TYPE = "SSE"


class StreamFailedError(LoadError):
    """What Locust calls the error of a stream that did not pass: its verdict."""


class DeskSide:
    """The users of one process, in one run after another.

    Attributes:
        offset_s: How far the master's clock is ahead of ours.
    """

    def __init__(self, environment: Environment, process: str) -> None:
        """Nobody sits there yet; *process* is what the rig's health calls us."""
        self.offset_s = 0.0
        self._process = process
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
        self._is_over = False
        self._pulse = Pulse(self._process, "worker")
        if order.toxiproxy:
            api.use_address(order.toxiproxy)
        collector.calm()
        self._desk = Desk(order, index=index, now_s=lambda: time.time() + self.offset_s)

    def take_seat(self) -> Seat:
        """Return a seat for a user.

        Raises:
            StopUser: There is no run to take part in.
        """
        if self._desk is None:
            raise StopUser
        return self._desk.take_seat(self._count)

    def report(self) -> dict[str, Any] | None:
        """Return what is new; None: nothing was asked, or all was said."""
        return None if self._is_over else self._said(is_last=False)

    def leave(self, patience_s: float) -> dict[str, Any] | None:
        """Let conversations end; return the last of what is to be said."""
        if self._desk is not None:
            self._desk.drain(patience_s)
        self._is_over = True
        return self._said(is_last=True)

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
            "report": self._desk.outbox.report(is_last=is_last),
            "samples": [msgspec.to_builtins(self._pulse.sample())],
            "trouble": self._desk.trouble,
        }

    def _count(self, result: StreamResult) -> None:
        """Sum a stream up, for us and for Locust."""
        if self._desk is None or self._is_over:
            return
        self._desk.outbox.add(result)
        has_failed = result.grade is Grade.FAILED
        self._fire(
            request_type=_TYPE,
            name=result.scenario,
            response_time=1000 * result.times.total_s,
            response_length=result.tokens_shown,
            exception=StreamFailedError(result.verdict.value) if has_failed else None,
            context={},
        )
