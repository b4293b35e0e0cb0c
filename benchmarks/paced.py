"""How many streams a core keeps at their pace, and how late their events are.

    python -m benchmarks.paced [--rounds N] [--seconds S] [--svg FOLDER]

50 events a second on each stream, one stream after the other on each connection, their
starts spread over seconds. A stream's events are meant to come on a grid of 20 ms that
its earliest one lies on; what comes after its time on that grid is late, so that drift
counts and a constant delay does not. The knee is the largest number of streams that get
97 % of their events while one in a hundred is 20 ms late at most. A stream held
open costs memory: what is resident then, less what was before.

Compared are a bare aiohttp handler with a timer a stream and absolute deadlines, one
that our wheel serves, and one that sleeps for the interval after each event, as most
fake servers do. Only ours has state and a journal.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from . import held, subjects, unit
from .command import add_svg, heading, keep, options, run
from .curves import Curve, Picture, draw
from .draining import Load
from .machine import Cores
from .measuring import Bench, Trial
from .pace import INTERVAL_S, ideal_rate
from .rounds import Figure, Round, Rounds, of
from .subjects import OURS, WHEELED, Subject
from .tables import NONE, Goal, notes, said, table
from .unit import Unit

RAMP_S: Final = 4.0
"""As long as a stream, so that streams begin at the same rate ever after."""
_WARM_UP_S: Final = 0.5
PACE_LEAST: Final = 0.97
LATE_MOST_MS: Final = 20.0
KNEE: Final = 1500
EASY: Final = 500
FULL: Final = 1000
PACE: Final = Goal(f"of the pace, {EASY} streams", 0.99, is_least=True)
LATE: Final = {
    EASY: Goal(f"lateness p99, {EASY} streams", 3, is_least=False, unit=" ms"),
    FULL: Goal(f"lateness p99, {FULL:,} streams", 5, is_least=False, unit=" ms"),
}
CPU: Final = Goal(
    f"CPU an event, {EASY} streams, of bare aiohttp's on our wheel",
    1.2,
    is_least=False,
)
_LEAST_MS: Final = 0.1
"""What is less is drawn as this; the axis has no zero."""
_HEADER: Final = (
    *("streams", "of pace", "late p50 ms", "late p99 ms", "us CPU/event"),
    "its core",
)


Ladders = dict[Subject, tuple[int, ...]]


def ladders(made: Unit) -> Ladders:
    """Return who is measured, and with how many streams."""
    return {
        subjects.midstream(made, speed=1.0): (500, 1000, 1500),
        subjects.wheeled(made): (500, 750, 1000, 1500),
        subjects.timers(made): (250, 500, 750),
        subjects.sleeping(made): (250,),
    }


def measure(
    made: Unit,
    steps_of: Ladders,
    *,
    rounds: int,
    seconds: float,
    ramp_s: float = RAMP_S,
) -> list[Round]:
    """Return *rounds* of all steps of the ladders, each of *seconds* after *ramp_s*.

    Raises:
        BenchmarkError: A server does not start, or there is no C compiler.
    """
    trials = [
        Trial(
            subject=subject,
            loads=(_load(made, streams, seconds, ramp_s),),
            body_bytes=made.size_bytes,
        )
        for subject, steps in steps_of.items()
        for streams in steps
    ]
    return [*Bench(Cores.pick()).take_turns(trials, rounds)]


def _load(made: Unit, streams: int, seconds: float, ramp_s: float) -> Load:
    return Load(
        connections=streams,
        seconds=seconds,
        warm_up_s=_WARM_UP_S,
        ramp_s=ramp_s,
        interval_s=INTERVAL_S,
        events=made.events,
        request=unit.REQUEST,
    )


@dataclass(frozen=True, slots=True)
class Paced:
    """All *rounds*; *ideal* is how many events a second a stream should have."""

    rounds: Sequence[Round]
    ideal: float

    @property
    def subjects(self) -> list[str]:
        """Who was measured."""
        return [*dict.fromkeys(r.subject for r in self.rounds if r.number == 0)]

    def streams(self, subject: str) -> list[int]:
        """Return with how many streams *subject* was measured, the fewest first."""
        return sorted({r.connections for r in self.rounds if r.subject == subject})

    def of(self, subject: str, streams: int) -> Rounds:
        """Return the rounds of one subject with as many streams."""
        return of(self.rounds, subject, streams)

    @property
    def pace(self) -> Figure:
        """The part of the pace that was reached."""
        return lambda r: r.rate / (self.ideal * r.connections)


def late_p99_ms(measured: Round) -> float | None:
    """Return how late one event in a hundred was at least, if any came."""
    late = measured.drained.late
    return late.p99_ms if late.n else None


def knee(paced: Paced, subject: str) -> tuple[int, str] | None:
    """Return the most streams that kept the pace, as a number and in words.

    None: a step up to it was not quiet.
    """
    most = 0
    for streams in paced.streams(subject):
        rounds = paced.of(subject, streams)
        pace, late = rounds.clock(paced.pace), rounds.clock(late_p99_ms)
        if rounds.flaws and not rounds.all:
            return most, _streams(most)
        if pace is None or late is None:
            return None
        if pace.mid < PACE_LEAST or late.mid > LATE_MOST_MS:
            return most, _streams(most)
        most = streams
    return most, f"{_streams(most)} or more"


def _streams(most: int) -> str:
    return f"{most:,} streams" if most else "none of those measured"


def report(paced: Paced, held_open: Sequence[Round] = ()) -> list[str]:
    """Return what came of the goals, a table of each subject, and its knee."""
    return [
        *_goals(paced),
        held.goal(held_open),
        "",
        *_tables(paced),
        *held.report(held_open),
        "",
    ]


def _tables(paced: Paced) -> Iterator[str]:
    for subject in paced.subjects:
        yield subject
        rows = [
            [f"{streams:,}", *_row(paced, paced.of(subject, streams))]
            for streams in paced.streams(subject)
        ]
        yield from table(_HEADER, rows)
        yield f"knee: {_said(knee(paced, subject))}"
        yield ""


def _row(paced: Paced, rounds: Rounds) -> list[str]:
    return [
        said(rounds.clock(paced.pace), 3),
        said(rounds.clock(lambda r: r.drained.late.p50_ms), 1),
        said(rounds.clock(late_p99_ms), 1),
        said(rounds.cpu(lambda r: r.cpu_us), 1),
        said(rounds.cpu(lambda r: r.load), 2),
    ]


def _said(found: tuple[int, str] | None) -> str:
    return NONE if found is None else found[1]


def _goals(paced: Paced) -> Iterator[str]:
    rounds, found = paced.of(OURS, EASY), knee(paced, OURS)
    yield f"{OURS}:"
    word = "not measured"
    if found is not None:
        word = "reached" if found[0] >= KNEE else "NOT REACHED"
    rule = f">= {PACE_LEAST:.0%} of the pace, p99 <= {LATE_MOST_MS:g} ms"
    yield f"{word:13} knee ({rule}) >= {KNEE:,} streams: {_said(found)}"
    yield CPU.line(
        rounds.ratio(paced.of(WHEELED, EASY), lambda r: r.cpu_us, is_clock=False)
    )
    yield PACE.line(rounds.clock(paced.pace))
    for streams, goal in LATE.items():
        yield goal.line(paced.of(OURS, streams).clock(late_p99_ms))


def picture(paced: Paced) -> Picture:
    """Return how late events are, with ever more streams."""
    curves = [Curve(subject, [*_points(paced, subject)]) for subject in paced.subjects]
    return Picture(
        title="How late one event in a hundred is",
        x="streams, 50 events a second each",
        y="ms after its time, p99",
        curves=[curve for curve in curves if curve.points],
        is_steep=True,
        goal=LATE_MOST_MS,
        goal_name=f"{LATE_MOST_MS:g} ms",
    )


def _points(paced: Paced, subject: str) -> Iterator[tuple[float, float]]:
    for streams in paced.streams(subject):
        late = paced.of(subject, streams).clock(late_p99_ms)
        if late is not None:
            yield streams, max(late.mid, _LEAST_MS)


def main() -> list[str]:
    """Measure, draw, and return what is printed."""
    parser = options(__doc__, rounds=1, seconds=3.0)
    add_svg(parser)
    args = parser.parse_args()
    with TemporaryDirectory() as folder:
        made = unit.make(Path(folder))
        held_open = held.measure(made, args.rounds)
        rounds = measure(made, ladders(made), rounds=args.rounds, seconds=args.seconds)
    paced = Paced(rounds, ideal_rate(made.events))
    if args.svg:
        keep(args.svg / "lateness.svg", draw(picture(paced)))
    what = (
        f"Paced: streams of {made.events} events, 50 a second; "
        f"medians (lowest-highest) of {args.rounds} rounds"
    )
    return [
        *heading(what, Cores.pick()),
        *report(paced, held_open),
        *notes(rounds),
    ]


if __name__ == "__main__":
    run(main)
