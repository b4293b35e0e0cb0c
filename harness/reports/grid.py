"""The matrix as a grid of cells: scenarios down, clients across, totals below."""

from dataclasses import dataclass

from midstream.harness.plain_text import neutral

from . import Report
from .agreement import Cell, all_cells, cells
from .tally import tally
from .words import RESENT, RESENT_MEANS, cell

NOT_RUN = "not run"
SHARE_MEANS = "97/100: 97 of 100 repeats have this verdict, the others another one"


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of equal length; all text is neutral."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[tuple[str, ...], ...]


def grid(report: Report) -> Grid:
    """Return *report* as a grid; scenarios keep the order in which they first ran."""
    columns = [
        {found.scenario: cell_text(found, report) for found in cells(results)}
        for results in report.results
    ]
    scenarios = dict.fromkeys(name for column in columns for name in column)
    counts = [tally(results.outcomes) for results in report.results]
    return Grid(
        header=("scenario", *(neutral(r.client.name) for r in report.results)),
        rows=tuple(
            (neutral(name), *(column.get(name, NOT_RUN) for column in columns))
            for name in scenarios
        ),
        totals=tuple(
            (grade, *(str(count[grade]) for count in counts)) for grade in tally(())
        ),
    )


def cell_text(found: Cell, report: Report) -> str:
    """Return the text of a cell: its most frequent verdict, and its marks."""
    shown = found.telling[0]
    known = " (known)" if report.is_known(shown) else ""
    return cell(shown.judgement, found.share) + known


def legend(report: Report) -> list[str]:
    """Return a line that explains each mark in the cells."""
    is_resent = any(run.judgement.resent for run in report.outcomes)
    is_shared = any(found.share for found in all_cells(report))
    return [
        *([SHARE_MEANS] if is_shared else []),
        *([f"{RESENT}: {RESENT_MEANS}"] if is_resent else []),
    ]
