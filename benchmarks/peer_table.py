"""What servers are compared with each other by: a table for each load. No I/O."""

from collections.abc import Sequence
from typing import Final

from .rounds import Round, Rounds, of
from .tables import said, table

FULL_STREAMS: Final = 32
"""Streams at once at full speed."""
PACED_STREAMS: Final = 100
"""Streams at once at a pace."""
OURS: Final = "midstream"
"""Whom all are compared with."""
_HEAD: Final = (
    *("", "events/s", "to ours", "CPU us/event", "to ours"),
    *("bytes/event", "first event p50 ms"),
)


def report(measured: Sequence[Round]) -> list[str]:
    """Return both tables, as lines."""
    lines: list[str] = []
    for streams, how in ((FULL_STREAMS, "full speed"), (PACED_STREAMS, "50 a second")):
        title = f"{streams} streams at once, {how}"
        names = dict.fromkeys(r.subject for r in measured if r.connections == streams)
        base = of(measured, OURS, streams)
        rows = [_row(name, of(measured, name, streams), base) for name in names]
        lines += [title, *table(_HEAD, rows), ""]
    return lines


def _row(name: str, rounds: Rounds, base: Rounds) -> list[str]:
    clock, cpu = _rate, _cpu_us
    return [
        name,
        said(rounds.clock(clock)),
        said(rounds.ratio(base, clock, is_clock=True), 2),
        said(rounds.cpu(cpu), 1),
        said(rounds.ratio(base, cpu, is_clock=False), 1),
        said(rounds.cpu(_event_bytes)),
        said(rounds.clock(_first_ms), 1),
    ]


def _rate(measured: Round) -> float:
    return measured.rate


def _cpu_us(measured: Round) -> float:
    return measured.cpu_us


def _event_bytes(measured: Round) -> float:
    return measured.drained.bytes / max(1, measured.drained.events)


def _first_ms(measured: Round) -> float:
    return measured.drained.ttft.p50_ms
