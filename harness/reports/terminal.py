"""Results as plain lines for a person at a terminal or in a CI log. Prints nothing."""

from collections.abc import Iterable, Sequence
from typing import Final

from midstream.harness.plain_text import columns, neutral
from midstream.harness.reports.baseline import Comparison

from . import Outcome, Report
from .agreement import agreement_lines, telling
from .explain import explanation, needs_explanation
from .grid import grid, legend
from .tally import tally
from .words import SYMBOLS, seconds

_GRADE_WIDTH: Final = len("INCONCLUSIVE")
_VERDICT_WIDTH: Final = len("RECOVERED_BY_RESTART")


def run_line(number: int, total: int, outcome: Outcome, client: str = "") -> str:
    """Return the line of the *number*-th finished run of *total*.

    *client* is named where there are several.
    """
    said = outcome.judgement
    count = f"[{number:{len(str(total))}}/{total}]"
    grade = f"{SYMBOLS[said.grade]} {said.grade:<{_GRADE_WIDTH}}"
    verdict = f"{said.verdict:<{_VERDICT_WIDTH}}"
    words = (count, grade, verdict, client, said.scenario, seconds(outcome.duration_s))
    return "  ".join(neutral(word) for word in words if word)


def summary_line(outcomes: Sequence[Outcome]) -> str:
    """Return all counts in one line: "52 runs: 48 OK, 4 NON_STRICT, 0 FAILED, …"."""
    counts = ", ".join(f"{count} {grade}" for grade, count in tally(outcomes).items())
    return f"{len(outcomes)} {'run' if len(outcomes) == 1 else 'runs'}: {counts}"


def ending(report: Report) -> list[str]:
    """Return what stands below the finished runs: failures, summary, report's place."""
    lines: list[str] = []
    for outcome in telling(report):
        if needs_explanation(outcome, report):
            lines += ["", *explanation(outcome, report)]
    lines += baseline_lines(report.comparison)
    return [*lines, "", *_summaries(report), f"report: {neutral(str(report.out))}"]


def baseline_lines(comparison: Comparison) -> list[str]:
    """Return how the cells that a baseline lists have fared, a line each."""
    said = (
        ("known", comparison.known, "{verdict}: {reason}"),
        ("fixed", comparison.fixed, "no longer {verdict}: remove it from the baseline"),
        ("changed", comparison.changed, "another failure than the known {verdict}"),
    )
    lines = [
        neutral(
            f"{word}: {cell.client}  {cell.scenario}  "
            + text.format(verdict=cell.verdict, reason=cell.reason)
        )
        for word, cells, text in said
        for cell in cells.values()
    ]
    return ["", *lines] if lines else []


def matrix(report: Report) -> list[str]:
    """Return the table of clients and scenarios, its totals, and what is below it."""
    cells = grid(report)
    rows = [cells.header, (), *cells.rows, (), *cells.totals]
    return [*columns(rows), *below(report)]


def below(report: Report) -> list[str]:
    """Return what a table's marks mean, and how far the repeats agree."""
    lines = [*legend(report), *agreement_lines(report)]
    return ["", *lines] if lines else []


def _summaries(report: Report) -> Iterable[str]:
    """Return one summary a client; its name stands there where there are several."""
    for results in report.results:
        name = f"{neutral(results.client.name)}: " if len(report.results) > 1 else ""
        yield name + summary_line(results.outcomes)
