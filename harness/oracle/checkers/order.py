"""Tokens stand in the order in which they were said, messages in thread order.

Deltas of several messages may arrive interleaved, so order is judged within each part
and between messages as they stand on the screen.
"""

from itertools import pairwise
from typing import ClassVar

from midstream.harness.oracle.checkers import CHECKERS, Checker
from midstream.harness.oracle.checkers._finding import holds, unknown, violated
from midstream.harness.oracle.projections.known import Need
from midstream.harness.oracle.projections.shown import Shown, View
from midstream.harness.oracle.verdict import Finding, Verdict


@CHECKERS.register
class Order(Checker):
    """Looks for the first inverted pair of tokens, and of messages."""

    code: ClassVar[str] = "I3"
    level: ClassVar[int] = 0
    needs: ClassVar[Need | None] = "text"

    def finish(self) -> Finding:
        """Report the first pair in the wrong order."""
        views = self.projections.transcript.views
        for view in views:
            for shown in view.parts:
                pair = shown.keys and not shown.is_right and shown.diagnosis.inverted
                if pair:
                    return self._inverted(view, shown, pair)
            swapped = self._swapped(view)
            if swapped:
                return swapped
        if not any(view.parts for view in views):
            return unknown(self, "nothing was shown")
        mended = self.projections.transcript.mended()
        return holds(
            self, "; ".join(["the text stands in the order it was said", *mended])
        )

    def _inverted(self, view: View, shown: Shown, pair: tuple[int, int]) -> Finding:
        """Report that the tokens of *pair* are in the wrong order."""
        first, second = pair
        return violated(
            self,
            Verdict.REORDERED,
            f"{shown.name}[{shown.part}] shows {shown.said[first]!r} before"
            f" {shown.said[second]!r} in the {view.name} text; it was said after",
            [*shown.seqs, shown.tokens[first].seq, shown.tokens[second].seq],
        )

    def _swapped(self, view: View) -> Finding | None:
        """Report the first two messages that are not in the thread's order."""
        order = self.projections.truth.messages
        parts = [shown for shown in view.parts if shown.keys and shown.text]
        for above, below in pairwise(parts):
            if order[above.keys[0][0]] > order[below.keys[0][0]]:
                return violated(
                    self,
                    Verdict.REORDERED,
                    f"message {above.name} stands above {below.name} in the"
                    f" {view.name} text; the thread has it below",
                    [*above.seqs, *below.seqs],
                )
        return None
