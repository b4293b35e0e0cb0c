from array import array
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midstream.harness.load.errors import ReportLostError
from midstream.harness.load.metrics.histogram import LONGEST_US, Histogram

pytestmark = pytest.mark.load
VALUES = st.lists(st.integers(0, LONGEST_US), max_size=50)


def counted(values: list[int], digits: int = 3) -> Histogram:
    """Return a histogram of *values*."""
    histogram = Histogram(digits)
    histogram.record_us(values)
    return histogram


def merged(*parts: list[int]) -> Histogram:
    """Return a histogram into which those of *parts* were merged in this order."""
    whole = Histogram()
    for values in parts:
        whole.merge(counted(values).pack())
    return whole


@given(VALUES)
def test_a_packed_histogram_is_the_same_unpacked(values: list[int]) -> None:
    """Nothing is lost on the way, not even in a second packing."""
    assert merged(values).pack() == counted(values).pack()


@given(VALUES, st.integers(1, 4))
def test_counting_many_is_counting_each(values: list[int], digits: int) -> None:
    """Our shorter way leads to the very counters of the library's own."""
    from hdrh.histogram import HdrHistogram

    theirs = HdrHistogram(1, LONGEST_US, digits, b64_wrap=False)
    for value in values:
        theirs.record_value(value)
    assert counted(values, digits).pack().get("hdr", theirs.encode()) == theirs.encode()


@given(VALUES, VALUES, VALUES)
def test_merging_is_adding_in_any_order(
    a: list[int], b: list[int], c: list[int]
) -> None:
    """However workers and reports are put together, the histogram is that of all."""
    whole = counted([*a, *b, *c]).pack()
    assert merged(a, b, c).pack() == merged(c, a, b).pack() == whole
    inner = merged(b, c)
    outer = merged(a)
    outer.merge(inner.pack())
    assert outer.pack() == whole


@given(st.lists(st.integers(1, LONGEST_US), min_size=1, max_size=50))
def test_percentiles_are_right_to_three_digits(values: list[int]) -> None:
    """Median and extremes are those of the values, to a thousandth."""
    histogram = counted(values)
    least, most = histogram.percentiles_s(0, 100)
    assert least == pytest.approx(min(values) / 1e6, rel=1e-3, abs=1e-6)
    assert most == pytest.approx(max(values) / 1e6, rel=1e-3, abs=1e-6)


@given(VALUES)
def test_mean_and_maximum_are_exact(values: list[int]) -> None:
    """They are kept beside the counts, to the microsecond."""
    histogram = counted(values, digits=2)
    assert histogram.n == len(values)
    assert histogram.max_s == (max(values) / 1e6 if values else None)
    assert histogram.mean_s == (sum(values) / len(values) / 1e6 if values else None)


def test_what_was_never_measured_is_none() -> None:
    """An empty histogram has no numbers, and no size on the wire."""
    empty = Histogram()
    assert (empty.mean_s, empty.max_s, empty.percentiles_s(50, 99)) == (
        None,
        None,
        (None, None),
    )
    assert empty.pack() == {}


def endless(values: list[int], never: int) -> Histogram:
    """Return a histogram of *values*, and of *never* waits that did not end."""
    histogram = counted(values)
    histogram.record_never(never)
    return histogram


def test_what_never_came_is_longer_than_all_that_came() -> None:
    """Of ten waits nine ended: the tenth is the maximum, and is in the mean."""
    histogram = endless([1_000_000] * 9, never=1)
    assert (histogram.n, histogram.never) == (10, 1)
    assert histogram.percentiles_s(95, 0, 90, 100) == (inf, 1.0, 1.0, inf)
    assert (histogram.mean_s, histogram.max_s) == (inf, inf)


def test_all_percentiles_of_what_never_came_are_infinite() -> None:
    """If nothing ever came there is no shorter time among them."""
    assert endless([], never=2).percentiles_s(0, 50) == (inf, inf)


@given(st.lists(st.integers(1, 50), max_size=30), st.integers(0, 30))
def test_a_percentile_among_those_that_came_is_that_of_all(
    values: list[int], never: int
) -> None:
    """It is the same as if each wait in vain had taken an hour."""
    percents = (0.0, 33.3, 50.0, 90.0, 99.9, 100.0)
    hours = counted([*values, *[LONGEST_US] * never]).percentiles_s(*percents)
    found = endless(values, never).percentiles_s(*percents)
    told = tuple(LONGEST_US / 1e6 if value == inf else value for value in found)
    assert told == hours


@given(VALUES, st.integers(0, 3), st.integers(0, 3))
def test_what_never_came_adds_up(values: list[int], a: int, b: int) -> None:
    """Merged from two workers, it is as if one had counted everything."""
    whole = Histogram()
    whole.merge(endless(values, a).pack())
    whole.merge(endless([], b).pack())
    assert whole.pack() == endless(values, a + b).pack()


def test_what_is_out_of_range_counts_at_its_end() -> None:
    """A clock that steps back, or a stream of days, is neither lost nor an error."""
    early, late = counted([-5]), counted([2 * LONGEST_US])
    assert (early.n, early.max_s, early.percentiles_s(0)) == (1, 0.0, (0.0,))
    assert (late.n, late.max_s, late.percentiles_s(100)) == (1, 3600.0, (3600.0,))


def test_values_may_come_as_an_array() -> None:
    """The gaps of a stream are recorded as they are kept."""
    histogram = Histogram()
    histogram.record_us(array("q", [10, 30]))
    histogram.record_s(0.00002)
    assert (histogram.n, histogram.mean_s) == (3, 20e-6)


@given(VALUES, VALUES)
def test_folding_changes_nothing(a: list[int], b: list[int]) -> None:
    """A histogram that was folded up can be packed, read and counted on as before."""
    folded = counted(a)
    folded.fold()
    assert folded.pack() == counted(a).pack()
    folded.record_us(b)
    folded.fold()
    assert folded.pack() == counted([*a, *b]).pack()
    assert folded.percentiles_s(50) == counted([*a, *b]).percentiles_s(50)


def test_a_large_histogram_is_small_on_the_wire() -> None:
    """A hundred thousand gaps of about 20 ms are a few kilobytes."""
    values = [20_000 + (i * 7919) % 9_000 for i in range(100_000)]
    assert len(counted(values).pack()["hdr"]) < 4096


@pytest.mark.parametrize(
    "damage",
    [{"hdr": b"no histogram"}, {"n": 3}, {"hdr": b""}],
    ids=["other bytes", "another count", "no bytes"],
)
def test_a_damaged_one_is_noticed(damage: dict[str, object]) -> None:
    """What cannot be what was sent is not added up."""
    with pytest.raises(ReportLostError):
        Histogram().merge(counted([1, 2]).pack() | damage)
