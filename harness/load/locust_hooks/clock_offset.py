"""Estimates how far another clock is ahead of ours. Pure."""

from typing import Final

_ASKED: Final = 8


class Offset:
    """The estimate from the quickest of several answers, which has the least error.

    Attributes:
        seconds: How far the other clock is ahead of ours.
    """

    def __init__(self) -> None:
        """Start with an offset of 0."""
        self.seconds = 0.0
        self._best_s = float("inf")
        self._count = 0

    def take(self, asked_s: float, told_s: float, now_s: float) -> bool:
        """Take an answer; say whether to ask again.

        *asked_s* and *now_s* are times of our clock, *told_s* is the other clock's
        time between them.
        """
        self._count += 1
        if now_s - asked_s < self._best_s:
            self._best_s = now_s - asked_s
            self.seconds = told_s - (asked_s + now_s) / 2
        return self._count < _ASKED
