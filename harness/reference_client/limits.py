"""The limits of the reference client, its clock, and its count of attempts.

Nothing here reads a real clock: the driver passes the time in.
"""

import math
from dataclasses import dataclass
from typing import Protocol


class Random(Protocol):
    """The part of `random.Random` that the client uses."""

    def uniform(self, a: float, b: float, /) -> float:
        """Return a random number between *a* and *b*."""

    def getrandbits(self, k: int, /) -> int:
        """Return a random number of *k* bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long and how often the client tries.

    Attributes:
        idle_s: The longest wait for the next byte; comments count as bytes.
        total_s: The longest time for one turn, after which the client gives up.
        connect_s: The longest time for opening a connection.
        poll_s: The time between two polls of a run, if the server names no interval.
        backoff_base_s: The longest wait after the first failure. It doubles with each
            further failure.
        backoff_max_s: The longest wait after any failure.
        retry_after_cap_s: The longest wait that the client grants a server.
        attempts_max: The most requests for creating one thing.
        attempts_per_s: The most of these requests in any one second.
        lag_max: How often the client lists messages again if a list is incomplete.
        event_chars: The longest event that the client accepts. The event that completes
            a message holds the whole of it.

    A turn may take as many rounds of tools as *total_s* allows.
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
        """The part of *total_s* that is reserved for a last poll and for cancelling."""
        return min(self.idle_s, self.total_s / 5)


@dataclass(slots=True)
class Watch:
    """The current time, as the driver last reported it, and the deadline.

    Attributes:
        now_s: Seconds on any scale; only differences matter.
        deadline_s: When the work must end, on the same scale.
    """

    now_s: float = 0.0
    deadline_s: float = math.inf

    def allow(self, seconds: float) -> None:
        """Set the deadline to *seconds* from now."""
        self.deadline_s = self.now_s + seconds

    @property
    def remaining_s(self) -> float:
        """The time until the deadline, at least 0."""
        return max(0.0, self.deadline_s - self.now_s)


class Ledger:
    """Counts and limits the attempts at one operation.

    Args:
        attempts_max: The most attempts; None means as many as time allows.
        per_s: The most attempts in any one second.

    Attributes:
        was_sent: Whether any attempt may have reached the server.
        trouble: How the last failed attempt failed; "" if none has.
    """

    def __init__(self, attempts_max: int | None, per_s: int) -> None:
        self.was_sent = False
        self.trouble = ""
        self._attempts_max = attempts_max
        self._per_s = per_s
        self._begun_s: list[float] = []

    def begin(self, now_s: float) -> None:
        """Count an attempt that begins at *now_s*."""
        self._begun_s.append(now_s)

    @property
    def count(self) -> int:
        """The number of attempts so far."""
        return len(self._begun_s)

    @property
    def is_spent(self) -> bool:
        """Whether no further attempt is allowed."""
        return self._attempts_max is not None and self.count >= self._attempts_max

    def wait_s(self, now_s: float) -> float:
        """Return how long the next attempt must wait to keep to *per_s*."""
        if self.count < self._per_s:
            return 0.0
        return max(0.0, self._begun_s[-self._per_s] + 1.0 - now_s)
