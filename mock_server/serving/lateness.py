"""How late things were done: counts in steps of half a millisecond, and the worst.

A process that stood still is late once, for all that it did not do meanwhile: no
percentile shows that, the worst does.
"""

import asyncio

_BEAT_S = 0.02
_STEP_S = 0.0005
_STEPS = 4000


class Lateness:
    """Counts delays up to two seconds; longer ones count as that.

    Attributes:
        worst_s: The longest of them, however long it was.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._counts = [0] * (_STEPS + 1)
        self.worst_s = 0.0

    def add(self, late_s: float) -> None:
        """Count one delay; done early is done in time."""
        step = int(late_s / _STEP_S)
        self._counts[0 if step < 0 else min(step, _STEPS)] += 1
        self.worst_s = max(self.worst_s, late_s)

    @property
    def count(self) -> int:
        """How many were counted."""
        return sum(self._counts)

    def percentile_s(self, percent: float) -> float:
        """Return the delay that *percent* of all did not exceed; of none, 0.

        It is the upper end of its step, so never less than it really was.
        """
        wanted = self.count * percent / 100
        seen = 0
        for step, count in enumerate(self._counts):
            seen += count
            if count and seen >= wanted:
                return (step + 1) * _STEP_S
        return 0.0


class Standstill:
    """How long the event loop stands still at worst, from `begin` to `close`.

    Attributes:
        worst_s: The longest that a beat has shown since `take_s` was last called.
    """

    def __init__(self, beat_s: float = _BEAT_S) -> None:
        """Begin with a loop that never did; look every *beat_s*."""
        self._beat_s = beat_s
        self.worst_s = self._due_s = 0.0
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Begin to beat, on the running loop."""
        self._due_s = asyncio.get_running_loop().time()
        self._task = asyncio.create_task(self._beat())

    def close(self) -> None:
        """Beat no more."""
        if self._task is not None:
            self._task.cancel()

    def take_s(self) -> float:
        """Return the longest since the last call, the beat that is due included."""
        self._note()
        taken_s, self.worst_s = self.worst_s, 0.0
        return taken_s

    def _note(self) -> None:
        """Take note of how late the beat that is due is by now, and of that once."""
        now_s = asyncio.get_running_loop().time()
        self.worst_s = max(self.worst_s, now_s - self._due_s)
        self._due_s = max(self._due_s, now_s)

    async def _beat(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            self._due_s = clock() + self._beat_s
            await asyncio.sleep(self._beat_s)
            self._note()
