"""Shares of a whole, and their confidence intervals."""

from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959964
"""Standard deviations on either side that hold 95 % of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Share:
    """*part* of *whole*, as counts."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """The share, 0 to 1; None if the whole is 0."""
        return self.part / self.whole if self.whole else None

    def interval(self) -> tuple[float, float]:
        """Return the bounds within which the true share lies, with 95 % confidence.

        Wilson's score interval, which is right for small counts and for shares near 0
        and 1, too. E. B. Wilson, Probable Inference, the Law of Succession, and
        Statistical Inference, JASA 22 (1927). If the whole is 0, it is 0 to 1.
        """
        if not self.whole:
            return 0.0, 1.0
        n, p, z2 = self.whole, self.part / self.whole, Z_95**2
        middle = (p + z2 / (2 * n)) / (1 + z2 / n)
        half = Z_95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
        return max(0.0, middle - half), min(1.0, middle + half)
