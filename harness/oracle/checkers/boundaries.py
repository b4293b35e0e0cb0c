"""Messages that the server said apart stand apart on the user's screen.

Two messages run into one, with nothing between them, read as one sentence that nobody
said. Judged where the client says that it shows messages by themselves (capability
"messages"): a program that prints one text promises no such thing.
"""

from typing import ClassVar

from midstream.harness.oracle.checkers import CHECKERS, Checker
from midstream.harness.oracle.checkers._finding import holds, unknown, violated
from midstream.harness.oracle.projections.shared import Projections
from midstream.harness.oracle.projections.shown import Shown
from midstream.harness.oracle.verdict import Finding, Verdict
from midstream.harness.record.dispatch import Handlers
from midstream.harness.record.history import CaseBegin, Record


@CHECKERS.register
class Boundaries(Checker):
    """Counts the messages of the server that one message on the screen stands for."""

    code: ClassVar[str] = "I19"
    level: ClassVar[int] = 1

    def __init__(self, projections: Projections) -> None:
        """Begin with a client that promises nothing."""
        super().__init__(projections)
        self._promises = False

    def handlers(self) -> Handlers:
        """Return what it reads: what the client can do."""
        return {CaseBegin: self._begin}

    def _begin(self, _: Record, body: CaseBegin) -> None:
        """Note whether the client shows messages by themselves."""
        self._promises = "messages" in body.case.client.capabilities

    def finish(self) -> Finding:
        """Report the first text in which two messages have run into one."""
        if not self._promises:
            return unknown(self, "the client does not show messages by themselves")
        views = self.projections.transcript.views
        for view in views:
            for shown in view.parts:
                count = self._messages(shown)
                if count > 1:
                    return violated(
                        self,
                        Verdict.CORRUPTED,
                        f"{count} messages stand as one under {shown.name} in the"
                        f" {view.name} text",
                        shown.seqs,
                        "MERGED_MESSAGES",
                    )
        if not any(view.parts for view in views):
            return unknown(self, "nothing was shown")
        return holds(self, "each message stands by itself")

    def _messages(self, shown: Shown) -> int:
        """Return how many messages with any text *shown* stands for."""
        told = self.projections.truth.told
        return len({key[0] for key in shown.keys if told[key]})
