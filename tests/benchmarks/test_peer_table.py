from typing import Any

from benchmarks.drained import Drained, Times
from benchmarks.peer_table import FULL_STREAMS, OURS, PACED_STREAMS, report
from benchmarks.rounds import Round


def measured(subject: str, streams: int, events: int, foreign: float = 0.0) -> Round:
    """Return a round of a second, in which so many events came."""
    times = Times(n=1, p50_ms=2.0, p99_ms=3.0)
    values: dict[str, Any] = dict.fromkeys(Drained.__struct_fields__, 0)
    values |= {"seconds": 1.0, "events": events, "bytes": 240 * events}
    values |= {"ttft": times, "late": times}
    return Round(
        subject=subject,
        connections=streams,
        number=0,
        cpu_s=0.01,
        idle_bytes=0,
        resident_bytes=0,
        foreign=foreign,
        drained=Drained(**values),
    )


def test_a_peer_is_compared_with_ours_at_each_load() -> None:
    """A tenth of the events, each for ten times the time; two tables."""
    lines = report(
        [
            measured(OURS, FULL_STREAMS, 10_000),
            measured("peer", FULL_STREAMS, 1_000),
            measured(OURS, PACED_STREAMS, 5_000),
        ]
    )
    rows = [line.split() for line in lines if line.startswith("peer")]
    assert rows == [["peer", "1,000", "0.10", "10.0", "10.0", "240", "2.0"]]
    assert sum(line.startswith(OURS) for line in lines) == 2


def test_a_rate_is_only_that_of_a_quiet_round() -> None:
    """What was measured beside others leaves its CPU time, and no rate."""
    lines = report([measured("peer", FULL_STREAMS, 1_000, foreign=0.9)])
    (row,) = [line.split() for line in lines if line.startswith("peer")]
    assert row == ["peer", "-", "-", "10.0", "-", "240", "-"]
