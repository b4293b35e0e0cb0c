from math import inf

import pytest
from hypothesis import given, settings

from midstream.harness.load.metrics.limits import parse_limits
from midstream.harness.load.metrics.share import Share
from midstream.harness.load.metrics.stream import StreamResult
from midstream.harness.load.metrics.tally import METRICS, Tally
from midstream.harness.oracle.verdict import Grade, Verdict
from tests.harness.load.helpers_results import facts, result, results, tallied, times

pytestmark = pytest.mark.load


def merged(*parts: list[StreamResult]) -> Tally:
    """Return a tally into which those of *parts* were merged in this order."""
    whole = Tally()
    for part in parts:
        whole.merge(tallied(*part).pack())
    return whole


@settings(max_examples=settings().max_examples // 5)
@given(results(), results(), results())
def test_merging_is_adding_in_any_order(
    a: list[StreamResult], b: list[StreamResult], c: list[StreamResult]
) -> None:
    """Streams may be spread over workers and reports at will: the totals are theirs."""
    whole = facts(tallied(*a, *b, *c))
    assert facts(merged(a, b, c)) == facts(merged(c, b, a)) == whole
    nested = merged(a)
    nested.merge(merged(b, c).pack())
    assert facts(nested) == whole


def test_a_stream_is_counted_under_all_its_names() -> None:
    """Verdict, grade, fault, tokens and requests of one stream."""
    truncated = result(
        Verdict.SILENT_TRUNCATION,
        fault="cut",
        late_s=0.2,
        tokens_lost=2,
        tokens_doubled=1,
        tokens_moved=4,
        times=times(retries=2),
    )
    tally = tallied(truncated, result())
    assert tally.verdicts() == {Verdict.SILENT_TRUNCATION: 1, Verdict.UNAFFECTED: 1}
    assert (tally.grades()[Grade.FAILED], tally.grades()[Grade.INVALID]) == (1, 0)
    assert tally.faults() == {
        "cut": {Verdict.SILENT_TRUNCATION: 1},
        "none": {Verdict.UNAFFECTED: 1},
    }
    names = ("lost", "doubled", "moved", "attempts", "intents", "retries", "late")
    assert [tally.counts[name] for name in names] == [2, 1, 4, 4, 2, 2, 1]
    assert tally.amplification() == 2.0
    assert tally.retries_peak() == 2


def test_what_struck_is_counted_beside_what_was_drawn() -> None:
    """By kind; a stream for which nothing was drawn has nothing to be struck by."""
    cut = result(Verdict.RECOVERED, fault="cut", struck=True)
    missed = result(fault="cut")
    tally = tallied(cut, missed, result(fault="stall"), result())
    assert tally.struck() == {"cut": Share(1, 2), "stall": Share(0, 1)}


def test_every_metric_is_measured() -> None:
    """A stream that broke and came back has a value for each."""
    tally = tallied(result(times=times((100, 120, 400), 500, disturbed_ms=(150,))))
    assert {name: tally.histograms[name].n for name in METRICS} == dict.fromkeys(
        METRICS, 1
    ) | {"itl": 2}
    means = [tally.histograms[name].mean_s for name in ("ttft", "recovery", "stall")]
    assert means == [0.1, 0.25, 0.28]


def test_waiting_for_the_start_is_in_what_the_user_waited() -> None:
    """From when a stream was meant to begin, its first text came so much later."""
    tally = tallied(result(late_s=0.5))
    assert tally.histograms["ttft"].mean_s == 0.1
    assert tally.histograms["ttft_intended"].mean_s == 0.6
    assert tally.histograms["late"].mean_s == 0.5


def test_a_wait_in_vain_counts_among_the_recoveries() -> None:
    """As longer than all others: how soon the client gave up is no merit."""
    vain = times((100,), 900, disturbed_ms=(150,))
    tally = tallied(
        result(Verdict.DEGRADED_HONESTLY, tokens_lost=2, times=vain),
        *[result(times=times((100, 500), 900, disturbed_ms=(150,)))] * 3,
    )
    assert (tally.counts["recovered"], tally.counts["unrecovered"]) == (3, 1)
    assert tally.histograms["recovery"].percentiles_s(75, 95) == (0.35, inf)


@pytest.mark.parametrize(
    ("verdict", "waits"), [(Verdict.DEGRADED_HONESTLY, 1), (Verdict.RECOVERED, 0)]
)
def test_without_any_text_it_depends_on_whether_there_was_to_be_some(
    verdict: Verdict, waits: int
) -> None:
    """A path that is down at first loses nothing that was said; the wait is in vain."""
    none = times((), 900, disturbed_ms=(150,))
    assert tallied(result(verdict, times=none)).counts["unrecovered"] == waits


def test_a_stream_that_was_whole_had_nothing_to_recover() -> None:
    """A connection that breaks behind the last token keeps nobody waiting."""
    tally = tallied(result(times=times((100,), 900, disturbed_ms=(150,))))
    assert (tally.counts["unrecovered"], tally.histograms["recovery"].n) == (0, 0)


@pytest.mark.parametrize(
    ("limits", "good"),
    [("", 2), ("ttft:150ms", 1), ("stall:20ms", 1), ("total:100ms", 0)],
)
def test_good_streams_pass_and_are_fast_enough(limits: str, good: int) -> None:
    """A stream that failed is never good, and is in the whole all the same."""
    tally = Tally(parse_limits(limits.split()))
    tally.add(result())
    tally.add(result(times=times((300, 310, 340), 350)))
    tally.add(result(Verdict.SILENT_TRUNCATION))
    assert tally.share("good") == Share(good, 3)


def test_a_stream_that_never_began_is_not_good() -> None:
    """Of four that were meant to stream, three were served, and two of them well."""
    tally = tallied(result(), result(), result(Verdict.SILENT_TRUNCATION))
    assert tally.goodput() == Share(2, 3)
    tally.pace(Share(1, 4))
    assert (tally.goodput(), tally.missed()) == (Share(2, 4), Share(1, 4))
    assert tally.streams == 3


def test_an_empty_answer_is_not_late() -> None:
    """A stream that had no text to show has no first one to wait for."""
    tally = Tally(parse_limits(["ttft:1ms"]))
    tally.add(result(times=times((), 50)))
    assert tally.share("good") == Share(1, 1)


def test_nothing_at_all_has_no_numbers() -> None:
    """An empty tally invents none."""
    tally = Tally()
    assert (tally.streams, tally.verdicts(), tally.faults()) == (0, {}, {})
    assert (tally.amplification(), tally.retries_peak()) == (None, 0)
    assert tally.share("good").value is None
