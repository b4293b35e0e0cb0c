"""Curves as an SVG file of its own, light and dark. No I/O."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10
from typing import Final

from midstream.harness.load.report.axis import ceiling
from midstream.harness.reports.markup import safe, tag

_WIDE, _TALL = 720, 192
_LEFT, _RIGHT, _ABOVE, _BELOW = 64, 16, 46, 46
_ROW: Final = 16
_LETTER: Final = 7
"""About how wide one is; names are set apart by two."""
_APART: Final = 34
"""How far apart numbers under the axis have to be to be told apart."""
_WHOLE: Final = 100
"""From here on numbers have no decimals."""
_STYLE: Final = """
text { font: 12px system-ui, sans-serif; fill: #1c2126 }
.title { font-weight: 600; font-size: 14px } .dim { fill: #5c6670 }
path { fill: none; stroke-width: 2; stroke-linejoin: round }
.grid { stroke: #d8dce1; stroke-width: 1 }
.goal { stroke: #b3202c; stroke-width: 1; stroke-dasharray: 5 4 }
.c0 { stroke: #2f7fc0; fill: #2f7fc0 } .c1 { stroke: #d4622a; fill: #d4622a }
.c2 { stroke: #2f8f5b; fill: #2f8f5b } .c3 { stroke: #8f77c8; fill: #8f77c8 }
.c4 { stroke: #b3202c; fill: #b3202c } .c5 { stroke: #7a828a; fill: #7a828a }
path[class^=c] { fill: none } text[class^=c] { stroke: none }
@media (prefers-color-scheme: dark) { text { fill: #e4e7ea } .dim { fill: #9aa4ae }
.grid { stroke: #343a41 } }
"""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Curve:
    """One line: its *name*, and the points it goes through from left to right."""

    name: str
    points: Sequence[Point]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Curves over the same axes; x is logarithmic, and y if it *is_steep*.

    *goal* is a line at that height, called *goal_name*.
    """

    title: str
    x: str
    y: str
    curves: Sequence[Curve]
    is_steep: bool = False
    goal: float | None = None
    goal_name: str = ""


def draw(picture: Picture) -> str:
    """Return *picture* as a file; no curve may have a point at or left of zero."""
    points = [point for curve in picture.curves for point in curve.points]
    across = _across(points)
    marks = _marks(picture, points)
    names, rows = _names(picture.curves)
    top = _ABOVE + _ROW * rows
    up = _up(marks, top, is_steep=picture.is_steep)
    parts = (
        tag("style", _STYLE),
        _words(picture, top),
        *names,
        *(_rule(up(mark), mark) for mark in marks),
        *_numbers(sorted({x for x, _ in points}), across, top + _TALL + _ROW),
        *_goal(picture, up),
        *(_curve(n, curve, across, up) for n, curve in enumerate(picture.curves)),
    )
    high = top + _TALL + _BELOW
    box = f'viewBox="0 0 {_WIDE} {high}" width="{_WIDE}" height="{high}"'
    name = f'role="img" aria-label="{safe(picture.title)}"'
    body = "\n".join(parts)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box} {name}>\n{body}\n</svg>\n'


def _across(points: Sequence[Point]) -> Callable[[float], float]:
    """Return where from left to right a value lies."""
    low = log10(min(x for x, _ in points))
    span = log10(max(x for x, _ in points)) - low or 1.0
    wide = _WIDE - _LEFT - _RIGHT - 24
    return lambda x: _LEFT + 12 + wide * (log10(x) - low) / span


def _marks(picture: Picture, points: Sequence[Point]) -> list[float]:
    """Return the values at which the vertical axis has a number, upwards."""
    values = [y for _, y in points] + ([picture.goal] if picture.goal else [])
    if not picture.is_steep:
        top = ceiling(max(values))
        return [0.0, top / 2, top]
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    return [10.0**power for power in range(low, max(high, low + 1) + 1)]


def _up(
    marks: Sequence[float], top: int, *, is_steep: bool
) -> Callable[[float], float]:
    """Return how far from the upper edge a value lies."""
    on_axis: Callable[[float], float] = log10 if is_steep else float
    low, high = on_axis(marks[0]), on_axis(marks[-1])
    return lambda y: top + _TALL * (high - on_axis(y)) / (high - low)


def _words(picture: Picture, top: int) -> str:
    """Return the title, and what axes are of."""
    title = _text(_LEFT, 18, picture.title, "title")
    y = _text(_LEFT, 18 + 18, picture.y, "dim")
    x = _text(_WIDE - _RIGHT, top + _TALL + _BELOW - 8, picture.x, "dim", "end")
    return title + y + x


def _names(curves: Sequence[Curve]) -> tuple[list[str], int]:
    """Return the names of the curves, and on how many rows they stand."""
    made, row, at = [], 1, _LEFT
    for number, curve in enumerate(curves):
        wide = _LETTER * (len(curve.name) + 2)
        if at + wide > _WIDE and at > _LEFT:
            row, at = row + 1, _LEFT
        made.append(_text(at, _ABOVE - 8 + _ROW * row, curve.name, f"c{number}"))
        at += wide
    return made, row


def _rule(y: float, mark: float) -> str:
    """Return a line across, and its number."""
    line = f'<path class="grid" d="M{_LEFT} {y:.1f}H{_WIDE - _RIGHT}"/>'
    return line + _text(_LEFT - 8, y + 4, _number(mark), "dim", "end")


def _numbers(
    values: Sequence[float], across: Callable[[float], float], y: int
) -> list[str]:
    """Return the numbers under the axis: of the points, as many as have room."""
    kept = list(values[:1])
    for value, following in pairwise([*values[1:], float("inf")]):
        has_room = across(value) - across(kept[-1]) >= _APART
        if has_room or following == float("inf"):
            kept.append(value)
    return [_text(across(x), y, _number(x), "dim", "middle") for x in kept]


def _goal(picture: Picture, up: Callable[[float], float]) -> list[str]:
    """Return the line that a goal is, if there is one."""
    if picture.goal is None:
        return []
    y = up(picture.goal)
    line = f'<path class="goal" d="M{_LEFT} {y:.1f}H{_WIDE - _RIGHT}"/>'
    return [line, _text(_WIDE - _RIGHT, y - 5, picture.goal_name, "dim", "end")]


def _curve(
    number: int,
    curve: Curve,
    across: Callable[[float], float],
    up: Callable[[float], float],
) -> str:
    """Return the line through the points of *curve*, and a dot for each."""
    places = [(across(x), up(y)) for x, y in curve.points]
    way = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    dots = (
        f'<circle class="c{number}" cx="{x:.1f}" cy="{y:.1f}" r="3">'
        f"<title>{safe(curve.name)}: {_number(value)}</title></circle>"
        for (x, y), (_, value) in zip(places, curve.points, strict=True)
    )
    path = f'<path class="c{number}" d="M{way}"/>' if places else ""
    return path + "".join(dots)


def _number(value: float) -> str:
    """Return a value with three digits at most, and thousands set apart."""
    return f"{value:,.0f}" if value >= _WHOLE else f"{value:.3g}"


def _text(x: float, y: float, said: str, css: str, anchor: str = "start") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text class="{css}" {place}>{safe(said)}</text>'
