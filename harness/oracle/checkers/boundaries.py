"""Messages that the server said apart stand apart on the user's screen.

Two messages run into one, with nothing between them, read as one sentence that nobody
said. Judged where the client says that it shows messages by themselves (capability
"messages"): a program that prints one text promises no such thing.
"""

from typing import ClassVar

from midstream.harness.oracle.checkers import CHECKERS, Checker
from midstream.harness.oracle.checkers._finding import holds, unknown, violated
from midstream.harness.oracle.projections.known import Need
from midstream.harness.oracle.projections.shared import Projections
from midstream.harness.oracle.projections.shown import Shown
from midstream.harness.oracle.verdict import Finding, Verdict
from midstream.harness.record.dispatch import Handlers
from midstream.harness.record.history import CaseBegin, Record


@CHECKERS.register
class Boundaries(Checker):
    """Counts how many messages of the server one message on the screen contains."""

    code: ClassVar[str] = "I19"
    level: ClassVar[int] = 1
    needs: ClassVar[Need | None] = "text"

    def __init__(self, projections: Projections) -> None:
        super().__init__(projections)
        self._promises = False

    def handlers(self) -> Handlers:
        """Handle what the client can do."""
        return {CaseBegin: self._begin}

    def _begin(self, _: Record, body: CaseBegin) -> None:
        self._promises = "messages" in body.case.client.capabilities

    def finish(self) -> Finding:
        """Report the first shown message that contains two of the server's."""
        if not self._promises:
            return unknown(self, "the client does not promise to show messages apart")
        views = self.projections.transcript.views
        for view in views:
            for shown in view.parts:
                count = self._messages(shown)
                if count > 1:
                    return violated(
                        self,
                        Verdict.CORRUPTED,
                        f"the {view.name} text shows {count} messages as one, under"
                        f" {shown.name}",
                        shown.seqs,
                        "MERGED_MESSAGES",
                    )
        if not any(view.parts for view in views):
            return unknown(self, "nothing was shown")
        return holds(self, "each message is shown by itself")

    def _messages(self, shown: Shown) -> int:
        """Return how many messages of the server with any text *shown* contains."""
        said = self.projections.truth.said
        return len({key[0] for key in shown.keys if said[key]})
