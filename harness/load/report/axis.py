"""Round numbers for the axes of charts."""

from collections.abc import Sequence
from math import floor, log10
from sys import float_info
from typing import Final

_STEPS: Final = (1, 2, 3, 4, 5, 6, 8, 10)
_TIME_STEPS_S: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
_MINUTE_S: Final = 60


def ceiling(value: float) -> float:
    """Return the next round number that is not below *value*; 1 for 0.

    A subnormal value counts as 0.
    """
    if value < float_info.min:
        return 1.0
    power: float = 10.0 ** floor(log10(value))
    return next(step * power for step in _STEPS if step * power >= value * (1 - 1e-9))


def time_ticks(span_s: float, most: int = 7) -> list[float]:
    """Return about *most* round times, or fewer, from 0 to *span_s*."""
    longest = 3600 * max(1, round(span_s / most / 3600))
    steps = (*_TIME_STEPS_S, longest)
    step = next((s for s in steps if span_s / s <= most), longest)
    return [float(at) for at in range(0, floor(span_s) + 1, step)]


def clock(at_s: float) -> str:
    """Return a time on the axis: "45 s", or "2:30" from a minute on."""
    if at_s < _MINUTE_S:
        return f"{at_s:g} s"
    minutes, seconds = divmod(round(at_s), _MINUTE_S)
    return f"{minutes}:{seconds:02}"


def thinned(
    values: Sequence[float | None], size: int, *, by_max: bool
) -> list[float | None]:
    """Return *values* in groups of *size* neighbours, each as its mean or maximum."""
    groups = (values[i : i + size] for i in range(0, len(values), size))
    return [_joined(group, by_max=by_max) for group in groups]


def _joined(group: Sequence[float | None], *, by_max: bool) -> float | None:
    """Return one value for a group; None if the group has none."""
    known = [value for value in group if value is not None]
    if not known:
        return None
    return max(known) if by_max else sum(known) / len(group)
