"""Plain tables: words to the left, numbers to the right. No I/O."""

from collections.abc import Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return *rows* below *head* in aligned columns, the first one to the left.

    Raises:
        ValueError: A row has another number of cells than *head*.
    """
    lines = [head, *rows]
    columns = list(zip(*lines, strict=True))
    widths = [max(map(len, column)) for column in columns]
    return "\n".join(_line(cells, widths) for cells in lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Return one row, indented, without blanks at its end."""
    first, *rest = (
        cell.rjust(width) if place else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  " + "  ".join((first, *rest)).rstrip()
