"""A client says how a turn ended as it ended, and the user is told of a failure.

A turn is complete if its last run completed. Whoever claims less must have shown the
user a warning or an error; whoever has shown the whole of a completed answer must not
call it failed, nor cancelled if nobody asked the server for that. A turn of which
nothing reached the server may honestly have failed. Notices of a client of level 0
cannot be seen, and are not judged.
"""

from typing import ClassVar

from midstream.harness.oracle.checkers import CHECKERS, Checker
from midstream.harness.oracle.checkers._finding import holds, unknown, violated
from midstream.harness.oracle.projections.shared import Projections
from midstream.harness.oracle.projections.shown import View
from midstream.harness.oracle.projections.turns import NOTICE_LEVEL
from midstream.harness.oracle.verdict import Finding, Verdict
from midstream.harness.record.dispatch import Handlers
from midstream.harness.record.history import CaseBegin, Received, Record
from midstream.harness.record.ops import Notice, Settle


@CHECKERS.register
class ErrorHonesty(Checker):
    """Compares each claim with the run's end, the text, and what the user was told."""

    code: ClassVar[str] = "I9"
    level: ClassVar[int] = 0

    def __init__(self, projections: Projections) -> None:
        super().__init__(projections)
        self._notified: set[int] = set()
        self._reports_notices = True
        self._is_cancel_asked = False

    def handlers(self) -> Handlers:
        """Handle what the user is told, and what the server is asked."""
        return {CaseBegin: self._begin, Notice: self._notice, Received: self._receive}

    def _begin(self, _: Record, body: CaseBegin) -> None:
        self._reports_notices = body.case.client.level >= NOTICE_LEVEL

    def _notice(self, _: Record, body: Notice) -> None:
        if body.level != "info":
            self._notified.add(self.projections.turns.current)

    def _receive(self, _: Record, body: Received) -> None:
        self._is_cancel_asked |= body.role == "cancel"

    def finish(self) -> Finding:
        """Report the first turn that did not end as the client says."""
        claims = self.projections.turns.claims()
        for turn, settle in claims.items():
            check = self._complete if settle.claim == "complete" else self._failed
            found = check(turn, settle)
            if found:
                return found
        if not claims:
            return unknown(self, "the client claimed nothing")
        seqs = [records[0].seq for records in self._settled().values()]
        return holds(self, "each turn ended as the client says", seqs)

    def _settled(self) -> dict[int, list[Record]]:
        return self.projections.turns.settled

    def _complete(self, turn: int, settle: Settle) -> Finding | None:
        """Judge the claim that *turn* is complete."""
        truth = self.projections.truth
        runs = truth.runs_of(turn)
        status = truth.status.get(runs[-1], "unknown") if runs else "none"
        if "completed" in (truth.status.get(run) for run in runs):
            return None
        if not runs and not truth.knows_effects:
            return unknown(self, f"nothing was recorded of how turn {turn} ended")
        what = f"its run ended as {status!r}" if runs else "it has no run"
        known = (truth.commits, truth.status_seq)
        seqs = [of[run] for of in known for run in runs if run in of]
        return violated(
            self,
            Verdict.FALSE_SUCCESS,
            f"the client called turn {turn} {settle.claim}, but {what} on the server",
            [self._settled()[turn][0].seq, *seqs],
        )

    def _failed(self, turn: int, settle: Settle) -> Finding | None:
        """Judge a claim that *turn* is not complete."""
        seq = self._settled()[turn][0].seq
        is_as_asked = settle.claim == "cancelled" and self._is_cancel_asked
        whole = None if is_as_asked else self._whole(turn)
        if whole is not None:
            ended = self.projections.truth.status_seq.get(whole, seq)
            return violated(
                self,
                Verdict.FALSE_FAILURE,
                f"the client called turn {turn} {settle.claim}, but its run completed"
                " and the whole answer is shown",
                [ended, seq],
            )
        if self._reports_notices and turn not in self._notified:
            return violated(
                self,
                Verdict.FALSE_SUCCESS,
                f"the client called turn {turn} {settle.claim}, but did not tell the"
                " user",
                [seq],
                "SILENT_FAILURE",
            )
        return None

    def _whole(self, turn: int) -> str | None:
        """Return a completed run of *turn* that every view shows whole, or None."""
        truth = self.projections.truth
        views = self.projections.transcript.views or (View("live", ()),)
        done = [r for r in truth.runs_of(turn) if truth.status.get(r) == "completed"]
        whole = (r for r in done if all(self._shows(view, r) for view in views))
        return next(whole, None)

    def _shows(self, view: View, run: str) -> bool:
        """Say whether *view* shows all that *run* said, and nothing else."""
        truth = self.projections.truth
        keys = {key for key in truth.keys_of(run) if truth.said[key]}
        parts = [shown for shown in view.parts if not keys.isdisjoint(shown.keys)]
        covered = {key for shown in parts for key in shown.keys}
        is_right = all(shown.is_right and not shown.lost() for shown in parts)
        return is_right and keys <= covered
