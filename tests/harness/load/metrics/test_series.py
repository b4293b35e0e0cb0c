from collections import Counter

import pytest
from hypothesis import given

from midstream.harness.load.metrics.series import Second, Series
from midstream.harness.load.metrics.stream import StreamResult
from midstream.harness.oracle.verdict import Verdict
from tests.harness.load.helpers_results import EPOCH_S, result, results, tallied, times

pytestmark = pytest.mark.load
ZERO = int(EPOCH_S)


def spread(stream: StreamResult) -> dict[int, Second]:
    """Return the seconds of *stream*, counted from the epoch of these tests."""
    series = Series()
    series.add(stream, is_good=True)
    return {number - ZERO: second for number, second in series}


def test_a_stream_is_spread_over_its_seconds() -> None:
    """Begin, text, end and verdict are each in the second in which they happened."""
    long = times((400, 900, 1100, 2600), 2700)
    seconds = spread(result(Verdict.RECOVERED, began_at_s=EPOCH_S + 0.5, times=long))
    assert {n: second.counts["tokens"] for n, second in seconds.items()} == {
        0: 1,
        1: 2,
        2: 0,
        3: 1,
    }
    assert (seconds[0].counts["begun"], seconds[3].counts["ended"]) == (1, 1)
    assert (seconds[3].counts["verdict:RECOVERED"], seconds[3].counts["good"]) == (1, 1)


def test_latency_is_seen_where_it_was_suffered() -> None:
    """First texts and gaps count in the second in which the wait was over."""
    seconds = spread(result(times=times((400, 900, 2600), 2700)))
    assert (seconds[0].ttft.n, seconds[0].itl.n) == (1, 1)
    assert seconds[2].itl.percentiles_s(99)[0] == pytest.approx(1.7, rel=0.01)


def test_each_full_second_has_the_streams_that_were_there() -> None:
    """A stream waits for its first text, streams, and recovers; then it is gone."""
    broken = times((1500, 2200, 4500), 5200, disturbed_ms=(2300,))
    seconds = spread(result(began_at_s=EPOCH_S - 0.5, times=broken))
    states = {n: +second.counts for n, second in seconds.items()}
    assert states[0]["waiting"] == 1
    assert [n for n in states if states[n]["streaming"]] == [1, 4]
    assert [n for n in states if states[n]["recovering"]] == [2, 3]
    assert [n for n in states if states[n]["recoveries"]] == [4]
    assert max(states) == 4


def test_retries_are_counted_when_they_were_made() -> None:
    """A herd that returns at once shows as a peak."""
    seconds = spread(result(began_at_s=EPOCH_S + 0.97, times=times(retries=3)))
    assert (seconds[0].counts["attempts"], seconds[1].counts["attempts"]) == (1, 3)
    assert seconds[1].counts["retries"] == 3


@given(results())
def test_seconds_add_up_to_the_totals(streams: list[StreamResult]) -> None:
    """Nothing falls between two seconds, and nothing is in both of them."""
    tally = tallied(*streams)
    sums: Counter[str] = Counter()
    for _, second in tally.series:
        sums.update(second.counts)
    names = ("begun", "ended", "attempts", "retries", "recoveries", "good")
    totals = ("streams", "streams", "attempts", "retries", "recovered", "good")
    assert [sums[name] for name in names] == [tally.counts[name] for name in totals]
    itl = sum(second.itl.n for _, second in tally.series)
    assert itl == tally.histograms["itl"].n


def test_old_seconds_fold_up_and_stay_right() -> None:
    """A long run takes little room, and a late stream still counts."""
    series, late = Series(), Series()
    for minute in range(3):
        late.add(result(began_at_s=EPOCH_S + 60 * minute), is_good=True)
        series.merge(late.pack())
        late = Series()
    late.add(result(), is_good=True)
    series.merge(late.pack())
    assert [(n - ZERO, s.ttft.n, s.itl.n) for n, s in series] == [
        (0, 2, 4),
        (60, 1, 2),
        (120, 1, 2),
    ]
