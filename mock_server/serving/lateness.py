"""Measures lateness: counts in steps of half a millisecond, and the maximum.

A process that stood still is late once, for everything that was due meanwhile. No
percentile shows that; the maximum does.
"""

import asyncio
from typing import Self

_BEAT_S = 0.02
_STEP_S = 0.0005
_STEPS = 4000


class Lateness:
    """Counts delays up to two seconds; longer ones count as two seconds.

    Attributes:
        worst_s: The longest delay, which may exceed two seconds.
    """

    def __init__(self) -> None:
        """Start without delays."""
        self._counts = [0] * (_STEPS + 1)
        self.worst_s = 0.0

    def add(self, late_s: float, count: int = 1) -> None:
        """Count *count* times the same delay; a negative delay counts as none."""
        step = int(late_s / _STEP_S) if late_s > 0 else 0
        self._counts[min(step, _STEPS)] += count
        self.worst_s = max(self.worst_s, late_s)

    @property
    def count(self) -> int:
        """How many were counted."""
        return sum(self._counts)

    def percentile_s(self, percent: float) -> float:
        """Return the delay that *percent* of all did not exceed, 0 if there was none.

        The result is the upper end of its step, so never less than the true delay.
        """
        wanted = self.count * percent / 100
        seen = 0
        for step, count in enumerate(self._counts):
            seen += count
            if count and seen >= wanted:
                return (step + 1) * _STEP_S
        return 0.0


class Beats:
    """How late someone wakes up who wants to do so every *beat_s*; it has no clock.

    Whoever drives it sleeps in the way of its own event loop, and says the time.
    """

    def __init__(self, beat_s: float, now_s: float) -> None:
        """Begin with a beat that is due now."""
        self.beat_s, self._due_s = beat_s, now_s

    def expect(self, now_s: float) -> None:
        """Let the next beat be due a *beat_s* from now."""
        self._due_s = now_s + self.beat_s

    def is_due(self, now_s: float) -> bool:
        """Say whether the next beat is late by now, and not counted yet."""
        return now_s > self._due_s

    def late_s(self, now_s: float) -> float:
        """Return how late the beat is by now; the same delay is told only once."""
        late_s, self._due_s = now_s - self._due_s, max(self._due_s, now_s)
        return late_s


class Standstill:
    """Measures the longest standstill of the event loop from `begin` to `close`.

    As a context manager it measures its block.

    Attributes:
        worst_s: The longest that a beat has shown since `take_s` was last called.
    """

    def __init__(self, beat_s: float = _BEAT_S) -> None:
        """Start without a standstill; look every *beat_s*."""
        self._beats = Beats(beat_s, 0.0)
        self.worst_s = 0.0
        self._task: asyncio.Task[None] | None = None

    def __enter__(self) -> Self:
        self.begin()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(self) -> None:
        """Start to measure the running loop."""
        self._beats = Beats(self._beats.beat_s, asyncio.get_running_loop().time())
        self._task = asyncio.create_task(self._beat())

    def close(self) -> None:
        """Stop measuring."""
        if self._task is not None:
            self._task.cancel()

    def take_s(self) -> float:
        """Return the longest standstill since the last call, up to this moment."""
        self._note()
        taken_s, self.worst_s = self.worst_s, 0.0
        return taken_s

    def _note(self) -> None:
        """Record how late the next beat is by now."""
        now_s = asyncio.get_running_loop().time()
        self.worst_s = max(self.worst_s, self._beats.late_s(now_s))

    async def _beat(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            self._beats.expect(clock())
            await asyncio.sleep(self._beats.beat_s)
            self._note()
