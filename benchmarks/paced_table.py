"""What servers do at a given pace, as lines to print and a picture. No I/O."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from .curves import Curve, Picture
from .rounds import Figure, Round, Rounds, of
from .subjects import OURS
from .tables import NONE, Goal, said, table

PACE_LEAST: Final = 0.97
LATE_MOST_MS: Final = 20.0
KNEE: Final = 1000
EASY: Final = 500
PACE: Final = Goal(f"of the pace, {EASY} streams", 0.99, is_least=True)
LATE: Final = Goal(f"lateness p99, {EASY} streams", 5, is_least=False, unit=" ms")
_LEAST_MS: Final = 0.1
"""What is less is drawn as this; the axis has no zero."""
_HEADER: Final = (
    *("streams", "of pace", "late p50 ms", "late p99 ms", "us CPU/event"),
    "its core",
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


@dataclass(frozen=True, slots=True)
class Knee:
    """The most *streams* that kept the pace; *is_passed*: more did not."""

    streams: int
    is_passed: bool

    def __str__(self) -> str:
        """Say it in words."""
        if not self.streams:
            return "none of those measured"
        more = "" if self.is_passed else " or more"
        return f"{self.streams:,} streams{more}"


def late_p99_ms(measured: Round) -> float | None:
    """Return how late one event in a hundred was at least, if any came."""
    late = measured.drained.late
    return late.p99_ms if late.n else None


def knee(paced: Paced, subject: str) -> Knee | None:
    """Return the knee of *subject*, None if a step up to it was not quiet."""
    most = 0
    for streams in paced.streams(subject):
        rounds = paced.of(subject, streams)
        pace, late = rounds.clock(paced.pace), rounds.clock(late_p99_ms)
        if rounds.flaws and not rounds.all:
            return Knee(most, is_passed=True)
        if pace is None or late is None:
            return None
        if pace.mid < PACE_LEAST or late.mid > LATE_MOST_MS:
            return Knee(most, is_passed=True)
        most = streams
    return Knee(most, is_passed=False)


def report(paced: Paced) -> list[str]:
    """Return a table of each subject, its knee, and what came of the goals."""
    return [*_tables(paced), *_goals(paced)]


def _tables(paced: Paced) -> Iterator[str]:
    for subject in paced.subjects:
        yield subject
        rows = [
            [f"{streams:,}", *_row(paced, paced.of(subject, streams))]
            for streams in paced.streams(subject)
        ]
        yield from table(_HEADER, rows)
        yield f"knee: {knee(paced, subject) or NONE}"
        yield ""


def _row(paced: Paced, rounds: Rounds) -> list[str]:
    return [
        said(rounds.clock(paced.pace), 3),
        said(rounds.clock(lambda r: r.drained.late.p50_ms), 1),
        said(rounds.clock(late_p99_ms), 1),
        said(rounds.cpu(lambda r: r.cpu_us), 1),
        said(rounds.cpu(lambda r: r.load), 2),
    ]


def _goals(paced: Paced) -> Iterator[str]:
    rounds, found = paced.of(OURS, EASY), knee(paced, OURS)
    yield f"{OURS}:"
    word = "not measured"
    if found is not None:
        word = "reached" if found.streams >= KNEE else "NOT REACHED"
    rule = f">= {PACE_LEAST:.0%} of the pace, p99 <= {LATE_MOST_MS:g} ms"
    yield f"{word:13} knee ({rule}) >= {KNEE:,} streams: {found or NONE}"
    yield PACE.line(rounds.clock(paced.pace))
    yield LATE.line(rounds.clock(late_p99_ms))
    yield ""


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
