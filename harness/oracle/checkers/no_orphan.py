"""No run is left unfinished on the server behind the user's back.

When all is quiet each run has ended; if one has not, the client must have called its
turn failed or cancelled, and have told the user; what a client of level 0 told beside
the answer cannot be seen, and its claim is enough.
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
    """Looks at the runs that are left in the end."""

    code: ClassVar[str] = "I18"
    level: ClassVar[int] = 0

    def __init__(self, projections: Projections) -> None:
        """Begin before the first run."""
        super().__init__(projections)
        self._told: set[int] = set()
        self._tells_notices = True
        self._end: tuple[int, CaseEnd] | None = None

    def handlers(self) -> Handlers:
        """Return what it reads: what the user is told, and the end."""
        return {CaseBegin: self._begin, Notice: self._notice, CaseEnd: self._leave}

    def _begin(self, _: Record, body: CaseBegin) -> None:
        """Note whether the client tells what it tells its user."""
        self._tells_notices = body.case.client.level >= NOTICE_LEVEL

    def _notice(self, _: Record, body: Notice) -> None:
        """Note in which turn the user was told of trouble."""
        if body.level != "info":
            self._told.add(self.projections.turns.current)

    def _leave(self, record: Record, body: CaseEnd) -> None:
        """Note in which status each run was left."""
        self._end = record.seq, body

    def finish(self) -> Finding:
        """Report the first run that nobody ended and nobody mentioned."""
        if self._end is None or not self._end[1].runs:
            return unknown(self, "no run was there in the end")
        seq, end = self._end
        left = [run for run, status in end.runs.items() if status not in _ENDED]
        for run in left:
            if not self._is_owned_up_to(run):
                made = self.projections.truth.commits.get(run)
                return violated(
                    self,
                    Verdict.ORPHANED,
                    f"run {run} is left {end.runs[run]!r} behind the user's back",
                    [seq] if made is None else [made, seq],
                )
        count = f"{len(left)} of {len(end.runs)} run(s) left, and owned up to"
        return holds(self, count if left else "every run has ended", [seq])

    def _is_owned_up_to(self, run: str) -> bool:
        """Say whether the user knows that the turn of *run* came to nothing."""
        turn = self.projections.truth.runs.get(run, self.projections.turns.current)
        settle = self.projections.turns.claims().get(turn)
        if settle is None or settle.claim not in ("failed", "cancelled"):
            return False
        return turn in self._told or not self._tells_notices
