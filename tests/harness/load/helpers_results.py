"""Finished streams for the tests of what is summed up of them."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from midstream.harness.load.metrics.measure import StreamTimes, StreamWatch
from midstream.harness.load.metrics.stream import StreamResult
from midstream.harness.load.metrics.tally import Tally
from midstream.harness.oracle.verdict import Grade, Verdict

MS = 1_000_000
EPOCH_S = 1_700_000_000.0
GRADES = {
    Verdict.RECOVERED: Grade.OK,
    Verdict.UNAFFECTED: Grade.OK,
    Verdict.DEGRADED_HONESTLY: Grade.NON_STRICT,
    Verdict.SILENT_TRUNCATION: Grade.FAILED,
    Verdict.INVALID: Grade.INVALID,
}


def times(
    tokens_ms: tuple[int, ...] = (100, 120, 140),
    end_ms: int = 150,
    disturbed_ms: tuple[int, ...] = (),
    retries: int = 0,
) -> StreamTimes:
    """Return the times of a stream that was asked for at its begin, and *retries*."""
    watch = StreamWatch(0)
    watch.asked(0)
    watch.attempted(0)
    for at_ms in tokens_ms:
        watch.token(at_ms * MS)
    for at_ms in disturbed_ms:
        watch.disturbed(at_ms * MS)
    for _ in range(retries):
        watch.attempted(50 * MS, again=True)
    return watch.ended(end_ms * MS)


CALM = StreamResult(
    scenario="mine/p",
    client="reference",
    user=0,
    seed=1,
    began_at_s=EPOCH_S,
    times=times(),
    tokens_said=3,
    tokens_shown=3,
    verdict=Verdict.UNAFFECTED,
    grade=Grade.OK,
)
"""A stream without any trouble."""


def result(verdict: Verdict = Verdict.UNAFFECTED, **given: object) -> StreamResult:
    """Return a stream that ended with *verdict*; for the rest `CALM`, or as *given*."""
    changes: dict[str, Any] = {"verdict": verdict, "grade": GRADES[verdict], **given}
    return replace(CALM, **changes)


def tallied(*results: StreamResult) -> Tally:
    """Return *results*, summed up."""
    tally = Tally()
    for one in results:
        tally.add(one)
    return tally


def results() -> st.SearchStrategy[list[StreamResult]]:
    """Return lists of streams of every kind."""
    stream = st.builds(
        result,
        st.sampled_from(sorted(GRADES)),
        user=st.integers(0, 99),
        fault=st.sampled_from(["", "cut", "stall"]),
        struck=st.booleans(),
        began_at_s=st.integers(0, 5_000).map(lambda ms: EPOCH_S + ms / 1000),
        late_s=st.sampled_from([0.0, 0.05, 3.0]),
        tokens_lost=st.integers(0, 5),
        times=st.builds(
            times,
            st.lists(st.integers(0, 3000), max_size=9).map(
                lambda ms: tuple(sorted(ms))
            ),
            st.integers(3000, 4000),
            st.lists(st.integers(0, 3000), max_size=3).map(tuple),
            st.integers(0, 3),
        ),
    )
    return st.lists(stream, max_size=6)


def facts(tally: Tally) -> dict[str, Any]:
    """Return all that can be read off *tally*, so that two can be compared."""
    return {
        "counts": {name: n for name, n in tally.counts.items() if n},
        "times": {
            name: (h.n, h.mean_s, h.max_s, h.percentiles_s(0, 50, 95, 100))
            for name, h in tally.histograms.items()
        },
        "seconds": [
            (
                number,
                {name: n for name, n in second.counts.items() if n},
                second.ttft.percentiles_s(50, 95),
                second.itl.percentiles_s(99),
            )
            for number, second in tally.series
        ],
        "worst": tally.worst.streams(),
    }
