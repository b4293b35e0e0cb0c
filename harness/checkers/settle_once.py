"""The client says once of each turn how it ended, and shows no more of it after that.

Text belongs to the turn that its message answers on the server; that of a message of
the client's own naming to the turn in which it came up. A client that ends by an
exception or is ended by us is judged elsewhere.
"""

from typing import ClassVar

from harness.checkers import CHECKERS
from harness.checkers._finding import holds, unknown, violated
from harness.checkers._truth import TRUTH_RECORDS, Truth
from harness.history import ClientExit, Record
from harness.ops import Append, Replace, Retract, Settle
from harness.verdict import Finding, Verdict


@CHECKERS.register
class SettleOnce:
    """Counts settlements, and watches for text that comes after."""

    code: ClassVar[str] = "I10"
    level: ClassVar[int] = 0
    reads: ClassVar[tuple[type, ...]] = (
        *TRUTH_RECORDS,
        Append,
        Replace,
        Retract,
        ClientExit,
    )

    def __init__(self) -> None:
        """Begin before the first turn."""
        self._truth = Truth()
        self._turns = self._truth.turns
        self._turn_of: dict[str, int] = {}
        self._late: tuple[int, int] | None = None
        self._exit: tuple[int, ClientExit] | None = None

    def feed(self, record: Record) -> None:
        """Take note of turns, of text, and of the client's end."""
        body = record.body
        if isinstance(body, Append | Replace | Retract):
            turn = self._turn(body.message)
            if turn in self._turns.settled and self._late is None:
                self._late = turn, record.seq
        elif isinstance(body, ClientExit):
            self._exit = self._exit or (record.seq, body)
        else:
            self._truth.feed(record)

    def _turn(self, message: str) -> int:
        """Return the turn that the text of *message* belongs to."""
        if message in self._truth.messages:
            return self._truth.turn_of(message)
        return self._turn_of.setdefault(message, self._turns.current)

    def finish(self) -> Finding:
        """Report the first turn settled twice, too early, or never."""
        turns = self._turns
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
        body = self._turns.settled[turn][0].body
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
            [self._turns.invoked[turn].seq, self._exit[0]],
            "UNSETTLED",
        )
