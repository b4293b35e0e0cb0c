"""The matrix as a Markdown table, for a README, a pull request or a CI summary."""

from collections.abc import Iterable, Sequence

from . import Report
from .agreement import agreement_lines
from .grid import grid, legend
from .terminal import grade_lines


def document(report: Report) -> str:
    """Return *report* as a table, followed by the meaning of its symbols and marks."""
    return table_and_marks(report) + _paragraphs(grade_lines(report.outcomes))


def table_and_marks(report: Report) -> str:
    """Return *report* as a table, followed by the meaning of its marks."""
    return table(report) + _paragraphs([*legend(report), *agreement_lines(report)])


def _paragraphs(lines: Iterable[str]) -> str:
    return "".join(f"\n{_escaped(line.strip())}\n" for line in lines)


def table(report: Report) -> str:
    """Return *report* as a table: scenarios down, clients across, totals below."""
    laid = grid(report)
    rule = ("---",) * len(laid.header)
    rows = [laid.header, rule, *laid.rows, *(_bold(total) for total in laid.totals)]
    return "".join(f"{row(cells)}\n" for cells in rows)


def _bold(cells: Sequence[str]) -> Iterable[str]:
    """Return a row of totals in bold."""
    return (f"**{text}**" for text in cells)


def row(cells: Iterable[str]) -> str:
    """Return one row; no text in a cell can end the cell or become markup."""
    return "| " + " | ".join(_escaped(text) for text in cells) + " |"


def _escaped(text: str) -> str:
    """Escape the characters that Markdown or HTML would interpret."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for mark in ("\\", "|", "[", "]", "`"):
        plain = plain.replace(mark, "\\" + mark)
    return plain
