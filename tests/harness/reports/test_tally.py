import pytest

from midstream.harness.oracle.verdict import Grade
from midstream.harness.reports.tally import exit_code, tally
from tests.harness.reports.helpers_reports import graded

OK, NON_STRICT, FAILED = Grade.OK, Grade.NON_STRICT, Grade.FAILED
INVALID, INCONCLUSIVE = Grade.INVALID, Grade.INCONCLUSIVE
UNSUPPORTED = Grade.UNSUPPORTED

CODES = {
    "all OK": ([OK, OK], 0, 0),
    "NON_STRICT is allowed unless strict": ([OK, NON_STRICT], 0, 4),
    "any FAILED": ([OK, FAILED, OK], 1, 1),
    "FAILED outranks INVALID": ([INVALID, FAILED], 1, 1),
    "FAILED outranks INCONCLUSIVE": ([FAILED, INCONCLUSIVE], 1, 1),
    "FAILED outranks NON_STRICT": ([NON_STRICT, FAILED], 1, 1),
    "INVALID": ([OK, INVALID], 3, 3),
    "INCONCLUSIVE": ([OK, INCONCLUSIVE], 3, 3),
    "INVALID outranks NON_STRICT": ([NON_STRICT, INVALID], 3, 3),
    "INCONCLUSIVE outranks NON_STRICT": ([INCONCLUSIVE, NON_STRICT], 3, 3),
    "UNSUPPORTED alone": ([UNSUPPORTED], 0, 0),
    "UNSUPPORTED does not hide a failure": ([UNSUPPORTED, FAILED], 1, 1),
    "no run at all proves nothing": ([], 3, 3),
}


@pytest.mark.parametrize(("grades", "code", "strict"), CODES.values(), ids=CODES)
def test_the_worst_grade_decides(grades: list[Grade], code: int, strict: int) -> None:
    """The exit code is that of the worst grade, with and without --strict."""
    assert exit_code(graded(*grades)) == code
    assert exit_code(graded(*grades), strict=True) == strict


def test_every_grade_is_counted_zero_included() -> None:
    """A summary names every grade, so that a reader need not know them."""
    assert tally(graded(OK, FAILED, OK)) == {
        "OK": 2,
        "NON_STRICT": 0,
        "FAILED": 1,
        "INVALID": 0,
        "INCONCLUSIVE": 0,
        "UNSUPPORTED": 0,
    }
