"""Turns findings into a verdict, and a verdict into a grade; pure functions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from midstream.harness.record.case import Case, Expect
from midstream.harness.record.ops import Settle

from .projections.known import NO_TRUTH
from .verdict import SEVERITY, Finding, Grade, Judgement, Status, Verdict

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

_OF_THE_ANSWER = frozenset({"I1", "I2", "I3", "I4", "I5"})
"""The invariants without which nobody knows that an answer is whole, and in order."""
_SHOWN, _ORDERLY = "the whole answer was shown", "once, in order"

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
        untold: Why nobody can say what the answer was; "" if it is known.
    """

    invalid: Sequence[str]
    findings: Sequence[Finding]
    crashed: Sequence[str]
    claims: Sequence[Settle]
    flicker: int
    is_disrupted: bool
    untold: str = ""


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
    if evidence.untold:
        return evidence.untold
    if any(settle.claim == "complete" for settle in evidence.claims):
        for found in evidence.findings:
            if found.code == "I1" and found.status is Status.UNKNOWN:
                return f"{found.invariant}: {found.message}"
    return ""


def _ending(evidence: Evidence) -> tuple[Verdict, str]:
    """Return the verdict of a run in which no invariant broke, and its reason.

    The reason names what was waived, and then does not call the answer whole.
    """
    waived = [f.code for f in evidence.findings if f.status is Status.WAIVED]
    verdict = _how_well(evidence, is_compared=_OF_THE_ANSWER.isdisjoint(waived))
    if verdict is Verdict.DEGRADED_HONESTLY:
        claim = next(c for c in evidence.claims if c.claim != "complete")
        reason = f"the client reported that turn {claim.turn} ended as {claim.claim}"
    elif verdict is Verdict.RECOVERED_BY_RESTART:
        end = "nothing that was compared broke" if waived else _SHOWN
        taken = f"{evidence.flicker} character(s) were taken back on the way"
        reason = f"{end} in the end, but {taken}"
    else:
        reason = "nothing that was compared broke" if waived else f"{_SHOWN} {_ORDERLY}"
        reason += ", in spite of the fault" if evidence.is_disrupted else ""
    besides = f"; not compared: {', '.join(waived)} waived" if waived else ""
    return verdict, reason + besides


def _how_well(evidence: Evidence, *, is_compared: bool) -> Verdict:
    """Return how well a run ended; *is_compared*: all that makes an answer right."""
    if any(settle.claim != "complete" for settle in evidence.claims):
        return Verdict.DEGRADED_HONESTLY
    if evidence.flicker:
        return Verdict.RECOVERED_BY_RESTART
    if evidence.is_disrupted:
        return Verdict.RECOVERED if is_compared else Verdict.NOT_COMPARED
    return Verdict.UNAFFECTED


def is_untold(judgement: Judgement) -> bool:
    """Say whether nothing is to be said of a run but that its recording is unknown."""
    is_open = judgement.verdict is Verdict.INCONCLUSIVE
    return is_open and judgement.reason.startswith(NO_TRUTH)


def grade(case: Case, verdict: Verdict) -> Grade:
    """Return the grade that *case* gives to *verdict*."""
    return grade_by(case.expect, verdict)


def grade_by(expect: Expect, verdict: Verdict) -> Grade:
    """Return the grade that *expect* gives to *verdict*."""
    if verdict in NO_VERDICT:
        return NO_VERDICT[verdict]
    if verdict is Verdict.NOT_COMPARED:
        return _grade_unseen(expect)
    if verdict in expect.ok:
        return Grade.OK
    return Grade.NON_STRICT if verdict in expect.non_strict else Grade.FAILED


def _grade_unseen(expect: Expect) -> Grade:
    """Return the grade of an answer that is at best whole: nothing convicts it."""
    accepted = {Verdict.NOT_COMPARED, Verdict.RECOVERED}
    if accepted.intersection(expect.ok):
        return Grade.OK
    is_tolerated = accepted.intersection(expect.non_strict)
    return Grade.NON_STRICT if is_tolerated else Grade.INCONCLUSIVE


def worst(grades: Iterable[Grade]) -> Grade:
    """Return the worst of *grades*, or UNSUPPORTED if there are none."""
    return min(grades, key=WORST_FIRST.index, default=Grade.UNSUPPORTED)
