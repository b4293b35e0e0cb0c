"""Edge: connects one process's load generator with Locust's runner.

Locust's users take slots in it; Locust's reports to the master carry its results.
"""

import time
from typing import Any

import msgspec
from locust.env import Environment
from locust.exception import StopUser

from midstream.harness.errors import HarnessError
from midstream.harness.load.controller.process_samples import Pulse
from midstream.harness.load.errors import LoadError
from midstream.harness.load.generator.generator import Generator, UserSlot
from midstream.harness.load.metrics.stream import StreamResult
from midstream.harness.load.storm.load_order import LoadOrder
from midstream.harness.oracle.verdict import Grade
from midstream.harness.path.toxiproxy import api
from midstream.mock_server.control import gc_tuning

_TYPE = "SSE"


class StreamFailedError(LoadError):
    """The error under which Locust lists a failed stream: its verdict."""


class LocustGenerator:
    """The users of one process, in one run after another.

    Attributes:
        process: The name of this process in the rig's health.
        offset_s: How far the master's clock is ahead of this one's.
    """

    def __init__(self, environment: Environment, process: str) -> None:
        """Start without users."""
        self.process, self.offset_s = process, 0.0
        self._fire: Any = environment.events.request.fire
        self._generator: Generator | None = None
        self._pulse: Pulse | None = None
        self._is_over = False

    def begin(self, order: LoadOrder, index: int) -> None:
        """Set up load generator number *index* for a run.

        Raises:
            ChannelError: A server does not answer.
        """
        self.close()
        if order.toxiproxy is not None:
            api.use_address(order.toxiproxy.address)
        self._generator = Generator(
            order, index=index, now_s=lambda: time.time() + self.offset_s
        )
        self._is_over = False
        gc_tuning.tune_gc()  # takes a moment, in which nobody streams yet
        self._pulse = Pulse(self.process, "worker")

    def take_slot(self) -> UserSlot:
        """Return a slot for a user.

        Raises:
            StopUser: No run is on, or the user's path cannot be made.
        """
        generator = self._generator
        if generator is None:
            raise StopUser
        try:
            return generator.take_slot(lambda result: self._count(generator, result))
        except HarnessError as error:
            raise StopUser from error  # the generator reports it

    def note_failure(self, trouble: str) -> None:
        """Record why a user failed."""
        if self._generator is not None:
            self._generator.note_failure(trouble)

    def report(self) -> dict[str, Any] | None:
        """Return the results since the last report, or None if no run is on."""
        return None if self._is_over else self._said(is_last=False)

    def leave(self, patience_s: float) -> dict[str, Any] | None:
        """Wait for the conversations to end and return the last report, once."""
        if self._generator is None or self._is_over:
            return None
        left = self._generator.drain(patience_s)
        if left:
            self._generator.note_failure(
                f"{left} conversations did not end in {patience_s:g} s"
            )
        said = self._said(is_last=True)
        self._is_over = True
        return said

    def close(self) -> None:
        """Close all connections; safe to call twice."""
        if self._generator is not None:
            self._generator.close()
        if self._pulse is not None:
            self._pulse.close()
        self._generator = self._pulse = None

    def _said(self, *, is_last: bool) -> dict[str, Any] | None:
        if self._generator is None or self._pulse is None:
            return None
        return {
            "run": self._generator.order.name,
            "report": self._generator.outbox.report(is_last=is_last),
            "samples": [msgspec.to_builtins(self._pulse.sample())],
            "trouble": self._generator.trouble,
        }

    def _count(self, generator: Generator, result: StreamResult) -> None:
        """Count a stream, in our report and in Locust's, if its run is still on."""
        if generator is not self._generator or self._is_over:
            return
        generator.outbox.add(result)
        has_failed = result.grade is Grade.FAILED
        self._fire(
            request_type=_TYPE,
            name=result.scenario,
            response_time=1000 * result.times.total_s,
            response_length=result.tokens_shown,
            exception=StreamFailedError(result.verdict.value) if has_failed else None,
            context={},
        )
