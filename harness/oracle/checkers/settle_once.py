"""The client says once of each turn how it ended, and shows no more of it after that.

Text belongs to the turn that its message answers on the server; that of a message of
the client's own naming to the turn in which it came up. A client that ends by an
exception or is ended by us is judged elsewhere.
"""

from typing import ClassVar

from midstream.harness.oracle.checkers import CHECKERS, Checker
from midstream.harness.oracle.checkers._finding import holds, unknown, violated
from midstream.harness.oracle.projections.shared import Projections
from midstream.harness.oracle.verdict import Finding, Verdict
from midstream.harness.record.dispatch import Handlers
from midstream.harness.record.history import ClientExit, Record
from midstream.harness.record.ops import Append, Replace, Retract, Settle


@CHECKERS.register
class SettleOnce(Checker):
    """Counts settlements, and watches for text that comes after."""

    code: ClassVar[str] = "I10"
    level: ClassVar[int] = 0

    def __init__(self, projections: Projections) -> None:
        """Begin before the first turn."""
        super().__init__(projections)
        self._turn_of: dict[str, int] = {}
        self._late: tuple[int, int] | None = None
        self._exit: tuple[int, ClientExit] | None = None

    def handlers(self) -> Handlers:
        """Return what it reads: text as it changes, and the client's end."""
        return {
            Append: self._change,
            Replace: self._change,
            Retract: self._change,
            ClientExit: self._leave,
        }

    def _change(self, record: Record, body: Append | Replace | Retract) -> None:
        """Take note of the first text that comes too late."""
        truth = self.projections.truth
        if body.message in truth.messages:
            turn = truth.turn_of(body.message)
        else:
            turn = self._turn_of.setdefault(body.message, truth.turns.current)
        if turn in truth.turns.settled and self._late is None:
            self._late = turn, record.seq

    def _leave(self, record: Record, body: ClientExit) -> None:
        """Take note of the client's end."""
        self._exit = self._exit or (record.seq, body)

    def finish(self) -> Finding:
        """Report the first turn settled twice, too early, or never."""
        turns = self.projections.turns
        for turn, records in turns.settled.items():
            if len(records) > 1:
                seqs = [record.seq for record in records]
                message = f"turn {turn} was settled {len(records)} times"
                return violated(self, self._verdict(turn), message, seqs)
        if self._late:
            turn, seq = self._late
            seqs = [turns.settled[turn][0].seq, seq]
            message = f"text of turn {turn} was changed after it was settled"
            return violated(self, self._verdict(turn), message, seqs)
        unsettled = sorted(turns.invoked.keys() - turns.settled.keys())
        if unsettled:
            return self._never(unsettled[0])
        if not turns.invoked:
            return unknown(self, "no turn was begun")
        seqs = [records[0].seq for records in turns.settled.values()]
        return holds(self, "each turn was settled once", seqs)

    def _verdict(self, turn: int) -> Verdict:
        """Return what a first claim that did not stand makes of the run."""
        body = self.projections.turns.settled[turn][0].body
        is_complete = isinstance(body, Settle) and body.claim == "complete"
        return Verdict.FALSE_SUCCESS if is_complete else Verdict.FALSE_FAILURE

    def _never(self, turn: int) -> Finding:
        """Report a client that returned without a word on *turn*."""
        if self._exit is None or self._exit[1].how != "returned":
            return unknown(self, f"the client was ended before it settled turn {turn}")
        return violated(
            self,
            Verdict.CRASHED,
            f"the client returned without a word on how turn {turn} ended",
            [self.projections.turns.invoked[turn].seq, self._exit[0]],
            "UNSETTLED",
        )
