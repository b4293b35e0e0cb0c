"""How costs grow with the events of a stream, with connections, with the text's length.

    python -m benchmarks.scale [--rounds N] [--seconds S] [--svg FOLDER]

All at full speed but for the memory, for which streams are held open. CPU time is what
is counted, so that a busy machine hardly matters. What is linear is a flat line when
it is divided by what is varied: microseconds an event stay the same if the cost of a
run is linear in its events, and kilobytes a stream do if it holds no event of its own.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias

from . import held, subjects, unit
from .command import add_svg, heading, keep, options, run
from .curves import Curve, Picture, Point, draw
from .draining import Load
from .machine import Cores
from .measuring import Bench, Trial
from .rounds import Figure, Round, Rounds, Spread
from .tables import notes, said, table
from .unit import Unit

EVENTS: Final = (50, 200, 1000, 5000, 20_000)
CONNECTIONS: Final = (1, 8, 32, 128, 512, 1000)
TOKEN_CHARS: Final = (17, 250, 1000, 4000, 16_000)
HELD_EVENTS: Final = (50, 300, 2000)
_FEW: Final = 8
_WARM_UP_S: Final = 0.4
_WARM_UP_S_AN_EVENT: Final = 1e-4
"""Our server compiles a cassette when it is first asked for it."""
_WARM_UP_S_A_STREAM: Final = 1e-3


Found: TypeAlias = dict[str, dict[int, list[Round]]]
"""Rounds by who was measured, and by the value of what is varied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One thing that is varied: what a *figure* comes to at each value of it.

    Attributes:
        name: What files are called.
        title: What is shown.
        x, y: What is varied, and what the figure is of.
        digits: How many decimals the figure has in a table.
        is_steep: Whether the figure is drawn on a logarithmic axis.
        found: What was measured.
    """

    name: str
    title: str
    x: str
    y: str
    figure: Figure
    digits: int = 2
    is_steep: bool = False
    found: Found

    @property
    def rounds(self) -> list[Round]:
        """All that was measured."""
        return [r for of in self.found.values() for known in of.values() for r in known]

    def spread(self, subject: str, value: int) -> Spread | None:
        """Return the figure of one subject at one value."""
        rounds = self.found[subject].get(value, ())
        return Rounds(rounds).cpu(self.figure)


class Scale:
    """Measures one axis after the other; its files are in *folder*."""

    def __init__(self, folder: Path, rounds: int, seconds: float) -> None:
        """Take as many *rounds* of each point, each of *seconds*."""
        self._folder, self._rounds, self._seconds = folder, rounds, seconds
        self._bench = Bench(Cores.pick())

    def events(self, values: Sequence[int] = EVENTS) -> Axis:
        """Return what an event costs in short runs and long ones."""
        points = {n: (unit.make(self._folder, n), _FEW) for n in values}
        return self._cost("events", "the length of the run", "events a run", points)

    def connections(self, values: Sequence[int] = CONNECTIONS) -> Axis:
        """Return what an event costs with few streams at once and with many."""
        made = unit.make(self._folder)
        points = {n: (made, n) for n in values}
        by = "the number of streams at once"
        return self._cost("connections", by, "streams", points)

    def text(self, values: Sequence[int] = TOKEN_CHARS) -> Axis:
        """Return what an event costs with short texts and with long ones."""
        points = {n: (unit.make(self._folder, token_chars=n), _FEW) for n in values}
        by = "the length of its text"
        return self._cost("text", by, "characters an event", points, is_steep=True)

    def memory(
        self, values: Sequence[int] = HELD_EVENTS, streams: int = held.HELD
    ) -> Axis:
        """Return what a stream that is held open costs, short or long."""
        made = {n: unit.make(self._folder, n) for n in values}
        trials = {n: [held.trial(held.slow(m), m, streams)] for n, m in made.items()}
        return Axis(
            name="memory",
            title="Memory of a stream that is held open, by its length",
            x="events a run",
            y="KB",
            digits=1,
            figure=held.kilobytes,
            found=self._found(trials),
        )

    def _cost(
        self,
        name: str,
        by: str,
        x: str,
        points: Mapping[int, tuple[Unit, int]],
        *,
        is_steep: bool = False,
    ) -> Axis:
        """Return what an event of each unit costs with as many streams."""
        trials = {
            value: [
                Trial(
                    subject=subject,
                    loads=(_load(made, streams, self._seconds),),
                    body_bytes=made.size_bytes,
                )
                for subject in (subjects.midstream(made), subjects.aiohttp(made))
            ]
            for value, (made, streams) in points.items()
        }
        return Axis(
            name=name,
            title=f"Cost of an event, by {by}",
            x=x,
            y="us CPU/event",
            figure=lambda r: r.cpu_us,
            is_steep=is_steep,
            found=self._found(trials),
        )

    def _found(self, points: Mapping[int, Sequence[Trial]]) -> Found:
        """Return the rounds of all trials, each under its last load."""
        found: Found = defaultdict(lambda: defaultdict(list))
        for value, trials in points.items():
            last = trials[0].loads[-1].connections
            for measured in self._bench.take_turns(trials, self._rounds):
                if measured.connections == last:
                    found[measured.subject][value].append(measured)
        return found


def _load(made: Unit, streams: int, seconds: float) -> Load:
    compiling_s = _WARM_UP_S_AN_EVENT * made.events
    return Load(
        connections=streams,
        seconds=seconds,
        warm_up_s=_WARM_UP_S + compiling_s + _WARM_UP_S_A_STREAM * streams,
        events=made.events,
        request=unit.REQUEST,
    )


def report(axis: Axis) -> list[str]:
    """Return a table: a line for each value, a column for each subject."""
    values = sorted({value for of in axis.found.values() for value in of})
    rows = [
        [
            f"{value:,}",
            *(said(axis.spread(name, value), axis.digits) for name in axis.found),
        ]
        for value in values
    ]
    header = [axis.x, *axis.found]
    return [f"{axis.title}: {axis.y}", *table(header, rows), ""]


def costs(events: Axis) -> list[str]:
    """Return what a run costs, and what an event more: by the shortest and longest."""
    lines = []
    for subject in events.found:
        known = _points(events, subject)
        if len(known) > 1:
            (short, a), *_, (long, b) = known
            each_us = (long * b - short * a) / (long - short)
            run_us = short * (a - each_us)
            lines.append(
                f"{subject}: {run_us:,.0f} us a run, {each_us:.2f} us an event"
            )
    return [*lines, ""]


def picture(axis: Axis) -> Picture:
    """Return a curve for each subject."""
    curves = [Curve(name, _points(axis, name)) for name in axis.found]
    return Picture(
        title=axis.title,
        x=axis.x,
        y=axis.y,
        is_steep=axis.is_steep,
        curves=[curve for curve in curves if curve.points],
    )


def _points(axis: Axis, subject: str) -> list[Point]:
    values = sorted(axis.found[subject])
    known = [(value, axis.spread(subject, value)) for value in values]
    return [(value, spread.mid) for value, spread in known if spread is not None]


def main() -> list[str]:
    """Measure, draw, and return what is printed."""
    parser = options(__doc__, rounds=1, seconds=0.6)
    add_svg(parser)
    args = parser.parse_args()
    with TemporaryDirectory() as folder:
        scale = Scale(Path(folder), args.rounds, args.seconds)
        axes = [scale.events(), scale.connections(), scale.text(), scale.memory()]
    for axis in axes if args.svg else ():
        keep(args.svg / f"{axis.name}.svg", draw(picture(axis)))
    what = f"Scale: medians (lowest-highest) of {args.rounds} rounds"
    rounds: list[Round] = [r for axis in axes for r in axis.rounds]
    return [
        *heading(what, Cores.pick()),
        *costs(axes[0]),
        *(line for axis in axes for line in report(axis)),
        *notes(rounds),
    ]


if __name__ == "__main__":
    run(main)
