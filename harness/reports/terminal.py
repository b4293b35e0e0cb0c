"""Results as plain lines for a person at a terminal or in a CI log. Prints nothing."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from midstream.harness.oracle.verdict import Grade, Status
from midstream.harness.plain_text import columns, neutral
from midstream.harness.reports.baseline import Comparison

from . import Outcome, Report
from .agreement import agreement_lines, telling
from .explain import explanation, needs_explanation
from .grid import grid, legend
from .meanings import GRADES
from .tally import tally
from .words import SYMBOLS, seconds

_GRADE_WIDTH: Final = len("INCONCLUSIVE")
_VERDICT_WIDTH: Final = len("RECOVERED_BY_RESTART")


def run_line(number: int, total: int, outcome: Outcome, client: str = "") -> str:
    """Return the line of the *number*-th finished run of *total*.

    The line names *client* unless it is empty.
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
    """Return the lines below the finished runs: failures, summary, report directory."""
    lines: list[str] = []
    for outcome in telling(report):
        if needs_explanation(outcome, report):
            lines += ["", *explanation(outcome, report)]
    lines += baseline_lines(report.comparison)
    lines += ["", *_summaries(report), *grade_lines(report.outcomes)]
    lines += waived_lines(report.outcomes)
    return [*lines, f"report: {neutral(str(report.out))}"]


def grade_lines(outcomes: Iterable[Outcome]) -> list[str]:
    """Return a line for each grade that occurs and needs an explanation.

    OK and FAILED need none. What clients cannot be asked for is counted by reason.
    """
    said = [outcome.judgement for outcome in outcomes]
    found = {each.grade for each in said}
    lines = [
        f"{SYMBOLS[grade]} {grade}: {meaning}"
        for grade, meaning in GRADES.items()
        if grade in found - {Grade.OK, Grade.FAILED}
    ]
    reasons = Counter(each.reason for each in said if each.grade is Grade.UNSUPPORTED)
    return [*lines, *(f"    {neutral(reason)} ({n})" for reason, n in reasons.items())]


def waived_lines(outcomes: Iterable[Outcome]) -> list[str]:
    """Return a line for each scenario of which a part is not judged: "s: I1 waived"."""
    lines: dict[str, None] = {}
    for said in (outcome.judgement for outcome in outcomes):
        codes = [f.code for f in said.findings if f.status is Status.WAIVED]
        if codes:
            words = f"not compared: {said.scenario}: {', '.join(codes)} waived"
            lines[neutral(words)] = None
    return list(lines)


def baseline_lines(comparison: Comparison) -> list[str]:
    """Return what became of the cells that a baseline lists, a line for each."""
    groups = (
        ("known", comparison.known, "{verdict}: {reason}"),
        ("fixed", comparison.fixed, "no longer {verdict}: remove it from the baseline"),
        ("changed", comparison.changed, "another failure than the known {verdict}"),
    )
    lines = [
        neutral(
            f"{word}: {cell.client}  {cell.scenario}  "
            + text.format(verdict=cell.verdict, reason=cell.reason)
        )
        for word, cells, text in groups
        for cell in cells.values()
    ]
    return ["", *lines] if lines else []


def matrix(report: Report) -> list[str]:
    """Return the table of clients and scenarios, its totals, and its legend."""
    cells = grid(report)
    rows = [cells.header, (), *cells.rows, (), *cells.totals]
    return [*columns(rows), *below(report)]


def below(report: Report) -> list[str]:
    """Return the meaning of a table's marks, and how many cells agree."""
    lines = [*legend(report), *agreement_lines(report)]
    return ["", *lines] if lines else []


def _summaries(report: Report) -> Iterable[str]:
    """Return one summary for each client, with its name if there are several."""
    for results in report.results:
        name = f"{neutral(results.client.name)}: " if len(report.results) > 1 else ""
        yield name + summary_line(results.outcomes)
