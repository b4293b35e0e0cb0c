"""Where something stops to hold: a search by few trials. No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_GROWTH: Final = 1.25
_CLOSE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Knee:
    """How many hold, and the next number above it that is known not to.

    *holds* is 0 if none did; *breaks* is None if all did.
    """

    holds: int
    breaks: int | None


def knee(tried: Mapping[int, bool]) -> Knee:
    """Return what *tried* shows; a number that breaks below one that holds is noise."""
    holds = max((n for n, held in tried.items() if held), default=0)
    above = (n for n, held in tried.items() if not held and n > holds)
    return Knee(holds, min(above, default=None))


def try_next(tried: Mapping[int, bool], first: int) -> int | None:
    """Return which number to try next, *first* to begin with; None: it is known.

    It is known when the two of `Knee` are 5 % apart.
    """
    if not tried:
        return first
    found = knee(tried)
    if found.breaks is None:
        return round(found.holds * _GROWTH) + 1
    if not found.holds:
        lower = int(found.breaks / _GROWTH)
        return lower or None
    if found.breaks - found.holds <= max(1, _CLOSE * found.holds):
        return None
    return (found.holds + found.breaks) // 2
