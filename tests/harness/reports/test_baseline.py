import pytest

from midstream.harness.oracle.verdict import Grade, Verdict
from midstream.harness.reports.baseline import (
    UNEXPLAINED,
    Comparison,
    compare,
    rewritten,
)
from midstream.harness.reports.baseline_file import Baseline, KnownCell
from tests.harness.reports.helpers_reports import judged

CELL = KnownCell(
    client="naive",
    scenario="midstream/cut",
    verdict=Verdict.DUPLICATED,
    reason="upstream bug",
)
LISTED = Baseline(known=(CELL,))
HERE = {CELL.place: CELL}
STANDINGS = {
    "the same failure is known": (
        Grade.FAILED, Verdict.DUPLICATED, Comparison(known=HERE),
    ),
    "another failure has changed": (
        Grade.FAILED, Verdict.HUNG, Comparison(changed=HERE),
    ),
    "a pass is fixed": (Grade.OK, Verdict.RECOVERED, Comparison(fixed=HERE)),
    "the same verdict, wanted by now, is fixed": (
        Grade.OK, Verdict.DUPLICATED, Comparison(fixed=HERE),
    ),
    "tolerated is better than failed": (
        Grade.NON_STRICT, Verdict.DEGRADED_HONESTLY, Comparison(fixed=HERE),
    ),
    "what was listed with --strict stays known": (
        Grade.NON_STRICT, Verdict.DUPLICATED, Comparison(known=HERE),
    ),
    "what proves nothing is not fixed": (
        Grade.INVALID, Verdict.INVALID, Comparison(),
    ),
    "what cannot be asked is not fixed": (
        Grade.UNSUPPORTED, Verdict.UNSUPPORTED, Comparison(),
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("grade", "verdict", "expected"), STANDINGS.values(), ids=STANDINGS
)
def test_a_listed_cell_is_known_fixed_or_changed(
    grade: Grade, verdict: Verdict, expected: Comparison
) -> None:
    """Only what is bad in the very way that is listed counts as known."""
    assert compare(LISTED, [judged(grade, verdict)]) == expected


def test_strict_makes_another_tolerated_verdict_a_change() -> None:
    """With --strict NON_STRICT is bad, so a different one is a different failure."""
    said = judged(Grade.NON_STRICT, Verdict.DEGRADED_HONESTLY)
    assert compare(LISTED, [said], strict=True) == Comparison(changed=HERE)


@pytest.mark.parametrize(
    "said",
    [
        judged(Grade.FAILED, Verdict.DUPLICATED, client="other"),
        judged(Grade.FAILED, Verdict.DUPLICATED, scenario="midstream/other"),
    ],
    ids=["another client", "another scenario"],
)
def test_a_cell_that_is_not_listed_is_nothing_to_the_baseline(said: object) -> None:
    """A new failure stays a failure; what was not run is no news."""
    assert compare(LISTED, [said]) == Comparison()  # type: ignore[list-item]


def test_new_failures_are_listed_with_a_reason_to_be_written() -> None:
    """What is written for the first time says that nobody has looked."""
    said = judged(Grade.FAILED, Verdict.HUNG, scenario="a/b")
    (first, second) = rewritten(LISTED, [said]).known
    assert first == KnownCell(
        client="naive", scenario="a/b", verdict=Verdict.HUNG, reason=UNEXPLAINED
    )
    assert second == CELL


REWRITES = {
    "a reason is kept": (judged(Grade.FAILED, Verdict.DUPLICATED), ("upstream bug",)),
    "a new verdict needs a new reason": (
        judged(Grade.FAILED, Verdict.HUNG), (UNEXPLAINED,),
    ),
    "what is fixed goes": (judged(Grade.OK), ()),
    "what proves nothing stays": (
        judged(Grade.INVALID, Verdict.INVALID), ("upstream bug",),
    ),
    "what was not run stays": (judged(Grade.OK, scenario="x/y"), ("upstream bug",)),
}  # fmt: skip


@pytest.mark.parametrize(("said", "reasons"), REWRITES.values(), ids=REWRITES)
def test_a_rewritten_file_keeps_what_people_wrote(
    said: object, reasons: tuple[str, ...]
) -> None:
    """A reason lives as long as the verdict that it explains."""
    after = rewritten(LISTED, [said])  # type: ignore[list-item]
    assert tuple(cell.reason for cell in after.known) == reasons


def test_tolerated_cells_are_listed_with_strict_only() -> None:
    """The file lists what would fail, no more."""
    said = [judged(Grade.NON_STRICT, Verdict.DEGRADED_HONESTLY)]
    assert rewritten(Baseline(), said).known == ()
    assert len(rewritten(Baseline(), said, strict=True).known) == 1
