"""Once the faults are over, the client comes to an end within its budget.

How it ends, and what it says about that, is not judged here. A client cannot end
while the server still writes a run's events to it: if its time is up then, the machine
was too busy for the budget, and the answer is UNKNOWN.
"""

from typing import ClassVar

from midstream.harness.oracle.checkers import CHECKERS, Checker
from midstream.harness.oracle.checkers._finding import holds, unknown, violated
from midstream.harness.oracle.projections.requests import NS_PER_S
from midstream.harness.oracle.projections.shared import Projections
from midstream.harness.oracle.verdict import Finding, Verdict
from midstream.harness.record.dispatch import Handlers
from midstream.harness.record.history import (
    CaseBegin,
    ClientExit,
    PathHealed,
    Phase,
    Record,
    ResponseEnd,
    Sent,
)

SLACK_S = 1.0
"""How long a busy machine may take to notice that the client has ended."""
SPEAKING_S = 0.5
"""A server that wrote an event less than this ago is still speaking."""


@CHECKERS.register
class Liveness(Checker):
    """Measures the time from the last heal, or the start, to the client's end."""

    code: ClassVar[str] = "I8"
    level: ClassVar[int] = 0

    def __init__(self, projections: Projections) -> None:
        super().__init__(projections)
        self._healed: Record | None = None
        self._exit: Record | None = None
        self._spoken: dict[int, Record] = {}
        self._budget_s = 0.0

    def handlers(self) -> Handlers:
        """Handle heals, the client's end, and the events that the server writes."""
        return {
            CaseBegin: self._begin,
            Phase: self._enter,
            PathHealed: self._heal,
            ClientExit: self._leave,
            Sent: self._speak,
            ResponseEnd: self._fall_silent,
        }

    def _begin(self, record: Record, body: CaseBegin) -> None:
        self._healed, self._budget_s = record, body.case.budget_s

    def _enter(self, record: Record, body: Phase) -> None:
        """Restart the budget at a phase in which faults begin or end."""
        if body.name in ("safety", "heal"):
            self._healed = record

    def _heal(self, record: Record, _: PathHealed) -> None:
        """Restart the budget."""
        self._healed = record

    def _leave(self, record: Record, _: ClientExit) -> None:
        self._exit = self._exit or record

    def _speak(self, record: Record, body: Sent) -> None:
        if body.first is not None and self._exit is None:
            self._spoken[body.req] = record

    def _fall_silent(self, _: Record, body: ResponseEnd) -> None:
        if self._exit is None:
            self._spoken.pop(body.req, None)

    def _is_spoken_to(self, end: Record) -> bool:
        """Say whether the server was still writing events at *end*."""
        spoken = self._spoken.values()
        return any((end.t_ns - r.t_ns) / NS_PER_S < SPEAKING_S for r in spoken)

    def finish(self) -> Finding:
        """Report a client that had to be ended, or that took too long."""
        healed, end = self._healed, self._exit
        if healed is None or end is None:
            return unknown(self, "the client's end was not recorded")
        took_s = (end.t_ns - healed.t_ns) / NS_PER_S
        seqs = [healed.seq, end.seq]
        was_killed = isinstance(end.body, ClientExit) and end.body.how == "killed"
        if was_killed and self._is_spoken_to(end):
            return unknown(
                self,
                f"the server was still speaking when the client's time was up, after"
                f" {took_s:.1f} s",
            )
        if was_killed or took_s > self._budget_s + SLACK_S:
            how = "was still busy" if was_killed else "ended only"
            return violated(
                self,
                Verdict.HUNG,
                f"the client {how} {took_s:.1f} s after the faults were over; it may"
                f" take {self._budget_s:g} s",
                seqs,
            )
        return holds(self, "the client ended within its budget", seqs)
