"""How long and how often: the reference client's limits, its watch, its patience.

Nothing here reads a clock: the driver says what time it is.
"""

import math
from dataclasses import dataclass
from typing import Protocol


class Random(Protocol):
    """The part of `random.Random` that is drawn from."""

    def uniform(self, a: float, b: float, /) -> float:
        """Draw a number between *a* and *b*."""

    def getrandbits(self, k: int, /) -> int:
        """Draw *k* bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long and how often the client tries.

    Attributes:
        idle_s: How long it waits for the next byte, comments included.
        total_s: How long one turn may take before the client gives up.
        connect_s: How long a connection may take to come up.
        poll_s: Between two looks at a run, where the server names no interval.
        backoff_base_s: The most it waits after a first failure; then twice that, …
        backoff_max_s: … up to this.
        retry_after_cap_s: The longest wait it grants a server.
        attempts_max: How many requests it makes for one intent that creates.
        attempts_per_s: How many of them in any one second.
        lag_max: How often it lists messages again when a list lags behind.
        event_chars: The longest event it accepts.
    """

    idle_s: float = 30.0
    total_s: float = 600.0
    connect_s: float = 5.0
    poll_s: float = 1.0
    backoff_base_s: float = 0.5
    backoff_max_s: float = 8.0
    retry_after_cap_s: float = 60.0
    attempts_max: int = 5
    attempts_per_s: int = 3
    lag_max: int = 5
    event_chars: int = 1 << 22

    @property
    def grace_s(self) -> float:
        """The part of *total_s* kept for giving up: cancelling, a last look."""
        return min(self.idle_s, self.total_s / 5)


@dataclass(slots=True)
class Watch:
    """The time as the driver last told it, and when the work must end.

    Attributes:
        now_s: Seconds since whenever; only differences matter.
        deadline_s: On the same scale.
    """

    now_s: float = 0.0
    deadline_s: float = math.inf

    def allow(self, seconds: float) -> None:
        """Let the work end *seconds* from now."""
        self.deadline_s = self.now_s + seconds

    @property
    def remaining_s(self) -> float:
        """The time left, never below 0."""
        return max(0.0, self.deadline_s - self.now_s)


class Ledger:
    """The attempts made for one intent.

    Args:
        attempts_max: How many there may be; None: as many as time allows.
        per_s: How many there may be in any one second.

    Attributes:
        was_sent: Whether any of them may have reached the server.
        trouble: What came of the last one that failed; "" if none has.
    """

    def __init__(self, attempts_max: int | None, per_s: int) -> None:
        self.was_sent = False
        self.trouble = ""
        self._attempts_max = attempts_max
        self._per_s = per_s
        self._begun_s: list[float] = []

    def begin(self, now_s: float) -> None:
        """Enter an attempt that begins at *now_s*."""
        self._begun_s.append(now_s)

    @property
    def count(self) -> int:
        """The attempts so far."""
        return len(self._begun_s)

    @property
    def is_spent(self) -> bool:
        """Whether there may be no further attempt."""
        return self._attempts_max is not None and self.count >= self._attempts_max

    def wait_s(self, now_s: float) -> float:
        """Return how long the next attempt has to wait for the one-second rule."""
        if self.count < self._per_s:
            return 0.0
        return max(0.0, self._begun_s[-self._per_s] + 1.0 - now_s)
