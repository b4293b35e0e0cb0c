"""Figures in words, tables of them, and whether goals were reached. No I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from midstream.harness.plain_text import columns

from .rounds import FOREIGN_MOST, Round, Spread

_LARGE: Final = 100
"""Bounds from here on need no decimals."""
NONE: Final = "-"
"""Stands where nothing was measured."""


@dataclass(frozen=True, slots=True)
class Goal:
    """That *what* be *bound*, "at least" or "at most", in *unit*."""

    what: str
    bound: float
    is_least: bool
    unit: str = ""

    def line(self, found: Spread | None) -> str:
        """Say whether it was reached, and by what."""
        bound = f"{'>=' if self.is_least else '<='} {self.bound:,g}{self.unit}"
        digits = 0 if self.bound >= _LARGE else 3 if self.is_least else 2
        reached = said(found, digits) + (self.unit if found else "")
        return f"{self._word(found):13} {self.what} {bound}: {reached}"

    def _word(self, found: Spread | None) -> str:
        if found is None:
            return "not measured"
        is_above, is_below = found.mid >= self.bound, found.mid <= self.bound
        return "reached" if (is_above if self.is_least else is_below) else "NOT REACHED"


def said(found: Spread | None, digits: int = 0) -> str:
    """Return the median, and the lowest and the highest unless it was measured once."""
    if found is None:
        return NONE
    mid = f"{found.mid:,.{digits}f}"
    if found.n == 1:
        return mid
    return f"{mid} ({found.low:,.{digits}f}-{found.high:,.{digits}f})"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return lines; names to the left, figures to the right."""
    return columns([header, *rows], figures=True)


def notes(rounds: Sequence[Round]) -> list[str]:
    """Say which measurements count for what, and what went wrong with others."""
    sound = [r for r in rounds if not r.flaw]
    quiet = sum(r.is_quiet for r in sound)
    loud = sorted({r.number + 1 for r in sound if not r.is_quiet})
    head = f"{quiet} of {len(sound)} measurements were quiet: others used at most "
    lines = [
        head + f"{FOREIGN_MOST:.0%} of a core.",
        "Rates and delays are those of quiet ones; CPU time is that of all.",
    ]
    if loud:
        lines.append(f"Not quiet: some of round {', '.join(map(str, loud))}.")
    flawed = [
        f"FLAWED: {r.subject}, {r.connections}: {r.flaw}" for r in rounds if r.flaw
    ]
    return lines + flawed
