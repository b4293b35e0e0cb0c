"""The matrix as a grid of cells: scenarios down, clients across, totals below."""

from dataclasses import dataclass

from . import Outcome, Report
from .neutral import neutral
from .tally import tally
from .words import RESENT, RESENT_MEANS, cell

NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of equally many cells; all text is neutral."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[tuple[str, ...], ...]


def grid(report: Report) -> Grid:
    """Lay *report* out; scenarios stand in the order in which they first come."""
    columns = [
        {run.judgement.scenario: cell_text(run, report) for run in results.outcomes}
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


def cell_text(run: Outcome, report: Report) -> str:
    """Return what the cell of *run* says."""
    return cell(run.judgement) + (" (known)" if report.is_known(run) else "")


def legend(report: Report) -> list[str]:
    """Return a line for each mark in the cells that a reader may not know."""
    is_resent = any(run.judgement.resent for run in report.outcomes)
    return [f"{RESENT}: {RESENT_MEANS}"] if is_resent else []
