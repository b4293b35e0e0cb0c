"""A run second by second, for charts: counts that add up, by second of the epoch.

A second is complete only when its streams have ended, so a chart of a live run lags
behind it. The seconds are those of the master's clock, as each worker estimates it.
"""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from math import ceil
from typing import Any, Final

from .histogram import Histogram
from .stream import StreamResult

_US: Final = 1_000_000
_DIGITS: Final = 2
_OPEN_SECONDS: Final = 10
"""How many recent seconds keep their histograms uncompressed."""


class Second:
    """The counts of one second.

    *counts*: "begun", "ended", "good", "verdict:…", "tokens", "attempts", "retries",
    "recoveries"; and the state of each stream at the second's first instant: "waiting"
    (for its first text), "streaming" or "recovering".
    """

    def __init__(self) -> None:
        """Start with zero counts."""
        self.counts: Counter[str] = Counter()
        self.ttft = Histogram(_DIGITS)
        self.itl = Histogram(_DIGITS)

    def pack(self) -> dict[str, Any]:
        """Return everything as plain values and bytes."""
        return {
            "counts": dict(self.counts),
            "ttft": self.ttft.pack(),
            "itl": self.itl.pack(),
        }

    def merge(self, packed: dict[str, Any]) -> None:
        """Add another second's `pack`."""
        self.counts.update(packed["counts"])
        self.ttft.merge(packed["ttft"])
        self.itl.merge(packed["itl"])

    def fold(self) -> None:
        """Compress the histograms."""
        self.ttft.fold()
        self.itl.fold()


class Series:
    """Seconds by number, without those in which nothing happened."""

    def __init__(self) -> None:
        """Start empty."""
        self._seconds: dict[int, Second] = {}
        self._open: set[int] = set()

    def __iter__(self) -> Iterator[tuple[int, Second]]:
        """Yield every second with its number, in order."""
        return iter(sorted(self._seconds.items()))

    def add(self, result: StreamResult, *, is_good: bool) -> None:
        """Add *result* to the seconds in which it happened."""
        times, began_us = result.times, round(result.began_at_s * _US)
        end_us = began_us + times.end_us
        self._count(began_us, "begun")
        self._count(end_us, "ended")
        self._count(end_us, f"verdict:{result.verdict}")
        if is_good:
            self._count(end_us, "good")
        for at_us in times.attempts_us:
            self._count(began_us + at_us, "attempts")
        for at_us in times.retries_us:
            self._count(began_us + at_us, "retries")
        for recovery in times.recoveries:
            self._count(began_us + recovery.until_us, "recoveries")
        self._add_text(result, began_us)
        self._add_states(result, began_us, end_us)

    def pack(self) -> dict[int, Any]:
        """Return everything as plain values and bytes."""
        return {number: second.pack() for number, second in self._seconds.items()}

    def merge(self, packed: dict[int, Any]) -> None:
        """Add another series' `pack`."""
        for number, second in packed.items():
            self._second(int(number)).merge(second)
        self._fold()

    def _second(self, number: int) -> Second:
        """Return the second of that number, created if need be."""
        self._open.add(number)
        if number not in self._seconds:
            self._seconds[number] = Second()
        return self._seconds[number]

    def _count(self, at_us: int, what: str) -> None:
        self._second(at_us // _US).counts[what] += 1

    def _add_text(self, result: StreamResult, began_us: int) -> None:
        """Count tokens, and the gaps that ended, in each second; and first texts."""
        times = result.times
        for number, begin, end in _cut(times.tokens_us, began_us):
            self._second(number).counts["tokens"] += end - begin
        for number, begin, end in _cut(times.gap_ends_us, began_us):
            self._second(number).itl.record_us(times.gaps_us[begin:end])
        for at_us, ttft_s in zip(times.first_tokens_us, times.ttfts_s, strict=True):
            self._second((began_us + at_us) // _US).ttft.record_s(ttft_s)

    def _add_states(self, result: StreamResult, began_us: int, end_us: int) -> None:
        """Count the state of the stream at each full second of its life."""
        times = result.times
        first_us = times.tokens_us[0] if times.tokens_us else end_us
        waits = times.waits_us()
        for number in range(ceil(began_us / _US), ceil(end_us / _US)):
            at_us = number * _US - began_us
            if any(begin <= at_us < end for begin, end in waits):
                state = "recovering"
            else:
                state = "waiting" if at_us < first_us else "streaming"
            self._second(number).counts[state] += 1

    def _fold(self) -> None:
        """Compress all but the newest seconds."""
        newest = max(self._open, default=0)
        for number in [n for n in self._open if n <= newest - _OPEN_SECONDS]:
            self._seconds[number].fold()
            self._open.discard(number)


def _cut(at_us: "array[int]", began_us: int) -> Iterator[tuple[int, int, int]]:
    """Yield each second's number, and begin and end of its part of *at_us*."""
    begin = 0
    while begin < len(at_us):
        number = (began_us + at_us[begin]) // _US
        end = bisect_left(at_us, (number + 1) * _US - began_us, begin)
        yield number, begin, end
        begin = end
