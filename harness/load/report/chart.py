"""One chart: a stretched plot of SVG, with title, legend, axes and bands in HTML.

Runs no script: what a second held is in the tooltips (``title``) of the plot's columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, Literal, TypeAlias

from harness.load.result import LoadResult
from harness.load.units import spoken

from .axis import ceiling, clock, thinned, time_ticks
from .markup import safe, tag
from .shapes import HIGH, WIDE, line, steps

Style: TypeAlias = Literal["lines", "stack"]
_THOUSAND: Final = 1000
_NEAR: Final = 4.0
"""Nearer than this to an end of the axis, in percent, a number would stick out."""
MOST_COLUMNS: Final = 300
"""A screen has not many more; neighbours are put together beyond."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One line or one storey of a chart: its *name*, class, and a value a second."""

    name: str
    css: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What is drawn; *unit* is "s" for times, else nothing."""

    title: str
    about: str
    style: Style
    unit: Literal["s", ""] = ""
    layers: tuple[Layer, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """What all charts of a page share: their time axis, and what happened on it."""

    span_s: float
    edges: tuple[float, ...]
    bands: tuple[tuple[float, float], ...]

    def percent(self, at_s: float) -> float:
        """Return where on the axis a time lies, in percent."""
        return 100 * min(max(at_s / self.span_s, 0.0), 1.0)


def frame_of(result: LoadResult) -> Frame:
    """Return the frame of a page about *result*."""
    last = result.series[-1].t + 1 if result.series else 0
    return Frame(
        span_s=max(float(last), result.run_s, 1.0),
        edges=tuple(phase.begin_s for phase in result.phases[1:]),
        bands=tuple((band.begin_s, band.end_s) for band in result.bands),
    )


def draw(chart: Chart, frame: Frame) -> str:
    """Return *chart* as markup."""
    by_max = chart.style == "lines"
    layers = [
        Layer(layer.name, layer.css, thinned(layer.values, MOST_COLUMNS, by_max=by_max))
        for layer in chart.layers
    ]
    top = ceiling(_highest(layers, chart.style))
    head = tag("b", safe(chart.title)) + tag("span", safe(chart.about), "about")
    return tag(
        "figure",
        tag("figcaption", head + _legend(chart))
        + tag("div", _plot(chart, layers, top, frame) + _labels(chart, top), "plot")
        + tag("div", _times(frame), "times"),
    )


def _highest(layers: Sequence[Layer], style: Style) -> float:
    """Return the highest value; of a stack, that of all storeys together."""
    columns = zip(*(layer.values for layer in layers), strict=True)
    join = max if style == "lines" else sum
    return max((join([v or 0.0 for v in column]) for column in columns), default=0.0)


def _plot(chart: Chart, layers: Sequence[Layer], top: float, frame: Frame) -> str:
    """Return the SVG: bands and grid, shapes upon them, edges, columns to point at."""
    n = max((len(layer.values) for layer in layers), default=0)
    seconds = max((len(layer.values) for layer in chart.layers), default=0)
    width = WIDE * seconds / frame.span_s / n if n else WIDE
    parts = [*_bands(frame), _grid()]
    if chart.style == "lines":
        drawn = (line(layer.values, top, width) for layer in layers)
        parts += [_path(*both, "line") for both in zip(layers, drawn, strict=True)]
    else:
        parts += _storeys(layers, top, width)
    parts += (*_edges(frame), *_columns(chart, layers, width, seconds))
    name = f'role="img" aria-label="{safe(chart.title)}: {safe(chart.about)}"'
    box = f'viewBox="0 0 {WIDE:g} {HIGH:g}" preserveAspectRatio="none"'
    return f"<svg {box} {name}>{''.join(parts)}</svg>"


def _grid() -> str:
    """Return the lines at the bottom, in the middle and on top."""
    lines = "".join(f"M0 {y:g}H{WIDE:g}" for y in (0.0, HIGH / 2, HIGH))
    return f'<path class="grid" d="{lines}"/>'


def _bands(frame: Frame) -> list[str]:
    """Return the shades of what was done to the path."""
    edges = [(10 * frame.percent(a), 10 * frame.percent(b)) for a, b in frame.bands]
    return [
        f'<rect class="band" x="{left:.1f}" y="0" width="{max(right - left, 1):.1f}" '
        f'height="{HIGH:g}"/>'
        for left, right in edges
    ]


def _edges(frame: Frame) -> list[str]:
    """Return the lines between phases, and at both ends of each band."""
    lines = [("edge", at_s) for at_s in frame.edges]
    lines += [("edge done", at_s) for band in frame.bands for at_s in band]
    return [
        f'<path class="{css}" d="M{10 * frame.percent(at_s):.1f} 0V{HIGH:g}"/>'
        for css, at_s in lines
    ]


def _storeys(layers: Sequence[Layer], top: float, width: float) -> list[str]:
    """Return the storeys of a stack, the first one at the bottom."""
    known = [[value or 0.0 for value in layer.values] for layer in layers]
    sums = list(
        accumulate(known, lambda a, b: [x + y for x, y in zip(a, b, strict=True)])
    )
    floor = [0.0] * (len(known[0]) if known else 0)
    return [
        _path(layer, steps(below, values, top, width), "area")
        for layer, values, below in zip(layers, known, [floor, *sums], strict=False)
    ]


def _path(layer: Layer, drawn: str, kind: str) -> str:
    return f'<path class="{kind} {safe(layer.css)}" d="{drawn}"/>' if drawn else ""


def _columns(
    chart: Chart, layers: Sequence[Layer], width: float, seconds: int
) -> list[str]:
    """Return what a pointer finds: a column a second, with its values in words."""
    n = max((len(layer.values) for layer in layers), default=0)
    made = []
    for index in range(n):
        told = [
            f"{layer.name}: {_said(layer.values[index], chart.unit)}"
            for layer in layers
            if layer.values[index]
        ]
        if told:
            words = "\n".join((clock(round(index * seconds / n)), *told))
            made.append(
                f'<rect class="column" x="{index * width:.1f}" y="0" '
                f'width="{width:.1f}" height="{HIGH:g}"><title>{safe_lines(words)}'
                "</title></rect>"
            )
    return made


def safe_lines(said: str) -> str:
    """Return lines as harmless text; a tooltip keeps them apart."""
    return "\n".join(map(safe, said.split("\n")))


def _legend(chart: Chart) -> str:
    """Return the names of the layers beside what they look like."""
    if len(chart.layers) == 1:
        return ""
    keys = (
        tag("span", f'<i class="key {safe(layer.css)}"></i>{safe(layer.name)}')
        for layer in chart.layers
    )
    return tag("span", "".join(keys), "legend")


def _labels(chart: Chart, top: float) -> str:
    """Return the numbers of the vertical axis."""
    marks = ((100, top), (50, top / 2), (0, 0.0))
    return "".join(
        f'<span class="mark" style="bottom:{at}%">{_said(value, chart.unit)}</span>'
        for at, value in marks
    )


def _times(frame: Frame) -> str:
    """Return the numbers of the time axis; none sticks out at an end."""
    ticks = time_ticks(frame.span_s)
    places = [(frame.percent(at_s), clock(at_s)) for at_s in ticks]
    return "".join(
        f'<span style="left:{at:.2f}%;translate:{_aside(at)}%">{said}</span>'
        for at, said in places
    )


def _aside(at: float) -> int:
    """Return how far a number moves aside, in percent of its own width."""
    if at < _NEAR:
        return 0
    return -100 if at > 100 - _NEAR else -50


def _said(value: float | None, unit: str) -> str:
    """Return a value of a layer in words; a count has at most three digits to show."""
    if unit == "s":
        return spoken(value)
    count = value or 0.0
    return f"{count:,.0f}" if count >= _THOUSAND else f"{count:.3g}"
