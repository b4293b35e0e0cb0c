"""How late things were done, counted in steps of half a millisecond."""

_STEP_S = 0.0005
_STEPS = 4000


class Lateness:
    """Counts delays up to two seconds; longer ones count as that."""

    def __init__(self) -> None:
        """Begin with none."""
        self._counts = [0] * (_STEPS + 1)

    def add(self, late_s: float) -> None:
        """Count one delay; done early is done in time."""
        step = int(late_s / _STEP_S)
        self._counts[0 if step < 0 else min(step, _STEPS)] += 1

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
