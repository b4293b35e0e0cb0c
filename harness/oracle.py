"""The judge of one run: records in, judgement out, in a single pass.

Pure: the same records give the same bytes, from a live run or a stored one. It
knows the invariants and the proofs by their registries only.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from .case import Case
from .checkers import CHECKERS, Checker
from .errors import HistoryError
from .explain import explain
from .grading import Seen, grade, headline
from .history import CaseBegin, Record
from .measures import MEASURED_RECORDS, Measures
from .resent import Resending
from .validity import Validity
from .verdict import Finding, Judgement, Status

__all__ = ["encode", "explain", "judge"]


def judge(records: Iterable[Record]) -> Judgement:
    """Judge the run that *records* are the history of, reading them once.

    Raises:
        HistoryError: The first record does not say what the run was meant to be.
    """
    rest = iter(records)
    first = next(rest, None)
    if first is None or not isinstance(first.body, CaseBegin):
        raise HistoryError("a history begins with the record case.begin; this does not")
    return _Bench(first.body.case).judge(_chain(first, rest))


def encode(judgement: Judgement) -> bytes:
    """Return *judgement* as ``verdict.json`` holds it: the same bytes every time."""
    data = msgspec.json.encode(judgement, order="sorted")
    return msgspec.json.format(data, indent=2) + b"\n"


def _chain(first: Record, rest: Iterator[Record]) -> Iterator[Record]:
    """Yield *first*, then *rest*."""
    yield first
    yield from rest


class _Seat:
    """One checker, and whether it failed itself."""

    def __init__(self, name: str, checker: Checker) -> None:
        self.name, self.checker = name, checker
        self.failure: Exception | None = None

    def finish(self) -> Finding:
        """Return the checker's answer; of one that failed, UNKNOWN."""
        if self.failure is None:
            try:
                return self.checker.finish()
            except Exception as error:  # noqa: BLE001  # never a pass, never the end
                self.failure = error
        return Finding(
            invariant=self.name,
            code=self.checker.code,
            status=Status.UNKNOWN,
            message=f"the checker failed: {self.failure!r}",
        )


class _Bench:
    """All checkers and proofs that judge one case."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.excused: dict[str, Finding] = {}
        self.seats: list[_Seat] = []
        for name in CHECKERS:
            excuse = _excuse(name, CHECKERS[name], case)
            if excuse:
                self.excused[name] = excuse
            else:
                self.seats.append(_Seat(name, CHECKERS[name]()))
        self.validity, self.measures = Validity(case), Measures()
        self.resending = Resending(case)

    def judge(self, records: Iterable[Record]) -> Judgement:
        """Feed everybody, then put the answers together."""
        routes = self._routes()
        for record in records:
            self.validity.feed(record)
            if type(record.body) in MEASURED_RECORDS:
                self.measures.feed(record)
            self.resending.feed(record)
            for seat, feed in routes.get(type(record.body), ()):
                if seat.failure is None:
                    try:
                        feed(record)
                    except Exception as error:  # noqa: BLE001  # UNKNOWN, see finish
                        seat.failure = error
        return self._judgement()

    def _routes(
        self,
    ) -> dict[type, list[tuple[_Seat, Callable[[Record], None]]]]:
        """Return who is fed which kind of record."""
        routes: dict[type, list[tuple[_Seat, Callable[[Record], None]]]] = {}
        for seat in self.seats:
            for kind in dict.fromkeys(seat.checker.reads):
                routes.setdefault(kind, []).append((seat, seat.checker.feed))
        return routes

    def _judgement(self) -> Judgement:
        """Return all there is to say, once the last record is in."""
        case, measures = self.case, self.measures
        findings = [self.resending.attributed(found) for found in self._findings()]
        reports, invalid = self.validity.finish()
        seen = Seen(
            invalid=invalid,
            findings=findings,
            crashed=[seat.name for seat in self.seats if seat.failure],
            claims=list(measures.transcript.truth.turns.claims().values()),
            flicker=measures.transcript.flicker,
            is_disrupted=any(
                fault.disruptive and report.fired
                for fault, report in zip(case.faults, reports, strict=True)
            ),
        )
        verdict, reason = headline(seen)
        return Judgement(
            scenario=case.scenario,
            seed=case.seed,
            client=case.client.name,
            verdict=verdict,
            grade=grade(case, verdict),
            reason=reason,
            findings=tuple(findings),
            faults=reports,
            timing=measures.timing(),
            server=measures.counts(),
            live=measures.text("live"),
            final=measures.text("final"),
            flicker=measures.transcript.flicker,
            resent=self.resending.found(),
        )

    def _findings(self) -> Sequence[Finding]:
        """Return every invariant's answer, by number."""
        found = [*self.excused.values(), *(seat.finish() for seat in self.seats)]
        return sorted(found, key=lambda finding: _number(finding.code))


def _number(code: str) -> tuple[str, int]:
    """Return "I12" as something that sorts behind "I2"."""
    return code[:1], int(code[1:])


def _excuse(name: str, checker: type[Checker], case: Case) -> Finding | None:
    """Return the answer of a checker that does not judge *case*, None if it does."""
    reason = case.waived.get(name, case.waived.get(checker.code))
    if reason is not None:
        status, message = Status.WAIVED, reason
    elif case.client.level < checker.level:
        status = Status.UNSUPPORTED
        message = (
            f"needs a client of level {checker.level}; this one tells as much as"
            f" level {case.client.level}"
        )
    else:
        return None
    return Finding(invariant=name, code=checker.code, status=status, message=message)
