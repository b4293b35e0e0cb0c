"""What servers do at full speed, as lines to print. No I/O."""

from collections.abc import Iterator, Sequence
from typing import Final

from .rounds import Round, Rounds, of
from .subjects import JOINED, LIMIT, OURS, RAW
from .tables import Goal, said, table

_HEADER: Final = (
    "events/s",
    "of C",
    "of raw",
    "us CPU/event",
    "of C by CPU",
    "first event p50 ms",
    "drain's core",
)
OF_LIMIT: Final = Goal("events/s, of the C limit", 0.70, is_least=True)
OF_RAW: Final = Goal("events/s, of the raw protocol", 0.85, is_least=True)
CPU: Final = Goal("CPU an event", 12, is_least=False, unit=" us")
FIRST: Final = {
    32: Goal("first event, p50 of 32 streams", 1, is_least=False, unit=" ms"),
    256: Goal("first event, p50 of 256 streams", 6, is_least=False, unit=" ms"),
}


def rate(measured: Round) -> float:
    """Return the events a second."""
    return measured.rate


def per_cpu_s(measured: Round) -> float:
    """Return the events in a second of CPU time."""
    return measured.drained.events / measured.cpu_s


def first_ms(measured: Round) -> float | None:
    """Return how long half of the first events took at most, if there were any."""
    first = measured.drained.ttft
    return first.p50_ms if first.n else None


def report(rounds: Sequence[Round]) -> list[str]:
    """Return a table for each number of streams, and what came of the goals."""
    return [*_tables(rounds), *_goals(rounds, OURS), *_goals(rounds, JOINED)]


def _tables(rounds: Sequence[Round]) -> Iterator[str]:
    subjects = list(dict.fromkeys(r.subject for r in rounds if r.number == 0))
    for streams in dict.fromkeys(r.connections for r in rounds):
        rows = [_row(rounds, subject, streams) for subject in subjects]
        yield from table((f"{streams} streams", *_HEADER), rows)
        yield ""


def _row(rounds: Sequence[Round], subject: str, streams: int) -> list[str]:
    ours, limit, raw = (of(rounds, name, streams) for name in (subject, LIMIT, RAW))
    return [
        subject,
        said(ours.clock(rate)),
        said(ours.ratio(limit, rate, is_clock=True), 2),
        said(ours.ratio(raw, rate, is_clock=True), 2),
        said(ours.cpu(lambda r: r.cpu_us), 2),
        said(ours.ratio(limit, per_cpu_s, is_clock=False), 2),
        said(ours.clock(first_ms), 2),
        said(ours.clock(lambda r: r.drained.cpu_s / r.drained.seconds), 2),
    ]


def _goals(rounds: Sequence[Round], subject: str) -> Iterator[str]:
    """Yield what came of each goal, if *subject* was measured under its load."""

    def at(streams: int, name: str = subject) -> Rounds:
        return of(rounds, name, streams)

    fewest = min(r.connections for r in rounds)
    ours = at(fewest)
    yield f"{subject}, {fewest} streams:"
    for goal, base in ((OF_LIMIT, LIMIT), (OF_RAW, RAW)):
        yield goal.line(ours.ratio(at(fewest, base), rate, is_clock=True))
    yield CPU.line(ours.cpu(lambda r: r.cpu_us))
    for streams, goal in FIRST.items():
        yield goal.line(at(streams).clock(first_ms))
    yield ""
