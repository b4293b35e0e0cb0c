"""The baseline: known failures may stay, but nothing may get worse.

Pure functions: they compare judgements with the list of a file, and update that list.
The format of the file is in `harness.reports.baseline_file`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from midstream.harness.oracle.verdict import Grade, Judgement

from .baseline_file import Baseline, KnownCell, Place

UNEXPLAINED = "not looked into yet"
"""The reason of a new line, until a person writes a better one."""

_PROVES_NOTHING = frozenset({Grade.INVALID, Grade.INCONCLUSIVE, Grade.UNSUPPORTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The listed cells that were run, by what became of them; empty without a baseline.

    Attributes:
        known: Failed with the listed verdict.
        fixed: Passed, although they are listed.
        changed: Failed with another verdict than listed.
    """

    known: Mapping[Place, KnownCell] = field(default_factory=dict)
    fixed: Mapping[Place, KnownCell] = field(default_factory=dict)
    changed: Mapping[Place, KnownCell] = field(default_factory=dict)


def is_bad(said: Judgement, *, strict: bool) -> bool:
    """Say whether *said* fails a campaign; NON_STRICT does only if *strict*."""
    return said.grade is Grade.FAILED or (strict and said.grade is Grade.NON_STRICT)


def compare(
    baseline: Baseline, judgements: Iterable[Judgement], *, strict: bool = False
) -> Comparison:
    """Compare *judgements* with *baseline*.

    Runs that prove nothing, and cells that were not run, are left out.
    """
    listed = {cell.place: cell for cell in baseline.known}
    found: dict[str, dict[Place, KnownCell]] = {"known": {}, "fixed": {}, "changed": {}}
    for said in judgements:
        cell = listed.get(place_of(said))
        if cell is not None and said.grade not in _PROVES_NOTHING:
            found[_standing(cell, said, strict=strict)][cell.place] = cell
    return Comparison(**found)


def rewritten(
    baseline: Baseline, judgements: Iterable[Judgement], *, strict: bool = False
) -> Baseline:
    """Return *baseline*, updated by *judgements*.

    A reason stays as long as its verdict does. Cells that were not run, or whose run
    proves nothing, stay as they are.
    """
    cells = {cell.place: cell for cell in baseline.known}
    for said in judgements:
        old = cells.get(place_of(said))
        if said.grade in _PROVES_NOTHING or (old and _is_as_listed(old, said)):
            continue
        cells.pop(place_of(said), None)
        if is_bad(said, strict=strict):
            cells[place_of(said)] = _new_cell(said)
    return Baseline(known=tuple(cells[place] for place in sorted(cells)))


def place_of(said: Judgement) -> Place:
    """Return the cell of *said*."""
    return said.client, said.scenario


def _standing(
    cell: KnownCell, said: Judgement, *, strict: bool
) -> Literal["known", "fixed", "changed"]:
    """Say what became of the listed *cell*."""
    if _is_as_listed(cell, said):
        return "known"
    return "changed" if is_bad(said, strict=strict) else "fixed"


def _is_as_listed(cell: KnownCell, said: Judgement) -> bool:
    """Say whether *said* has the verdict that *cell* lists, and did not pass.

    NON_STRICT counts: a cell that was listed with --strict stays known without.
    """
    return said.verdict is cell.verdict and said.grade is not Grade.OK


def _new_cell(said: Judgement) -> KnownCell:
    """Return the entry of a new failure, which nobody has explained yet."""
    return KnownCell(
        client=said.client,
        scenario=said.scenario,
        verdict=said.verdict,
        reason=UNEXPLAINED,
    )
