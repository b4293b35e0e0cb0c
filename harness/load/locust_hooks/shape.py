"""Tells Locust how many users are active in each phase of a storm."""

from collections.abc import Callable, Sequence

from locust import LoadTestShape

from midstream.harness.load.storm.schedule import PhaseSpan


class StormShape(LoadTestShape):
    """Follows the number of users of each phase; ends with the last one."""

    use_common_options = True

    def __init__(
        self,
        phases: Callable[[], Sequence[PhaseSpan]],
        wanted: Callable[[], tuple[int, float]],
        at_s: Callable[[], float],
    ) -> None:
        """Follow *phases*; all three functions are called at each tick.

        *wanted* returns the most users and the users per second that start or stop,
        *at_s* the seconds since the run began, 0 before.
        """
        super().__init__()  # type: ignore[no-untyped-call]
        self._phases, self._wanted, self._at_s = phases, wanted, at_s

    def tick(self) -> tuple[int, float] | None:
        """Return users and rate at this time, or None after the last phase."""
        now_s, (users, rate_per_s) = self._at_s(), self._wanted()
        span = next((span for span in self._phases() if now_s < span.end_s), None)
        return None if span is None else (span.users(users), rate_per_s)
