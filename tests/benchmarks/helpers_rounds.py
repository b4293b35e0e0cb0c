"""Rounds that nobody measured."""

from typing import Any

from msgspec.structs import replace

from benchmarks.rounds import Drained, Round, Times

_DRAINED = Drained(
    seconds=1.0,
    events=1000,
    bytes=0,
    reads=1000,
    streams=5,
    shortest_bytes=100,
    longest_bytes=100,
    errors=0,
    wrong=0,
    silent=0,
    cpu_s=0.5,
    ttft=Times(n=5, p50_ms=0.5, p99_ms=1.0),
    late=Times(n=1000, p50_ms=0.5, p99_ms=1.0),
)
_ROUND = Round(
    subject="ours",
    connections=32,
    number=0,
    cpu_s=0.01,
    idle_bytes=0,
    resident_bytes=0,
    foreign=0.0,
    drained=_DRAINED,
)


def times(ms: float, n: int = 1000) -> Times:
    """Return *n* times that were all the same."""
    return Times(n=n, p50_ms=ms, p99_ms=ms)


def drained(**changes: Any) -> Drained:  # noqa: ANN401 - as fields are
    """Return what a drain says of 1000 events in a second, but for *changes*."""
    return replace(_DRAINED, **changes)


def measured(
    subject: str = "ours",
    connections: int = 32,
    **changes: Any,  # noqa: ANN401 - as fields are
) -> Round:
    """Return a quiet round: 1000 events in a second for 10 ms, but for *changes*."""
    return replace(_ROUND, subject=subject, connections=connections, **changes)
