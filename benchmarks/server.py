"""How fast servers send at full speed: ours, others, and the physical limit.

    python -m benchmarks.server [--rounds N] [--seconds S]

200 events of about 250 bytes a stream, without any waiting, in one process on one
core; the drain, a program in C, reads on the other. The limit is C, too: one send() an
event. Two references are between: asyncio's raw protocol without HTTP, and an aiohttp
handler that awaits each write. Ours is measured as it is shipped, one event a write,
which is what the references do, and with events that are due together in one write.
State and journal are on.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from . import subjects, unit
from .command import heading, options, run
from .draining import Load
from .machine import Cores
from .measuring import Bench, Trial
from .rounds import Round, Rounds, of
from .subjects import LIMIT, OURS, RAW
from .tables import Goal, notes, said, table
from .unit import Unit

STREAMS: Final = (32, 256)
_WARM_UP_S: Final = 0.3
_HEADER: Final = (
    "events/s",
    "of C",
    "of raw",
    "us CPU/event",
    "of C by CPU",
    "first event p50 ms",
    "drain's core",
)
OF_RAW: Final = Goal("CPU an event, of the raw protocol's", 1.25, is_least=False)
OF_LIMIT: Final = Goal("events a CPU second, of the C limit's", 0.63, is_least=True)
FIRST: Final = {
    32: Goal("first event, p50 of 32 streams", 1, is_least=False, unit=" ms"),
    256: Goal("first event, p50 of 256 streams", 6, is_least=False, unit=" ms"),
}


def loads(
    made: Unit,
    seconds: float,
    streams: tuple[int, ...],
) -> tuple[Load, ...]:
    """Return a load without pauses for each number of streams."""
    return tuple(
        Load(
            connections=number,
            seconds=seconds,
            warm_up_s=_WARM_UP_S,
            events=made.events,
            request=unit.REQUEST,
        )
        for number in streams
    )


def measure(
    made: Unit, *, rounds: int, seconds: float, streams: tuple[int, ...] = STREAMS
) -> list[Round]:
    """Return *rounds* of all servers, *seconds* for each number of *streams*.

    Raises:
        BenchmarkError: A server does not start, or there is no C compiler.
    """
    compared = (
        subjects.limit(made),
        subjects.raw(made),
        subjects.aiohttp(made),
        subjects.midstream(made),
        subjects.midstream(made, "--join", "8"),
    )
    trials = [
        Trial(
            subject=subject,
            loads=loads(made, seconds, streams),
            body_bytes=made.size_bytes,
        )
        for subject in compared
    ]
    return [*Bench(Cores.pick()).take_turns(trials, rounds)]


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
    """Return what came of the goals, and a table for each number of streams."""
    return [*_goals(rounds, OURS), *_tables(rounds)]


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
    raw, limit = at(fewest, RAW), at(fewest, LIMIT)
    yield OF_RAW.line(ours.ratio(raw, lambda r: r.cpu_us, is_clock=False))
    yield OF_LIMIT.line(ours.ratio(limit, per_cpu_s, is_clock=False))
    for streams, goal in FIRST.items():
        yield goal.line(at(streams).clock(first_ms))
    yield ""


def main() -> list[str]:
    """Measure, and return what is printed."""
    args = options(__doc__, rounds=3, seconds=1.0).parse_args()
    with TemporaryDirectory() as folder:
        made = unit.make(Path(folder))
        rounds = measure(made, rounds=args.rounds, seconds=args.seconds)
    what = (
        f"Full speed: {made.events} events of {made.event_bytes:.0f} bytes a stream; "
        f"medians (lowest-highest) of {args.rounds} rounds"
    )
    return [*heading(what, Cores.pick()), *report(rounds), *notes(rounds)]


if __name__ == "__main__":
    run(main)
