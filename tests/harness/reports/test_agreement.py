from dataclasses import replace

import pytest

from midstream.harness.oracle.verdict import Grade, Verdict
from midstream.harness.reports import Report
from midstream.harness.reports.agreement import agreement_lines, all_cells
from midstream.harness.reports.terminal import ending
from tests.harness.reports.helpers_reports import FakeOutcome, judged, report

RIGHT, HUNG = Verdict.RECOVERED, Verdict.HUNG


def repeats(*verdicts: Verdict, asked: int | None = None) -> Report:
    """Return a report on one cell whose runs had *verdicts*."""
    grades = {RIGHT: Grade.OK, Verdict.INVALID: Grade.INVALID}
    runs = [FakeOutcome(judged(grades.get(v, Grade.FAILED), v)) for v in verdicts]
    return replace(report(*runs), repeat=asked or len(verdicts))


AGREEING = {
    "all alike": (repeats(HUNG, HUNG, HUNG), "1 of 1 cells agree in all 3 repeats"),
    "one is not": (repeats(HUNG, RIGHT, HUNG), "0 of 1 cells agree in all 3 repeats"),
    "cut short": (repeats(HUNG, asked=3), "0 of 1 cells agree in all 3 repeats"),
}


@pytest.mark.parametrize(("given", "line"), AGREEING.values(), ids=AGREEING)
def test_a_cell_agrees_if_all_its_repeats_do(given: Report, line: str) -> None:
    """One other verdict, or a repeat that was never run, is no agreement."""
    assert agreement_lines(given)[0] == f"agreement: {line}"


def test_what_was_found_in_a_cell_that_does_not_agree_is_said() -> None:
    """The most frequent verdict comes first; of equals, the worst."""
    _, line = agreement_lines(repeats(RIGHT, HUNG, HUNG, Verdict.CORRUPTED))
    assert line == "  naive  midstream/cut: 2 HUNG, 1 CORRUPTED, 1 RECOVERED"


def test_of_runs_that_were_not_repeated_nothing_is_said() -> None:
    """One run agrees with itself, which is no news."""
    assert agreement_lines(repeats(HUNG)) == []


def test_each_verdict_is_explained_once() -> None:
    """Ninety-seven explanations of one failure are one."""
    text = "\n".join(ending(repeats(HUNG, HUNG, RIGHT, HUNG, Verdict.INVALID)))
    assert text.count("✗ FAILED  HUNG") == 1
    assert text.count("! INVALID  INVALID") == 1
    assert "5 runs: 1 OK, 0 NON_STRICT, 3 FAILED, 1 INVALID" in text


def test_the_worst_run_stands_for_its_cell_where_only_one_counts() -> None:
    """A failure that occurs once in a hundred is one."""
    (cell,) = all_cells(repeats(RIGHT, RIGHT, Verdict.INVALID, HUNG))
    assert cell.worst.judgement.verdict is HUNG
    assert cell.telling[0].judgement.verdict is RIGHT
