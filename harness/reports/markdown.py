"""The matrix as a Markdown table, for a README, a pull request or a CI summary."""

from collections.abc import Iterable, Sequence

from . import Report
from .agreement import agreement_lines
from .grid import grid, legend


def document(report: Report) -> str:
    """Return *report* as a table, with what its marks mean and its agreement below."""
    below = (*legend(report), *agreement_lines(report))
    return table(report) + "".join(f"\n{_escaped(line.strip())}\n" for line in below)


def table(report: Report) -> str:
    """Return *report* as a table: scenarios down, clients across, totals below."""
    laid = grid(report)
    rule = ("---",) * len(laid.header)
    rows = [laid.header, rule, *laid.rows, *(_bold(total) for total in laid.totals)]
    return "".join(f"{row(cells)}\n" for cells in rows)


def _bold(cells: Sequence[str]) -> Iterable[str]:
    """Return a row of totals, set apart from the cells above."""
    return (f"**{text}**" for text in cells)


def row(cells: Iterable[str]) -> str:
    """Return one row; nothing in a cell can end it or become markup."""
    return "| " + " | ".join(_escaped(text) for text in cells) + " |"


def _escaped(text: str) -> str:
    """Take from a cell what Markdown or HTML would act upon."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for mark in ("\\", "|", "[", "]", "`"):
        plain = plain.replace(mark, "\\" + mark)
    return plain
