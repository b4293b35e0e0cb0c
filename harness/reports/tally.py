"""Sums up grades: the counts, and the exit code that scripts depend on."""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Final

from midstream.harness.oracle.verdict import Grade

from . import Outcome, Report

EXIT_OK: Final = 0
EXIT_FAILED: Final = 1
EXIT_USAGE: Final = 2
EXIT_NO_VERDICT: Final = 3
EXIT_NON_STRICT: Final = 4
EXIT_INTERRUPTED: Final = 130


def tally(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """Count *outcomes* by grade; every grade is listed, in the order of `Grade`."""
    counts = Counter(outcome.judgement.grade for outcome in outcomes)
    return {grade.value: counts[grade] for grade in Grade}


def exit_code(outcomes: Iterable[Outcome], *, strict: bool = False) -> int:
    """Return the exit code: the worst grade decides.

    FAILED outranks INVALID and INCONCLUSIVE, which outrank NON_STRICT (only with
    *strict*). Without any outcome there is no verdict: nothing passes by default.
    """
    return grades_code({run.judgement.grade for run in outcomes}, strict=strict)


def report_code(report: Report) -> int:
    """Return the exit code of *report*: failures that a baseline lists count as OK."""
    grades = {
        Grade.OK if report.is_known(run) else run.judgement.grade
        for run in report.outcomes
    }
    return grades_code(grades, strict=report.is_strict)


def grades_code(grades: Collection[Grade], *, strict: bool = False) -> int:
    """Return the exit code for the set of *grades* that occurred."""
    if Grade.FAILED in grades:
        return EXIT_FAILED
    if not grades or Grade.INVALID in grades or Grade.INCONCLUSIVE in grades:
        return EXIT_NO_VERDICT
    if strict and Grade.NON_STRICT in grades:
        return EXIT_NON_STRICT
    return EXIT_OK
