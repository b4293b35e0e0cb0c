"""The judge of one run: records in, judgement out, in a single pass.

Pure: the same records give the same bytes, from a live run or a stored one. It
knows the invariants and the proofs by their registries only. Its memory does not grow
with the length of an answer that is shown correctly and was planned in advance.
"""

from collections.abc import Iterable, Sequence
from functools import cache

import msgspec

from midstream.harness.errors import HistoryError, ProjectionError
from midstream.harness.record.case import Case
from midstream.harness.record.dispatch import Dispatcher
from midstream.harness.record.history import CaseBegin, Record

from .checkers import CHECKERS, Checker
from .explain import explain
from .grading import Evidence, grade, headline
from .measures import Measures
from .projections.shared import Projections
from .text_measures import TextMeasures, measure_text
from .transport_retry import TransportRetry
from .validity import Validity
from .verdict import Finding, Judgement, Status

__all__ = ["Oracle", "encode", "explain", "judge"]


def judge(records: Iterable[Record]) -> Judgement:
    """Judge the run whose history is *records*, reading them once.

    Raises:
        HistoryError: The first record is not ``case.begin``.
    """
    rest = iter(records)
    first = next(rest, None)
    if first is None or not isinstance(first.body, CaseBegin):
        raise HistoryError("a history begins with the record case.begin; this does not")
    oracle = Oracle(first.body.case)
    oracle.feed(first)
    for record in rest:
        oracle.feed(record)
    return oracle.finish()


def encode(judgement: Judgement) -> bytes:
    """Return *judgement* as ``verdict.json`` holds it: the same bytes every time."""
    data = msgspec.json.encode(judgement, order="sorted")
    return msgspec.json.format(data, indent=2) + b"\n"


class _RunningChecker:
    """One checker, and the exception that it raised, if any."""

    def __init__(self, name: str, checker: Checker) -> None:
        self.name, self.checker = name, checker
        self.failure: Exception | None = None

    def fail(self, error: Exception) -> None:
        self.failure = error

    def finish(self) -> Finding:
        """Return the checker's answer, or UNKNOWN if it raised."""
        if self.failure is None:
            try:
                return self.checker.answer()
            except Exception as error:  # noqa: BLE001  # never a pass, never the end
                self.failure = error
        return Finding(
            invariant=self.name,
            code=self.checker.code,
            status=Status.UNKNOWN,
            message=f"the checker failed: {self.failure!r}",
        )


class Oracle:
    """Judges one run while it happens: `feed` it each record, then `finish` it."""

    def __init__(self, case: Case) -> None:
        """Prepare for the history of *case*, whose first record is ``case.begin``."""
        self._case = case
        self._dispatcher, self._projections = Dispatcher(), Projections()
        self._validity, self._measures = Validity(case), Measures()
        self._resending = TransportRetry(case)
        self._excused: list[Finding] = []
        self._running: list[_RunningChecker] = []
        self._projections.join(self._dispatcher)
        self._validity.join(self._dispatcher)
        self._dispatcher.join(self._measures.handlers(), self._validity.lose)
        self._dispatcher.join(self._resending.handlers(), self._validity.lose)
        for name, kind in _checkers():
            self._start(name, kind)

    def _start(self, name: str, kind: type[Checker]) -> None:
        """Start a checker, or excuse it if it does not judge this case."""
        excuse = _excuse(name, kind, self._case)
        if excuse is not None:
            self._excused.append(excuse)
            return
        running = _RunningChecker(name, kind(self._projections))
        self._running.append(running)
        self._dispatcher.join(running.checker.handlers(), running.fail)

    def feed(self, record: Record) -> None:
        """Hand *record* to all projections, checkers and proofs."""
        self._dispatcher.feed(record)

    def finish(self) -> Judgement:
        """Return the judgement; called once, after the last record."""
        case, text = self._case, self._text()
        findings = self._findings()
        reports, invalid = self._validity.finish(self._dispatcher.last)
        evidence = Evidence(
            invalid=invalid,
            findings=findings,
            crashed=[running.name for running in self._running if running.failure],
            claims=text.claims,
            flicker=text.flicker,
            is_disrupted=any(
                fault.disruptive and report.fired
                for fault, report in zip(case.faults, reports, strict=True)
            ),
            untold=self._untold(),
        )
        verdict, reason = headline(evidence)
        return Judgement(
            scenario=case.scenario,
            seed=case.seed,
            client=case.client.name,
            verdict=verdict,
            grade=grade(case, verdict),
            reason=reason,
            findings=tuple(findings),
            faults=reports,
            timing=self._measures.timing(),
            server=self._measures.counts(),
            live=text.live,
            final=text.final,
            flicker=text.flicker,
            tokens=text.tokens,
            resent=self._resending.found(),
        )

    def _untold(self) -> str:
        """Return why nobody can say what the answer was, or ""."""
        try:
            return self._projections.known.lacks("text")
        except ProjectionError:
            return ""

    def _text(self) -> TextMeasures:
        """Return the text measures; empty ones if a projection they need failed."""
        try:
            return measure_text(self._projections)
        except ProjectionError:
            return TextMeasures()

    def _findings(self) -> Sequence[Finding]:
        """Return the findings of all invariants, sorted by number."""
        found = [*self._excused, *(running.finish() for running in self._running)]
        found = [self._resending.attributed(finding) for finding in found]
        return sorted(found, key=lambda finding: _number(finding.code))


@cache
def _checkers() -> tuple[tuple[str, type[Checker]], ...]:
    """Return all checkers by name; cached, since they are the same for each run."""
    return tuple((name, CHECKERS[name]) for name in CHECKERS)


def _number(code: str) -> tuple[str, int]:
    """Return a sort key that puts "I2" before "I12"."""
    return code[:1], int(code[1:])


def _excuse(name: str, checker: type[Checker], case: Case) -> Finding | None:
    """Return the finding of a checker that does not judge *case*, else None."""
    reason = case.waived.get(name, case.waived.get(checker.code))
    if reason is not None:
        status, message = Status.WAIVED, reason
    elif case.client.level < checker.level:
        status = Status.UNSUPPORTED
        message = (
            f"this needs a client of level {checker.level} or more; the client has"
            f" level {case.client.level}"
        )
    else:
        return None
    return Finding(invariant=name, code=checker.code, status=status, message=message)
