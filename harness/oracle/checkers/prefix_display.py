"""What is shown is a beginning of the answer; text is taken back only openly.

A client that declares an append-only display never takes anything back. For any
other client, text that was wrong and that an explicit operation corrected is flicker.
Where tokens are not unique, only this checker finds a text that merely differs.
"""

from typing import ClassVar

from midstream.harness.oracle.checkers import CHECKERS, Checker
from midstream.harness.oracle.checkers._finding import holds, unknown, violated
from midstream.harness.oracle.projections.known import Need
from midstream.harness.oracle.projections.shared import Projections
from midstream.harness.oracle.projections.shown import Shown, View
from midstream.harness.oracle.verdict import Finding, Verdict
from midstream.harness.record.dispatch import Handlers
from midstream.harness.record.history import CaseBegin, Record


@CHECKERS.register
class PrefixDisplay(Checker):
    """Compares the text shown at the end with the beginning of the truth."""

    code: ClassVar[str] = "I4"
    level: ClassVar[int] = 0
    needs: ClassVar[Need | None] = "text"

    def __init__(self, projections: Projections) -> None:
        super().__init__(projections)
        self._may_replace = True

    def handlers(self) -> Handlers:
        """Handle what the client declares."""
        return {CaseBegin: self._begin}

    def _begin(self, _: Record, body: CaseBegin) -> None:
        self._may_replace = body.case.client.profile.display == "may_replace"

    def finish(self) -> Finding:
        """Report the first part that is no beginning of what the server said."""
        transcript = self.projections.transcript
        for view in transcript.views:
            for shown in view.parts:
                if not shown.is_right:
                    return self._differs(view, shown)
        if not any(track.last for track in transcript.tracks.values()):
            return unknown(self, "nothing was shown live")
        flicker = f"{transcript.flicker} character(s) were shown and taken back"
        if transcript.flicker and not self._may_replace:
            return violated(
                self,
                Verdict.RECOVERED_BY_RESTART,
                f"the client declares an append-only display, yet {flicker}",
                [
                    t.last.seq
                    for t in transcript.tracks.values()
                    if t.flicker and t.last
                ],
            )
        return holds(self, "; ".join([flicker, *transcript.mended()]))

    def _differs(self, view: View, shown: Shown) -> Finding:
        """Report a part that differs."""
        return violated(
            self,
            self._verdict(shown),
            f"the {view.name} text of {shown.name}[{shown.part}] is no beginning of"
            " what the server said",
            shown.seqs,
        )

    def _verdict(self, shown: Shown) -> Verdict:
        """Return the verdict for *shown*, as the checkers of tokens give it."""
        found = shown.diagnosis
        if found.foreign:
            return Verdict.CORRUPTED
        if found.doubled:
            return Verdict.DUPLICATED
        if found.inverted:
            return Verdict.REORDERED
        if shown.lost() and self._is_claimed_complete(shown):
            return Verdict.SILENT_TRUNCATION
        return Verdict.CORRUPTED

    def _is_claimed_complete(self, shown: Shown) -> bool:
        """Say whether the turn of *shown* was called complete."""
        truth = self.projections.truth
        claims = truth.turns.claims()
        turns = {truth.turn_of(message) for message, _ in shown.keys}
        return any(
            turn in claims and claims[turn].claim == "complete" for turn in turns
        )
