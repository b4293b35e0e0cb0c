"""How findings become a verdict, and a verdict a grade; pure functions of values."""

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
"""How a reason begins that lets a client off, and takes nothing from one that came
through all the same."""

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
"""The order in which grades outrank each other when several are summed up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """All that the headline rests on.

    Attributes:
        invalid: What makes the run prove nothing.
        findings: The checkers' answers.
        crashed: The names of the checkers that failed themselves.
        claims: The client's first claim of each turn.
        flicker: How many characters were shown and taken back.
        is_disrupted: Whether a fault fired by which something can be lost.
    """

    invalid: Sequence[str]
    findings: Sequence[Finding]
    crashed: Sequence[str]
    claims: Sequence[Settle]
    flicker: int
    is_disrupted: bool


def headline(seen: Seen) -> tuple[Verdict, str]:
    """Return the verdict and, in words, what it rests on.

    Without proof there is no verdict; then the worst violation counts; then what
    could not be judged; then how well it ended.
    """
    hard = [reason for reason in seen.invalid if not reason.startswith(OVERLOADED)]
    if hard:
        return Verdict.INVALID, "; ".join(hard)
    verdict, reason = _judged(seen)
    if seen.invalid and verdict not in UNSHAKEN:
        return Verdict.INVALID, "; ".join(seen.invalid)
    return verdict, reason


def _judged(seen: Seen) -> tuple[Verdict, str]:
    """Return the verdict of a run that proves something, and what it rests on."""
    broken = [found for found in seen.findings if found.status is Status.VIOLATED]
    if broken:
        worst = min(broken, key=lambda found: SEVERITY.index(_verdict(found)))
        return _verdict(worst), worst.message
    doubt = _doubt(seen)
    if doubt:
        return Verdict.INCONCLUSIVE, doubt
    return _ending(seen)


def _verdict(found: Finding) -> Verdict:
    """Return what a violation makes of the run; one that says nothing, CORRUPTED."""
    return found.verdict or Verdict.CORRUPTED


def _doubt(seen: Seen) -> str:
    """Return what keeps the run from being judged, or ""."""
    if seen.crashed:
        return f"the checker {seen.crashed[0]} failed, so nothing is certain"
    for found in seen.findings:
        if found.code == "I8" and found.status is Status.UNKNOWN:
            return f"{found.invariant}: {found.message}"
    if not seen.claims:
        return "the client never said how a turn ended"
    if any(settle.claim == "complete" for settle in seen.claims):
        for found in seen.findings:
            if found.code == "I1" and found.status is Status.UNKNOWN:
                return f"{found.invariant}: {found.message}"
    return ""


def _ending(seen: Seen) -> tuple[Verdict, str]:
    """Return how well a run ended in which every invariant held."""
    lesser = [settle for settle in seen.claims if settle.claim != "complete"]
    if lesser:
        claim = lesser[0]
        message = f"turn {claim.turn} ended as {claim.claim}, as the client says"
        return Verdict.DEGRADED_HONESTLY, message
    if seen.flicker:
        message = f"whole in the end, but {seen.flicker} character(s) were taken back"
        return Verdict.RECOVERED_BY_RESTART, message
    if seen.is_disrupted:
        return Verdict.RECOVERED, "whole, once, in order, in spite of the fault"
    return Verdict.UNAFFECTED, "whole, once, in order"


def grade(case: Case, verdict: Verdict) -> Grade:
    """Return what the scenario makes of *verdict*."""
    return grade_by(case.expect, verdict)


def grade_by(expect: Expect, verdict: Verdict) -> Grade:
    """Return what becomes of *verdict* where *expect* is expected."""
    if verdict in NO_VERDICT:
        return NO_VERDICT[verdict]
    if verdict in expect.ok:
        return Grade.OK
    return Grade.NON_STRICT if verdict in expect.non_strict else Grade.FAILED


def worst(grades: Iterable[Grade]) -> Grade:
    """Return the grade that outranks all others; of none at all, UNSUPPORTED."""
    return min(grades, key=WORST_FIRST.index, default=Grade.UNSUPPORTED)
