"""No run is left unfinished on the server behind the user's back.

At the end of the case each run has ended. If one has not, the client must have called
its turn failed or cancelled, and must have told the user. Notices of a client of level
0 cannot be seen, so its claim is enough.
"""

from typing import ClassVar

from midstream.harness.oracle.checkers import CHECKERS, Checker
from midstream.harness.oracle.checkers._finding import holds, unknown, violated
from midstream.harness.oracle.projections.shared import Projections
from midstream.harness.oracle.projections.turns import NOTICE_LEVEL
from midstream.harness.oracle.verdict import Finding, Verdict
from midstream.harness.record.dispatch import Handlers
from midstream.harness.record.history import CaseBegin, CaseEnd, Record
from midstream.harness.record.ops import Notice

_ENDED = ("completed", "failed", "cancelled", "expired", "incomplete")


@CHECKERS.register
class NoOrphan(Checker):
    """Looks at the runs that have not ended at the end of the case."""

    code: ClassVar[str] = "I18"
    level: ClassVar[int] = 0

    def __init__(self, projections: Projections) -> None:
        super().__init__(projections)
        self._notified: set[int] = set()
        self._reports_notices = True
        self._end: tuple[int, CaseEnd] | None = None

    def handlers(self) -> Handlers:
        """Handle what the user is told, and the end."""
        return {CaseBegin: self._begin, Notice: self._notice, CaseEnd: self._leave}

    def _begin(self, _: Record, body: CaseBegin) -> None:
        self._reports_notices = body.case.client.level >= NOTICE_LEVEL

    def _notice(self, _: Record, body: Notice) -> None:
        if body.level != "info":
            self._notified.add(self.projections.turns.current)

    def _leave(self, record: Record, body: CaseEnd) -> None:
        self._end = record.seq, body

    def finish(self) -> Finding:
        """Report the first run that was left running without telling the user."""
        if self._end is None or not self._end[1].runs:
            return unknown(self, "no run existed at the end")
        seq, end = self._end
        left = [run for run, status in end.runs.items() if status not in _ENDED]
        for run in left:
            if not self._is_reported(run):
                made = self.projections.truth.commits.get(run)
                return violated(
                    self,
                    Verdict.ORPHANED,
                    f"run {run} was left {end.runs[run]!r}, and the user was not told",
                    [seq] if made is None else [made, seq],
                )
        count = f"the client reported the {len(left)} of {len(end.runs)} run(s) left"
        return holds(self, count if left else "every run has ended", [seq])

    def _is_reported(self, run: str) -> bool:
        """Say whether the client told the user that the turn of *run* failed."""
        turn = self.projections.truth.runs.get(run, self.projections.turns.current)
        settle = self.projections.turns.claims().get(turn)
        if settle is None or settle.claim not in ("failed", "cancelled"):
            return False
        return turn in self._notified or not self._reports_notices
