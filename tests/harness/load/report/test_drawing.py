import re
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from midstream.harness.load.metrics.result import PathInterval
from midstream.harness.load.report.axis import ceiling, clock, thinned, time_ticks
from midstream.harness.load.report.chart import Chart, plot_of
from midstream.harness.load.report.plot import Frame, Layer, Style, shapes
from midstream.harness.load.report.shapes import line, steps
from midstream.harness.load.report.timeline import lanes
from tests.harness.load.helpers_runs import DOWN


@pytest.mark.parametrize(
    ("value", "top"), [(0, 1), (0.83, 1), (1, 1), (1.1, 2), (47, 50), (0.0021, 0.003)]
)
def test_an_axis_ends_at_a_round_number(value: float, top: float) -> None:
    """The next one that is not below the highest value."""
    assert ceiling(value) == pytest.approx(top)


@given(st.floats(1e-6, 1e9))
def test_no_value_sticks_out_of_its_axis(value: float) -> None:
    """Nor does it lie so low that nothing could be seen."""
    assert value * (1 - 1e-6) <= ceiling(value) <= 2.01 * value


@given(st.floats(1, 100_000))
def test_times_on_the_axis_are_few_and_even(span_s: float) -> None:
    """From 0 on, at equal distances, within the span."""
    ticks = time_ticks(span_s)
    gaps = {later - earlier for earlier, later in pairwise(ticks)}
    assert ticks[0] == 0
    assert ticks[-1] <= span_s
    assert len(ticks) <= 12
    assert len(gaps) <= 1


@pytest.mark.parametrize(
    ("at_s", "said"), [(0, "0 s"), (45, "45 s"), (60, "1:00"), (754, "12:34")]
)
def test_times_are_said_as_on_a_clock(at_s: float, said: str) -> None:
    """In seconds up to a minute, then in minutes."""
    assert clock(at_s) == said


def test_many_seconds_are_put_together() -> None:
    """Rates by their mean, percentiles by the highest, so that no peak is hidden."""
    values = [1.0, 3.0, None, 5.0, None, None]
    assert thinned(values, 2, by_max=True) == [3.0, 5.0, None]
    assert thinned([1.0, 3.0, 4.0, 6.0, 7.0], 2, by_max=False) == [2.0, 5.0, 7.0]
    assert thinned(values, 1, by_max=False) == values


@pytest.mark.parametrize(
    ("seconds", "column_s"), [(0, 1), (300, 1), (301, 2), (900, 3)]
)
def test_a_long_run_has_columns_of_several_seconds(seconds: int, column_s: int) -> None:
    """Not more of them than a screen can show."""
    plot = plot_of(chart(stack=[[1.0] * seconds]))
    assert plot.column_s == column_s
    assert len(plot.layers[0].values) <= 300


def test_a_stack_is_as_high_as_all_its_storeys() -> None:
    """And lines only as the highest of them; what was not measured is nothing."""
    assert plot_of(chart(stack=[[10.0, 20.0], [5.0, None]])).top == 20
    assert plot_of(chart(stack=[[10.0], [5.0]])).top == 20
    assert plot_of(chart(lines=[[10.0], [5.0]])).top == 10


def test_storeys_are_drawn_where_those_below_them_end() -> None:
    """In an SVG, between the shades behind and the columns to point at."""
    frame = Frame(span_s=2.0, edges=(1.0,), bands=((0.5, 1.5),))
    drawn = shapes(plot_of(chart(stack=[[5.0, 0.0], [5.0, 10.0]])), frame)
    assert '<path class="area l0" d="M0.0 100.00V50.00H500.0V100.00Z"/>' in drawn
    assert "M0.0 50.00V0.00H500.0V50.00ZM500.0 100.00V0.00H1000.0V100.00Z" in drawn
    assert '<rect class="band" x="250.0" y="0" width="500.0" height="100">' in drawn
    assert '<path class="edge" d="M500.0 0V100"/>' in drawn
    assert "<title>1 s\nl1: 10</title>" in drawn


def chart(
    stack: list[list[float | None]] | None = None,
    lines: list[list[float | None]] | None = None,
) -> Chart:
    """Return a chart of those layers."""
    layers = tuple(
        Layer(f"l{index}", f"l{index}", values)
        for index, values in enumerate(stack or lines or [])
    )
    style: Style = "stack" if stack else "lines"
    return Chart(title="t", about="a", style=style, layers=layers)


def test_a_line_breaks_where_nothing_was_measured() -> None:
    """A gap is a gap, and a lone value is a dot."""
    drawn = line([0.0, 5.0, None, 10.0], top=10.0, width=250.0)
    assert drawn == "M125.0 100.00h0L375.0 50.00M875.0 0.00h0"


def test_storeys_stand_upon_each_other() -> None:
    """Each begins where the one below it ends; what is nothing is not drawn."""
    drawn = steps([0.0, 5.0], [5.0, 0.0], top=10.0, width=500.0)
    assert drawn == "M0.0 100.00V50.00H500.0V100.00Z"
    assert steps([0.0, 5.0], [0.0, 5.0], top=10.0, width=500.0) == (
        "M500.0 50.00V0.00H1000.0V50.00Z"
    )


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=20))
def test_shapes_stay_within_the_plot(values: list[float]) -> None:
    """Whatever the values, no point lies outside."""
    top, width = ceiling(max(values)), 1000 / len(values)
    drawn = line(values, top, width) + steps([0.0] * len(values), values, top, width)
    for letter, *rest in re.findall(r"([A-Zh])([\d.]+)?(?: ([\d.]+))?", drawn):
        numbers = [float(number) for number in rest if number]
        highest = [1000.1, 100.01] if letter in "ML" else [1000.1]
        assert all(n <= most for n, most in zip(numbers, highest, strict=False))


def test_bands_do_not_cover_each_other() -> None:
    """What overlaps, its label included, gets a lane of its own; the rest shares."""
    at = [(0.0, 2.0), (1.0, 3.0), (5.0, 6.0), (6.5, 7.0)]
    bands = [band(begin_s, end_s) for begin_s, end_s in at]
    assert lanes(bands, label_s=0.0) == [[bands[0], *bands[2:]], [bands[1]]]
    assert lanes(bands, label_s=2.0) == [bands[::2], bands[1::2]]


def band(begin_s: float, end_s: float) -> PathInterval:
    """Return an outage from *begin_s* to *end_s*."""
    return msgspec.structs.replace(DOWN, begin_s=begin_s, end_s=end_s)
