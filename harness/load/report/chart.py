"""One chart: an SVG plot, with title, legend and axes around it as HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from midstream.harness.load.metrics.result import LoadResult
from midstream.harness.reports.markup import safe, tag

from .axis import ceiling, clock, thinned, time_ticks
from .plot import Frame, Layer, Plot, Style, Unit, said, shapes
from .shapes import HIGH, WIDE

MOST_COLUMNS: Final = 300
"""The most columns of a chart; a screen shows few more. Longer runs are thinned."""
_NEAR: Final = 4.0
"""A label nearer than this to an end of the axis, in percent, would stick out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart: layers with one value per second; *unit* is "s" for times."""

    title: str
    about: str
    style: Style
    unit: Unit = ""
    layers: tuple[Layer, ...]


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
    plot = plot_of(chart)
    head = tag("b", safe(chart.title)) + tag("span", safe(chart.about), "about")
    return tag(
        "figure",
        tag("figcaption", head + _legend(chart.layers))
        + tag("div", _svg(chart, plot, frame) + _marks(plot), "plot")
        + tag("div", _times(frame), "times"),
    )


def plot_of(chart: Chart) -> Plot:
    """Return the plot of *chart*, thinned to `MOST_COLUMNS`, with a fitting axis."""
    seconds = max((len(layer.values) for layer in chart.layers), default=0)
    column_s = -(-seconds // MOST_COLUMNS) or 1
    by_max = chart.style == "lines"
    layers = tuple(
        Layer(layer.name, layer.css, thinned(layer.values, column_s, by_max=by_max))
        for layer in chart.layers
    )
    return Plot(
        style=chart.style,
        unit=chart.unit,
        layers=layers,
        column_s=column_s,
        top=ceiling(_highest(layers, chart.style)),
    )


def _highest(layers: Sequence[Layer], style: Style) -> float:
    """Return the highest value, or the highest sum in a stack."""
    columns = zip(*(layer.values for layer in layers), strict=True)
    join = max if style == "lines" else sum
    return max((join([v or 0.0 for v in column]) for column in columns), default=0.0)


def _svg(chart: Chart, plot: Plot, frame: Frame) -> str:
    """Return the SVG, with a description for screen readers."""
    name = f'role="img" aria-label="{safe(chart.title)}: {safe(chart.about)}"'
    box = f'viewBox="0 0 {WIDE:g} {HIGH:g}" preserveAspectRatio="none"'
    return f"<svg {box} {name}>{shapes(plot, frame)}</svg>"


def _legend(layers: Sequence[Layer]) -> str:
    """Return the names of the layers, each beside its colour."""
    if len(layers) == 1:
        return ""
    keys = (
        tag("span", f'<i class="key {layer.css}"></i>{safe(layer.name)}')
        for layer in layers
    )
    return tag("span", "".join(keys), "legend")


def _marks(plot: Plot) -> str:
    """Return the numbers of the vertical axis."""
    marks = ((100, plot.top), (50, plot.top / 2), (0, 0.0))
    return "".join(
        f'<span class="mark" style="bottom:{at}%">{said(value, plot.unit)}</span>'
        for at, value in marks
    )


def _times(frame: Frame) -> str:
    """Return the labels of the time axis; none sticks out at an end."""
    ticks = time_ticks(frame.span_s)
    places = [(frame.percent(at_s), clock(at_s)) for at_s in ticks]
    return "".join(
        f'<span style="left:{at:.2f}%;translate:{_aside(at)}%">{told}</span>'
        for at, told in places
    )


def _aside(at: float) -> int:
    """Return how far to shift a label, in percent of its own width."""
    if at < _NEAR:
        return 0
    return -100 if at > 100 - _NEAR else -50
