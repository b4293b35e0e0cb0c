"""Once the faults are over, the client comes to an end within its budget.

How it ends is no matter of this invariant, whether it says how neither. While the
server still writes a run's events to it a client cannot end: if its time is up then,
the machine was too busy for the budget, and nothing is known.
"""

from typing import ClassVar

from harness.checkers import CHECKERS
from harness.checkers._finding import holds, unknown, violated
from harness.checkers._requests import NS_PER_S
from harness.history import (
    CaseBegin,
    ClientExit,
    PathHealed,
    Phase,
    Record,
    ResponseEnd,
    Sent,
)
from harness.verdict import Finding, Verdict

SLACK_S = 1.0
"""What a busy machine may take to notice that the client has ended."""
SPEAKING_S = 0.5
"""A server that wrote an event so short a time ago is still speaking."""


@CHECKERS.register
class Liveness:
    """Measures the time from the last heal, or the start, to the client's end."""

    code: ClassVar[str] = "I8"
    level: ClassVar[int] = 0
    reads: ClassVar[tuple[type, ...]] = (
        CaseBegin,
        Phase,
        PathHealed,
        ClientExit,
        Sent,
        ResponseEnd,
    )

    def __init__(self) -> None:
        """Begin the budget with the run."""
        self._healed: Record | None = None
        self._exit: Record | None = None
        self._spoken: dict[int, Record] = {}
        self._budget_s = 0.0

    def feed(self, record: Record) -> None:
        """Take note of the last heal and of the client's end."""
        body = record.body
        if isinstance(body, CaseBegin):
            self._healed, self._budget_s = record, body.case.budget_s
        elif isinstance(body, ClientExit):
            self._exit = self._exit or record
        elif isinstance(body, Phase):
            is_start = body.name in ("safety", "heal")
            self._healed = record if is_start else self._healed
        elif isinstance(body, PathHealed):
            self._healed = record
        elif self._exit is None:
            self._hear(record)

    def _hear(self, record: Record) -> None:
        """Note until when each response was being written."""
        body = record.body
        if isinstance(body, Sent) and body.event is not None:
            self._spoken[body.req] = record
        elif isinstance(body, ResponseEnd):
            self._spoken.pop(body.req, None)

    def _is_spoken_to(self, end: Record) -> bool:
        """Say whether the server was still writing events when *end* came."""
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
                f"the client {how} {took_s:.1f} s after the faults were over; the"
                f" budget is {self._budget_s:g} s",
                seqs,
            )
        return holds(self, "the client ended within its budget", seqs)
