"""Times as counts that add up: an HdrHistogram with exact mean and extremes.

Merging is adding, so the order does not matter. A percentile is right to the number of
digits. A wait that did not end counts as an infinite time.
"""

import zlib
from collections.abc import Sequence
from math import inf
from typing import Any, Final

from midstream.harness.errors import UnavailableError
from midstream.harness.load.errors import ReportLostError

LONGEST_US: Final = 3_600_000_000
"""One hour; a longer time counts as an hour. No stream takes that long."""
_US_PER_S: Final = 1_000_000


class Histogram:
    """Counts of microseconds, from 0 to an hour, to *digits* significant digits.

    An empty histogram takes no memory. A dense one takes about 190 kB with three digits
    and 27 kB with two; `fold` compresses it.

    Attributes:
        n: How many times were counted.
        never: How many of them were waits that did not end.
    """

    def __init__(self, digits: int = 3) -> None:
        """Start empty."""
        self._digits = digits
        self._hdr: Any = None
        self._folded = b""
        self.n = self.never = 0
        self.total_us = 0
        self.least_us = LONGEST_US
        self.most_us = 0

    def record_s(self, seconds: float) -> None:
        """Count one time."""
        self.record_us((round(seconds * _US_PER_S),))

    def record_us(self, values: Sequence[int]) -> None:
        """Count many times, in microseconds; a negative one counts as 0."""
        if not values:
            return
        if min(values) < 0 or max(values) > LONGEST_US:
            values = [min(max(value, 0), LONGEST_US) for value in values]
        _count(self._opened(), values)
        self._grow(len(values), sum(values), min(values), max(values))

    def record_never(self, number: int) -> None:
        """Count *number* waits that did not end."""
        self.n += number
        self.never += number

    def pack(self) -> dict[str, Any]:
        """Return everything as plain values and bytes; {} if nothing was counted."""
        if not self.n:
            return {}
        return {
            "n": self.n,
            "never": self.never,
            "sum": self.total_us,
            "min": self.least_us,
            "max": self.most_us,
            "hdr": self._encoded(),
        }

    def merge(self, packed: dict[str, Any]) -> None:
        """Add another histogram's `pack`; it must have the same number of digits.

        Raises:
            ReportLostError: It is damaged.
        """
        if not packed:
            return
        other, timed = _decoded(packed["hdr"]), packed["n"] - packed["never"]
        if other.total_count != timed:
            raise ReportLostError(
                f"a histogram announces {timed} values and has {other.total_count}"
            )
        self._opened().add(other)
        self._grow(timed, packed["sum"], packed["min"], packed["max"])
        self.record_never(packed["never"])

    def fold(self) -> None:
        """Compress the counts until they are needed again."""
        if self._hdr is not None:
            self._folded, self._hdr = self._hdr.encode(), None

    def percentiles_s(self, *percents: float) -> tuple[float | None, ...]:
        """Return the percentiles, in seconds; None for each if nothing was counted."""
        if not self.n:
            return tuple(None for _ in percents)
        among = [self._among_those_that_came(percent) for percent in percents]
        asked = [percent for percent in among if percent is not None]
        found = self._opened().get_percentile_to_value_dict(asked)
        return tuple(
            inf
            if percent is None
            else min(max(found[percent], self.least_us), self.most_us) / _US_PER_S
            for percent in among
        )

    @property
    def mean_s(self) -> float | None:
        """The exact mean; None if nothing was counted."""
        if self.never:
            return inf
        return self.total_us / self.n / _US_PER_S if self.n else None

    @property
    def max_s(self) -> float | None:
        """The longest time; None if nothing was counted."""
        if self.never:
            return inf
        return self.most_us / _US_PER_S if self.n else None

    def _among_those_that_came(self, percent: float) -> float | None:
        """Return the percentile among finished waits that is *percent* of all waits.

        Returns:
            None if that percentile falls among the waits that did not end.
        """
        if not self.never:
            return percent
        rank, came = max(int(percent * self.n / 100 + 0.5), 1), self.n - self.never
        return 100 * rank / came if rank <= came else None

    def _grow(self, n: int, total_us: int, least_us: int, most_us: int) -> None:
        """Add the totals of *n* more values."""
        self.n += n
        self.total_us += total_us
        self.least_us = min(self.least_us, least_us)
        self.most_us = max(self.most_us, most_us)

    def _opened(self) -> Any:  # noqa: ANN401 - hdrh has no types
        """Return the counts, uncompressed."""
        if self._hdr is None:
            self._hdr = _empty(self._digits)
            if self._folded:
                self._hdr.add(_decoded(self._folded))
                self._folded = b""
        return self._hdr

    def _encoded(self) -> bytes:
        """Return the counts in HdrHistogram's own compressed form."""
        encoded: bytes = self._folded or self._opened().encode()
        return encoded


def _empty(digits: int) -> Any:  # noqa: ANN401 - hdrh has no types
    """Return an empty HdrHistogram.

    Raises:
        UnavailableError: The package is not installed; says how to install it.
    """
    try:
        from hdrh.histogram import HdrHistogram  # noqa: PLC0415 - optional
    except ImportError as error:
        raise UnavailableError(
            "hdrhistogram is not installed; run: pip install 'midstream[load]'"
        ) from error
    return HdrHistogram(1, LONGEST_US, digits, b64_wrap=False)


def _count(hdr: Any, values: Sequence[int]) -> None:  # noqa: ANN401 - hdrh has no types
    """Count many values like HdrHistogram's `record_value`, in a third of the time.

    The index of a value's counter is that of its `_counts_index_for`, with the terms
    that are the same for all values computed once.
    """
    counts, mask = hdr.counts, hdr.sub_bucket_mask
    half = hdr.sub_bucket_half_count_magnitude
    for value in values:
        bucket = (value | mask).bit_length() - half - 1
        counts[(bucket << half) + (value >> bucket)] += 1
    hdr.total_count += len(values)
    hdr.min_value = min(hdr.min_value, *values)
    hdr.max_value = max(hdr.max_value, *values)


def _decoded(data: bytes) -> Any:  # noqa: ANN401 - hdrh has no types
    """Return the HdrHistogram in *data*.

    Raises:
        ReportLostError: *data* is no histogram.
    """
    from hdrh.codec import HdrCookieException, HdrLengthException  # noqa: PLC0415
    from hdrh.histogram import HdrHistogram  # noqa: PLC0415 - optional

    known = (
        HdrCookieException,
        HdrLengthException,
        RuntimeError,
        TypeError,
        ValueError,
    )
    try:
        return HdrHistogram.decode(data, b64_wrap=False)
    except (zlib.error, *known) as error:
        raise ReportLostError(f"a histogram cannot be read: {error}") from error
