"""The SVG of one chart: shades, grid, lines or stacked areas, and columns to point at.

It runs no script: the values of each column are in its tooltip (``title``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import add
from typing import Final, Literal, TypeAlias

from midstream.harness.load.metrics.units import spoken
from midstream.harness.reports.markup import safe_lines

from .axis import clock
from .shapes import HIGH, WIDE, line, steps

Style: TypeAlias = Literal["lines", "stack"]
Unit: TypeAlias = Literal["s", ""]
_THOUSAND: Final = 1000
_PER_CENT: Final = WIDE / 100


@dataclass(frozen=True, slots=True)
class Layer:
    """One line or stacked area of a chart: *name*, class, and one value per column."""

    name: str
    css: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Frame:
    """What all charts of a page share: time axis, phase edges, path intervals."""

    span_s: float
    edges: tuple[float, ...]
    bands: tuple[tuple[float, float], ...]

    def percent(self, at_s: float) -> float:
        """Return the position of a time on the axis, in percent."""
        return 100 * min(max(at_s / self.span_s, 0.0), 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """Layers of columns, each *column_s* seconds wide, on an axis from 0 to *top*."""

    style: Style
    unit: Unit
    layers: tuple[Layer, ...]
    column_s: int
    top: float


def said(value: float | None, unit: Unit) -> str:
    """Return a value as text; a small count has at most three digits."""
    if unit == "s":
        return spoken(value)
    count = value or 0.0
    return f"{count:,.0f}" if count >= _THOUSAND else f"{count:.3g}"


def shapes(plot: Plot, frame: Frame) -> str:
    """Return the content of the SVG, from back to front."""
    width = WIDE * plot.column_s / frame.span_s
    draw = _lines if plot.style == "lines" else _storeys
    parts = (
        *_bands(frame),
        _grid(),
        *draw(plot, width),
        *_edges(frame),
        *_columns(plot, width),
    )
    return "".join(parts)


def _grid() -> str:
    """Return the lines at the bottom, in the middle and on top."""
    lines = "".join(f"M0 {y:g}H{WIDE:g}" for y in (0.0, HIGH / 2, HIGH))
    return f'<path class="grid" d="{lines}"/>'


def _bands(frame: Frame) -> list[str]:
    """Return a shade for each path interval, wide enough to be seen."""
    ends = [(_x(frame, begin_s), _x(frame, end_s)) for begin_s, end_s in frame.bands]
    return [_rect("band", left, max(right - left, 1.0)) for left, right in ends]


def _edges(frame: Frame) -> list[str]:
    """Return the lines between phases, and at both ends of each path interval."""
    lines = [("edge", at_s) for at_s in frame.edges]
    lines += [("edge done", at_s) for band in frame.bands for at_s in band]
    return [
        f'<path class="{css}" d="M{_x(frame, at_s):.1f} 0V{HIGH:g}"/>'
        for css, at_s in lines
    ]


def _lines(plot: Plot, width: float) -> list[str]:
    """Return every layer as a line of its own."""
    return [
        _path(f"line {layer.css}", line(layer.values, plot.top, width))
        for layer in plot.layers
    ]


def _storeys(plot: Plot, width: float) -> list[str]:
    """Return every layer as an area, stacked from the first one at the bottom."""
    made: list[str] = []
    below = [0.0] * _columns_of(plot)
    for layer in plot.layers:
        values = [value or 0.0 for value in layer.values]
        outline = steps(below, values, plot.top, width)
        made.append(_path(f"area {layer.css}", outline))
        below = list(map(add, below, values))
    return made


def _columns(plot: Plot, width: float) -> list[str]:
    """Return the columns that a pointer finds, each with its values as a tooltip."""
    made = []
    for index in range(_columns_of(plot)):
        told = [
            f"{layer.name}: {said(layer.values[index], plot.unit)}"
            for layer in plot.layers
            if layer.values[index]
        ]
        if told:
            words = "\n".join((clock(index * plot.column_s), *told))
            hint = f"<title>{safe_lines(words)}</title>"
            made.append(_rect("column", index * width, width, hint))
    return made


def _columns_of(plot: Plot) -> int:
    """Return how many columns there are."""
    return max((len(layer.values) for layer in plot.layers), default=0)


def _x(frame: Frame, at_s: float) -> float:
    """Return the horizontal position of a time."""
    return frame.percent(at_s) * _PER_CENT


def _rect(css: str, left: float, width: float, body: str = "") -> str:
    """Return a rectangle from top to bottom."""
    place = f'x="{left:.1f}" y="0" width="{width:.1f}" height="{HIGH:g}"'
    return f'<rect class="{css}" {place}>{body}</rect>'


def _path(css: str, drawn: str) -> str:
    """Return a path, if there is anything to draw."""
    return f'<path class="{css}" d="{drawn}"/>' if drawn else ""
