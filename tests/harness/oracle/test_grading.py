import pytest

from midstream.harness.oracle.grading import grade, worst
from midstream.harness.oracle.verdict import Grade, Verdict
from midstream.harness.record.case import Expect
from tests.harness.helpers_history import begin

CASE = begin(expect=Expect(ok=("RECOVERED",), non_strict=("DEGRADED_HONESTLY",))).case


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (Verdict.RECOVERED, Grade.OK),
        (Verdict.DEGRADED_HONESTLY, Grade.NON_STRICT),
        (Verdict.UNAFFECTED, Grade.FAILED),
        (Verdict.SILENT_TRUNCATION, Grade.FAILED),
        (Verdict.INVALID, Grade.INVALID),
        (Verdict.INCONCLUSIVE, Grade.INCONCLUSIVE),
        (Verdict.UNSUPPORTED, Grade.UNSUPPORTED),
    ],
)
def test_the_scenario_grades_the_verdict(verdict: Verdict, expected: Grade) -> None:
    """What is not expected has failed; what is no verdict stays none."""
    assert grade(CASE, verdict) is expected


def test_what_is_no_verdict_cannot_be_expected() -> None:
    """A scenario cannot make an INVALID run pass."""
    case = begin(expect=Expect(ok=("INVALID", "INCONCLUSIVE"))).case
    assert grade(case, Verdict.INVALID) is Grade.INVALID


@pytest.mark.parametrize(
    ("ok", "non_strict", "expected"),
    [
        (("UNAFFECTED", "RECOVERED"), (), Grade.OK),
        (("NOT_COMPARED",), (), Grade.OK),
        (("UNAFFECTED",), ("RECOVERED",), Grade.NON_STRICT),
        (("DEGRADED_HONESTLY",), (), Grade.INCONCLUSIVE),
    ],
    ids=["recovered", "by name", "tolerated", "honesty alone"],
)
def test_what_was_not_compared_passes_where_the_whole_would(
    ok: tuple[str, ...], non_strict: tuple[str, ...], expected: Grade
) -> None:
    """Elsewhere it is open whether it does; it convicts nowhere."""
    case = begin(expect=Expect(ok=ok, non_strict=non_strict)).case
    assert grade(case, Verdict.NOT_COMPARED) is expected


@pytest.mark.parametrize(
    ("grades", "expected"),
    [
        ([Grade.OK, Grade.INVALID, Grade.FAILED], Grade.FAILED),
        ([Grade.OK, Grade.INVALID, Grade.NON_STRICT], Grade.INVALID),
        ([Grade.INCONCLUSIVE, Grade.NON_STRICT], Grade.INCONCLUSIVE),
        ([Grade.OK, Grade.NON_STRICT], Grade.NON_STRICT),
        ([Grade.OK, Grade.UNSUPPORTED], Grade.OK),
        ([], Grade.UNSUPPORTED),
    ],
)
def test_the_worst_grade_counts(grades: list[Grade], expected: Grade) -> None:
    """The unknown never hides a failure, and never counts as success."""
    assert worst(grades) is expected
