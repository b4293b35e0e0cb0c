"""SVG paths, in a plot that is 1000 wide and 100 high before it is stretched.

Axes and text are HTML around the plot, so that they keep their size. Lines keep their
width by ``vector-effect: non-scaling-stroke``.
"""

from collections.abc import Sequence
from typing import Final

WIDE: Final = 1000.0
HIGH: Final = 100.0


def line(values: Sequence[float | None], top: float, width: float) -> str:
    """Return a path through *values*, each *width* wide, with a gap for each None."""
    made, is_drawing = [], False
    for index, value in enumerate(values):
        if value is None:
            is_drawing = False
            continue
        x, y = (index + 0.5) * width, _down(value, top)
        # A lone value is a line of no length, which round caps make a dot.
        made.append(f"L{x:.1f} {y:.2f}" if is_drawing else f"M{x:.1f} {y:.2f}h0")
        is_drawing = True
    return "".join(made)


def steps(
    below: Sequence[float], values: Sequence[float], top: float, width: float
) -> str:
    """Return the outline of *values* that stand upon *below*, each *width* wide."""
    made = []
    for index, (base, value) in enumerate(zip(below, values, strict=True)):
        if value <= 0:
            continue
        y, bottom = _down(base + value, top), _down(base, top)
        x, right = index * width, (index + 1) * width
        made.append(f"M{x:.1f} {bottom:.2f}V{y:.2f}H{right:.1f}V{bottom:.2f}Z")
    return "".join(made)


def _down(value: float, top: float) -> float:
    """Return the distance of *value* from the upper edge, where SVG counts from."""
    return HIGH * (1 - min(value, top) / top)
