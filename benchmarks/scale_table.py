"""How costs grow with what is asked for, as lines to print and pictures. No I/O."""

from dataclasses import dataclass
from typing import TypeAlias

from .curves import Curve, Picture, Point
from .rounds import Figure, Round, Rounds, Spread
from .tables import said, table

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
