"""The timeline above the charts: a row of phases, and lanes of path intervals."""

from collections.abc import Sequence
from typing import Final

from midstream.harness.load.metrics.result import LoadResult, PathInterval, PhaseEntry
from midstream.harness.load.metrics.units import spoken
from midstream.harness.reports.markup import fold, safe, table, tag

from .plot import Frame

_LABEL_PART: Final = 0.15
"""The part of the axis that a label takes, on a page as wide as a book's."""


def timeline(result: LoadResult, frame: Frame) -> str:
    """Return phases and path intervals of *result* as boxes on *frame*'s time axis."""
    phases = [_phase(frame, phase) for phase in result.phases]
    found = lanes(result.bands, frame.span_s * _LABEL_PART)
    bands = [[_band(frame, band) for band in lane] for lane in found]
    rows = "".join(tag("div", "".join(boxes), "lane") for boxes in (phases, *bands))
    return tag("div", rows, "timeline") + _listed(result)


def lanes(bands: Sequence[PathInterval], label_s: float) -> list[list[PathInterval]]:
    """Return *bands* in as few lanes as possible, so that none covers another.

    A label is as wide as *label_s* seconds and may be longer than its interval.
    """
    made: list[list[PathInterval]] = []

    def ends_s(band: PathInterval) -> float:
        return max(band.end_s, band.begin_s + label_s)

    for band in sorted(bands, key=lambda band: (band.begin_s, band.end_s)):
        free = next((lane for lane in made if ends_s(lane[-1]) <= band.begin_s), None)
        if free is None:
            made.append([band])
        else:
            free.append(band)
    return made


def _phase(frame: Frame, phase: PhaseEntry) -> str:
    """Return one phase."""
    hint = f"{_span(phase.begin_s, phase.end_s)}, {phase.users} users"
    return _box(_place(frame, phase.begin_s, phase.end_s), "phase", phase.name, hint)


def _band(frame: Frame, band: PathInterval) -> str:
    """Return one path interval, marked if it lacks a proven effect."""
    is_idle = band.needs_effect and not band.effect
    name = f"! {band.label}" if is_idle else band.label
    hint = f"{_span(band.begin_s, band.end_s)}, {_effect(band)}"
    css = "shade idle" if is_idle else "shade"
    return _box(_place(frame, band.begin_s, band.end_s), css, name, hint)


def _place(frame: Frame, begin_s: float, end_s: float) -> str:
    """Return the position of a box, as CSS."""
    left, right = frame.percent(begin_s), frame.percent(end_s)
    return f"left:{left:.2f}%;width:{max(right - left, 0.3):.2f}%"


def _box(place: str, css: str, name: str, hint: str) -> str:
    """Return a box that shows *name*, with *hint* as its tooltip."""
    told = f'title="{safe(name)}: {safe(hint)}"'
    return f'<span class="{css}" {told} style="{place}">{safe(name)}</span>'


def _effect(band: PathInterval) -> str:
    """Return the proof of a path interval's effect, in words."""
    if band.effect:
        return band.effect
    return "no effect was seen" if band.needs_effect else "needs no proof"


def _listed(result: LoadResult) -> str:
    """Return phases and path intervals as a table."""
    rows = [
        ("phase", p.name, _span(p.begin_s, p.end_s), "", f"{p.users} users")
        for p in result.phases
    ] + [
        (b.kind, b.label, _span(b.begin_s, b.end_s), _took(b), _effect(b))
        for b in result.bands
    ]
    header = ("what", "which", "when", "acknowledged after", "effect")
    cells = [[safe(cell) for cell in row] for row in rows]
    return fold("All phases, outages and path conditions", table(header, cells))


def _took(band: PathInterval) -> str:
    """Return the delay from request to acknowledgement."""
    return spoken(max(band.begin_s - band.asked_s, 0.0))


def _span(begin_s: float, end_s: float) -> str:
    return f"{begin_s:.2f} to {end_s:.2f} s"
