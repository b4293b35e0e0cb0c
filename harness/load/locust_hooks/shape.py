"""How many users there are while a storm lasts, in Locust's words."""

from collections.abc import Callable, Sequence

from locust import LoadTestShape

from midstream.harness.load.storm.schedule import Span


class StormShape(LoadTestShape):
    """As many users as the phase has; ends with the last phase."""

    use_common_options = True

    def __init__(
        self,
        phases: Callable[[], Sequence[Span]],
        wanted: Callable[[], tuple[int, float]],
        at_s: Callable[[], float],
    ) -> None:
        """Follow *phases*; all three are asked anew each time.

        *wanted* is how many users there are at most, and how many come or go a second;
        *at_s* the time since the run began, 0 before.
        """
        super().__init__()  # type: ignore[no-untyped-call]
        self._phases, self._wanted, self._at_s = phases, wanted, at_s

    def tick(self) -> tuple[int, float] | None:
        """Return users and rate at this time; None: it is over."""
        now_s, (users, rate_per_s) = self._at_s(), self._wanted()
        span = next((span for span in self._phases() if now_s < span.end_s), None)
        return None if span is None else (span.users(users), rate_per_s)
