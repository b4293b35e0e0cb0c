"""How many users there are while a storm lasts, in Locust's words."""

from collections.abc import Callable, Sequence

from locust import LoadTestShape

from harness.load.schedule import Span


class StormShape(LoadTestShape):
    """As many users as the phase has; ends with the last phase."""

    use_common_options = True

    def __init__(
        self,
        spans: Sequence[Span],
        users: int,
        rate_per_s: float,
        at_s: Callable[[], float],
    ) -> None:
        """Have *users* at most, who come and go at *rate_per_s*; *at_s* is the time."""
        super().__init__()  # type: ignore[no-untyped-call]
        self._spans, self._users, self._rate_per_s = spans, users, rate_per_s
        self._at_s = at_s

    def tick(self) -> tuple[int, float] | None:
        """Return users and rate at this time; None: it is over."""
        now_s = self._at_s()
        span = next((span for span in self._spans if now_s < span.end_s), None)
        return None if span is None else (span.users(self._users), self._rate_per_s)
