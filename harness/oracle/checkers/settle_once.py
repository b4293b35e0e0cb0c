"""The client says once of each turn how it ended, and shows no more of it after that.

Text belongs to the turn that its message answers on the server. If only the client
knows the message's name, it is the message whose text it shows, or else that of the
turn in which the name first appeared. Of an answer that
nobody knows, text belongs to the turn that is open: a client may use a name again. A
client that ends by an exception, or is ended by us, is judged elsewhere.
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
    """Counts claims per turn, and looks for text that changes after them."""

    code: ClassVar[str] = "I10"
    level: ClassVar[int] = 0

    def __init__(self, projections: Projections) -> None:
        super().__init__(projections)
        self._turn_of: dict[str, int] = {}
        self._late: tuple[int, int] | None = None
        self._exit: tuple[int, ClientExit] | None = None

    def handlers(self) -> Handlers:
        """Handle text as it changes, and the client's end."""
        return {
            Append: self._change,
            Replace: self._change,
            Retract: self._change,
            ClientExit: self._leave,
        }

    def _change(self, record: Record, body: Append | Replace | Retract) -> None:
        """Keep the first change of text that comes too late."""
        truth = self.projections.truth
        if body.message in truth.messages:
            turn = truth.turn_of(body.message)
        elif self.projections.known.lacks("text"):
            turn = truth.turns.current
        else:
            turn = self._turn_of_text(body)
        if turn in truth.turns.settled and self._late is None:
            self._late = turn, record.seq

    def _turn_of_text(self, body: Append | Replace | Retract) -> int:
        """Return the turn that a text with a name of the client's own belongs to."""
        truth, tracks = self.projections.truth, self.projections.transcript.tracks
        first = self._turn_of.setdefault(body.message, truth.turns.current)
        track = tracks.get((body.message, body.part))
        return truth.turn_of(track.keys[-1][0]) if track and track.keys else first

    def _leave(self, record: Record, body: ClientExit) -> None:
        self._exit = self._exit or (record.seq, body)

    def finish(self) -> Finding:
        """Report the first turn settled twice, too early, or never."""
        turns = self.projections.turns
        for turn, records in turns.settled.items():
            if len(records) > 1:
                seqs = [record.seq for record in records]
                message = f"the client settled turn {turn} {len(records)} times"
                return violated(self, self._verdict(turn), message, seqs)
        if self._late:
            turn, seq = self._late
            seqs = [turns.settled[turn][0].seq, seq]
            message = f"the client changed text of turn {turn} after it had settled it"
            return violated(self, self._verdict(turn), message, seqs)
        unsettled = sorted(turns.invoked.keys() - turns.settled.keys())
        if unsettled:
            return self._never(unsettled[0])
        if not turns.invoked:
            return unknown(self, "no turn began")
        seqs = [records[0].seq for records in turns.settled.values()]
        return holds(self, "the client settled each turn once", seqs)

    def _verdict(self, turn: int) -> Verdict:
        """Return the verdict if the first claim on *turn* did not stay true."""
        body = self.projections.turns.settled[turn][0].body
        is_complete = isinstance(body, Settle) and body.claim == "complete"
        return Verdict.FALSE_SUCCESS if is_complete else Verdict.FALSE_FAILURE

    def _never(self, turn: int) -> Finding:
        """Report a client that returned without saying how *turn* ended."""
        if self._exit is None or self._exit[1].how != "returned":
            return unknown(self, f"the client was ended before it settled turn {turn}")
        return violated(
            self,
            Verdict.CRASHED,
            f"the client returned without saying how turn {turn} ended",
            [self.projections.turns.invoked[turn].seq, self._exit[0]],
            "UNSETTLED",
        )
