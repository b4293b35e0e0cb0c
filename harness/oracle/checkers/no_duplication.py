"""No token that the server said once stands twice on the user's screen.

Text that was shown twice and taken back by the client itself is flicker instead.
"""

from typing import ClassVar

from midstream.harness.oracle.checkers import CHECKERS, Checker
from midstream.harness.oracle.checkers._finding import holds, unknown, violated
from midstream.harness.oracle.projections.known import Need
from midstream.harness.oracle.projections.shown import Shown, View
from midstream.harness.oracle.verdict import Finding, Verdict


@CHECKERS.register
class NoDuplication(Checker):
    """Counts each unique token in the text shown at the end, live and final."""

    code: ClassVar[str] = "I2"
    level: ClassVar[int] = 0
    needs: ClassVar[Need | None] = "text"

    def finish(self) -> Finding:
        """Report the first part that shows a token twice."""
        views = self.projections.transcript.views
        for view in views:
            for shown in view.parts:
                doubled = _doubled(view, shown)
                if doubled:
                    return violated(
                        self,
                        Verdict.DUPLICATED,
                        f"{shown.name}[{shown.part}] shows {doubled[0]!r} more than"
                        f" once in the {view.name} text ({len(doubled)} such)",
                        [*shown.seqs, *_first_records(shown, doubled)],
                    )
        if not any(view.parts for view in views):
            return unknown(self, "nothing was shown")
        mended = self.projections.transcript.mended()
        return holds(self, "; ".join(["no token is shown twice", *mended]))


def _doubled(view: View, shown: Shown) -> list[str]:
    """Return the tokens that *shown* repeats, from itself or from another part."""
    if shown.is_right:
        return []
    if shown.keys:
        return [shown.said[index] for index in shown.diagnosis.doubled]
    others = "\n".join(other.text for other in view.parts if other is not shown)
    tokens = (shown.said[index] for index in dict.fromkeys(shown.diagnosis.seen))
    return [token for token in tokens if token in others]


def _first_records(shown: Shown, tokens: list[str]) -> list[int]:
    """Return the records that said the first three of *tokens*."""
    return [shown.tokens[shown.said.index(token)].seq for token in tokens[:3]]
