"""Builds the findings that checkers return; not an invariant."""

from collections.abc import Iterable

from midstream.harness.oracle.checkers import Checker
from midstream.harness.oracle.verdict import Finding, Status, Verdict
from midstream.mock_server.core.registry import name_of

EVIDENCE_MAX = 20


def holds(checker: Checker, message: str, evidence: Iterable[int] = ()) -> Finding:
    """Return a finding that the invariant was tested and held."""
    return Finding(
        invariant=name_of(type(checker)),
        code=checker.code,
        status=Status.HOLDS,
        message=message,
        evidence=tuple(evidence)[:EVIDENCE_MAX],
    )


def unknown(checker: Checker, message: str) -> Finding:
    """Return a finding that nothing could have broken the invariant."""
    return Finding(
        invariant=name_of(type(checker)),
        code=checker.code,
        status=Status.UNKNOWN,
        message=message,
    )


def violated(
    checker: Checker,
    verdict: Verdict,
    message: str,
    evidence: Iterable[int] = (),
    subtype: str = "",
) -> Finding:
    """Return a finding that the invariant was broken, which gives the run *verdict*."""
    return Finding(
        invariant=name_of(type(checker)),
        code=checker.code,
        status=Status.VIOLATED,
        message=message,
        verdict=verdict,
        subtype=subtype,
        evidence=tuple(sorted({*evidence}))[:EVIDENCE_MAX],
    )
