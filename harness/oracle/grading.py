"""Turns findings into a verdict, and a verdict into a grade; pure functions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from midstream.harness.record.case import Case, Expect
from midstream.harness.record.ops import Settle

from .verdict import SEVERITY, Finding, Grade, Status, Verdict

NO_VERDICT = {
    Verdict.INVALID: Grade.INVALID,
    Verdict.INCONCLUSIVE: Grade.INCONCLUSIVE,
    Verdict.UNSUPPORTED: Grade.UNSUPPORTED,
}

OVERLOADED = "OVERLOADED"
"""How the reason begins if the machine was too busy. It makes a failed run INVALID, but
a run in which the client got the whole answer keeps its verdict."""

UNSHAKEN = frozenset(
    {Verdict.UNAFFECTED, Verdict.RECOVERED, Verdict.RECOVERED_BY_RESTART}
)

WORST_FIRST = (
    Grade.FAILED,
    Grade.INVALID,
    Grade.INCONCLUSIVE,
    Grade.NON_STRICT,
    Grade.OK,
    Grade.UNSUPPORTED,
)
"""The order of grades when several are summed up; the worst counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything that a verdict is based on.

    Attributes:
        invalid: The reasons why the run proves nothing.
        findings: The checkers' answers.
        crashed: The names of the checkers that raised.
        claims: The client's first claim for each turn.
        flicker: How many characters were shown and taken back.
        is_disrupted: Whether a fault fired that can make a client lose something.
    """

    invalid: Sequence[str]
    findings: Sequence[Finding]
    crashed: Sequence[str]
    claims: Sequence[Settle]
    flicker: int
    is_disrupted: bool


def headline(evidence: Evidence) -> tuple[Verdict, str]:
    """Return the verdict and its reason in words.

    A run that proves nothing is INVALID. Otherwise the worst violation counts; without
    one, whatever could not be judged; and failing that, how well the run ended.
    """
    hard = [reason for reason in evidence.invalid if not reason.startswith(OVERLOADED)]
    if hard:
        return Verdict.INVALID, "; ".join(hard)
    verdict, reason = _judged(evidence)
    if evidence.invalid and verdict not in UNSHAKEN:
        return Verdict.INVALID, "; ".join(evidence.invalid)
    return verdict, reason


def _judged(evidence: Evidence) -> tuple[Verdict, str]:
    """Return the verdict of a run that proves something, and its reason."""
    broken = [found for found in evidence.findings if found.status is Status.VIOLATED]
    if broken:
        worst = min(broken, key=lambda found: SEVERITY.index(_verdict(found)))
        return _verdict(worst), worst.message
    doubt = _doubt(evidence)
    if doubt:
        return Verdict.INCONCLUSIVE, doubt
    return _ending(evidence)


def _verdict(found: Finding) -> Verdict:
    """Return the verdict of a violation; CORRUPTED if it names none."""
    return found.verdict or Verdict.CORRUPTED


def _doubt(evidence: Evidence) -> str:
    """Return why the run cannot be judged, or ""."""
    if evidence.crashed:
        return f"the checker {evidence.crashed[0]} failed, so nothing is certain"
    for found in evidence.findings:
        if found.code == "I8" and found.status is Status.UNKNOWN:
            return f"{found.invariant}: {found.message}"
    if not evidence.claims:
        return "the client never said how a turn ended"
    if any(settle.claim == "complete" for settle in evidence.claims):
        for found in evidence.findings:
            if found.code == "I1" and found.status is Status.UNKNOWN:
                return f"{found.invariant}: {found.message}"
    return ""


def _ending(evidence: Evidence) -> tuple[Verdict, str]:
    """Return the verdict of a run in which every invariant held, and its reason."""
    lesser = [settle for settle in evidence.claims if settle.claim != "complete"]
    if lesser:
        claim = lesser[0]
        message = f"the client reported that turn {claim.turn} ended as {claim.claim}"
        return Verdict.DEGRADED_HONESTLY, message
    if evidence.flicker:
        message = (
            "the whole answer was shown in the end, but"
            f" {evidence.flicker} character(s) were taken back on the way"
        )
        return Verdict.RECOVERED_BY_RESTART, message
    if evidence.is_disrupted:
        reason = "the whole answer was shown once, in order, in spite of the fault"
        return Verdict.RECOVERED, reason
    return Verdict.UNAFFECTED, "the whole answer was shown once, in order"


def grade(case: Case, verdict: Verdict) -> Grade:
    """Return the grade that *case* gives to *verdict*."""
    return grade_by(case.expect, verdict)


def grade_by(expect: Expect, verdict: Verdict) -> Grade:
    """Return the grade that *expect* gives to *verdict*."""
    if verdict in NO_VERDICT:
        return NO_VERDICT[verdict]
    if verdict in expect.ok:
        return Grade.OK
    return Grade.NON_STRICT if verdict in expect.non_strict else Grade.FAILED


def worst(grades: Iterable[Grade]) -> Grade:
    """Return the worst of *grades*, or UNSUPPORTED if there are none."""
    return min(grades, key=WORST_FIRST.index, default=Grade.UNSUPPORTED)
