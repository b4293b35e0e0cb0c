"""What the user does once happens once on the server.

A turn makes one message and one run, and each tool call takes one output. Attempts
may be several, effects may not. Threads and assistants do not count: a spare one
does no harm.
"""

from collections.abc import Iterator
from typing import ClassVar

from midstream.harness.oracle.checkers import CHECKERS, Checker
from midstream.harness.oracle.checkers._finding import holds, unknown, violated
from midstream.harness.oracle.projections.known import Need
from midstream.harness.oracle.projections.shared import Projections
from midstream.harness.oracle.verdict import Finding, Verdict
from midstream.harness.record.dispatch import Handlers
from midstream.harness.record.history import Committed, Record

_DOUBLED = {
    "message": "DUPLICATE_MESSAGE",
    "run": "DUPLICATE_RUN",
    "tool_output": "DUPLICATE_TOOL_OUTPUT",
}
_NAMES = {"message": "message", "run": "run", "tool_output": "tool output"}


@CHECKERS.register
class ExactlyOnce(Checker):
    """Counts the server's commits by turn and by tool call."""

    code: ClassVar[str] = "I6"
    level: ClassVar[int] = 0
    needs: ClassVar[Need | None] = "state"

    def __init__(self, projections: Projections) -> None:
        super().__init__(projections)
        self._effects: dict[tuple[str, int | str], list[int]] = {}

    def handlers(self) -> Handlers:
        """Handle effects."""
        return {Committed: self._commit}

    def _commit(self, record: Record, body: Committed) -> None:
        for name in self._names(body):
            self._effects.setdefault((body.what, name), []).append(record.seq)

    def _names(self, body: Committed) -> Iterator[int | str]:
        """Yield the turns or tool calls for which the effect may happen only once."""
        if body.what in ("message", "run"):
            yield self.projections.turns.of_text(body.text)
        elif body.what == "tool_output":
            yield from body.call_ids

    def finish(self) -> Finding:
        """Report the first effect that happened twice, or never."""
        for (what, name), seqs in self._effects.items():
            if len(seqs) > 1:
                of = f"call {name}" if what == "tool_output" else f"turn {name}"
                return violated(
                    self,
                    Verdict.DUPLICATE_EFFECT,
                    f"the server made {len(seqs)} {_NAMES[what]}s for {of}",
                    seqs,
                    _DOUBLED[what],
                )
        return self._never()

    def _never(self) -> Finding:
        """Report the first turn that was called complete although it has no run."""
        if not self._effects:
            return unknown(self, "nothing changed the server's state")
        for turn, settle in self.projections.turns.claims().items():
            if settle.claim == "complete" and ("run", turn) not in self._effects:
                return violated(
                    self,
                    Verdict.FALSE_SUCCESS,
                    f"the client called turn {turn} complete, but the server made no"
                    " run for it",
                    [self.projections.turns.settled[turn][0].seq],
                    "MISSING_RUN",
                )
        seqs = [seqs[0] for seqs in self._effects.values()]
        return holds(self, "each effect happened once", seqs)
