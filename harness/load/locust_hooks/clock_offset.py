"""How far another clock is ahead of ours, by asking it: pure."""

from typing import Final

_ASKED: Final = 8


class Offset:
    """The best of several answers: the quicker one comes, the less can be wrong.

    Attributes:
        seconds: How far the other clock is ahead of ours.
    """

    def __init__(self) -> None:
        """Know nothing yet, and take both for the same."""
        self.seconds = 0.0
        self._best_s = float("inf")
        self._count = 0

    def take(self, asked_s: float, told_s: float, now_s: float) -> bool:
        """Take an answer; say whether it is worth asking again.

        *asked_s* and *now_s* are ours, *told_s* is what the other clock showed between.
        """
        self._count += 1
        if now_s - asked_s < self._best_s:
            self._best_s = now_s - asked_s
            self.seconds = told_s - (asked_s + now_s) / 2
        return self._count < _ASKED
