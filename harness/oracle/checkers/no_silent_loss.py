"""A client that says an answer is complete shows every token the server said.

The live text and the final text are judged separately: what the display never showed
is lost to its user, even if the final text has it.
"""

from typing import ClassVar

from midstream.harness.oracle.checkers import CHECKERS, Checker
from midstream.harness.oracle.checkers._finding import holds, unknown, violated
from midstream.harness.oracle.projections.known import Need
from midstream.harness.oracle.projections.shown import View
from midstream.harness.oracle.projections.tokens import Token
from midstream.harness.oracle.verdict import Finding, Verdict


@CHECKERS.register
class NoSilentLoss(Checker):
    """Looks for tokens that are missing from an answer that was called complete."""

    code: ClassVar[str] = "I1"
    level: ClassVar[int] = 0
    needs: ClassVar[Need | None] = "text"

    def finish(self) -> Finding:
        """Compare each complete turn with that of its runs that is shown best."""
        transcript = self.projections.transcript
        turns = [turn for turn in self._complete() if self._runs(turn)]
        if not turns:
            return unknown(
                self, "the client called no turn complete in which the server spoke"
            )
        for turn in turns:
            for view in transcript.views or (View("final", ()),):
                losses = [self._lost(view, run) for run in self._runs(turn)]
                lost, shown = min(losses, key=lambda loss: len(loss[0]))
                if lost:
                    return self._report(turn, view, lost, shown)
        mended = transcript.mended()
        return holds(
            self, "; ".join(["each complete turn shows the whole answer", *mended])
        )

    def _complete(self) -> list[int]:
        """Return the turns that the client called complete."""
        claims = self.projections.turns.claims()
        return [turn for turn, settle in claims.items() if settle.claim == "complete"]

    def _runs(self, turn: int) -> list[str]:
        """Return the runs of *turn* that said something, or completed."""
        truth = self.projections.truth
        return [
            run
            for run in truth.runs_of(turn)
            if truth.keys_of(run) or truth.status.get(run) == "completed"
        ]

    def _lost(self, view: View, run: str) -> tuple[list[Token], list[int]]:
        """Return the tokens of *run* that *view* lacks, and the records it rests on."""
        truth = self.projections.truth
        of_run = set(truth.keys_of(run))
        unseen, lost, seen = set(of_run), set[Token](), list[int]()
        for shown in view.parts:
            if unseen.isdisjoint(shown.keys):
                continue
            lost.update(token for token in shown.lost() if token.key in of_run)
            seen += shown.seqs
            unseen -= set(shown.keys)
        lost.update(*map(truth.tokens, unseen))
        return sorted(lost), seen

    def _report(
        self, turn: int, view: View, lost: list[Token], shown: list[int]
    ) -> Finding:
        """Report the tokens that *view* lacks, with the records of the first three."""
        settled = self.projections.turns.settled[turn][0]
        return violated(
            self,
            Verdict.SILENT_TRUNCATION,
            f"the client called turn {turn} complete, but {len(lost)} token(s) that"
            f" the server said are missing from the {view.name} text",
            [settled.seq, *shown, *(token.seq for token in lost[:3])],
        )
