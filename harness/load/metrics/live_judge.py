"""Judges one conversation while it goes on, with the same oracle as all other runs.

Records come from two places: the client's operations from this process, and the
server's journal over the network, a moment later. With a sampled fault, order matters:
local records wait until the server has reported something later, which it does all the
time. Without one, order matters little and the server reports little: local records are
judged in batches, once the planned text of the turn is known.
"""

from collections import deque
from collections.abc import Callable, Mapping
from typing import Final

from midstream.harness import __version__
from midstream.harness.oracle.judge import Oracle
from midstream.harness.oracle.verdict import Judgement
from midstream.harness.record.case import Case
from midstream.harness.record.history import (
    Body,
    CaseBegin,
    CaseEnd,
    ClientExit,
    Invoked,
    Record,
    Source,
    TextPlanned,
)
from midstream.harness.record.ops import Op, Settle
from midstream.mock_server.core.journal import Entry

AT_ONCE: Final = 64
"""How many records are judged at once without a sampled fault; a batch costs less."""
MOST_HELD: Final = 4096
"""The most records that wait, so that a stream's memory is bounded."""
KEPT_RECORDS: Final = 4096
"""The longest history that is kept, to be stored if the stream does not pass."""


class StreamJudge:
    """The judge of one conversation.

    Times are nanoseconds of one monotonic clock. The client's are exact; the server's
    are those of its journal, which notes some events late.

    Attributes:
        records: The history so far; None if it is longer than `KEPT_RECORDS`.
    """

    def __init__(
        self, case: Case, began_ns: int, *, toxiproxy: str, sync: Callable[[], object]
    ) -> None:
        """Begin; *sync* waits until the server's journal so far has arrived."""
        self.records: list[Record] | None = []
        self._case, self._began_ns, self._sync = case, began_ns, sync
        self._oracle = Oracle(case)
        self._seq = 0
        self._held: deque[tuple[int, Source, Body]] = deque()
        self._most_held = MOST_HELD if case.faults else AT_ONCE
        self._is_truth_due = False
        begin = CaseBegin(case=case, tool=__version__, toxiproxy=toxiproxy)
        self._add(began_ns, "harness", begin)
        self._invoke(began_ns, 0)

    def say(self, t_ns: int, op: Op) -> None:
        """Add an operation of the client; before a turn's end, call *sync*."""
        if type(op) is not Settle:
            self.note(t_ns, "client", op)
            return
        self._sync()
        self._release()
        self._add(t_ns, "client", op)
        self._invoke(t_ns, op.turn + 1)

    def note(self, t_ns: int, source: Source, body: Body) -> None:
        """Add a record of the tap, or of the harness itself."""
        held = self._held
        held.append((t_ns, source, body))
        if len(held) >= (MOST_HELD if self._is_truth_due else self._most_held):
            self._release()

    def hear(self, t_ns: int, entry: Entry) -> None:
        """Add a journal entry of the server, behind all earlier local records."""
        held = self._held
        while held and held[0][0] <= t_ns:
            self._add(*held.popleft())
        self._add(t_ns, "server", entry)
        if type(entry) is TextPlanned:
            self._is_truth_due = False

    def leave(self, t_ns: int, left: ClientExit) -> None:
        """Add how the client ended; it sends no more operations."""
        self._release()
        self._add(t_ns, "client", left)

    def finish(self, t_ns: int, runs: Mapping[str, str]) -> Judgement:
        """Return the judgement; *runs* are the final statuses by run id."""
        self._add(t_ns, "harness", CaseEnd(runs=dict(runs)))
        return self._oracle.finish()

    def _invoke(self, t_ns: int, turn: int) -> None:
        if turn < len(self._case.turns):
            self._add(t_ns, "harness", Invoked(turn=turn, text=self._case.turns[turn]))
            self._is_truth_due = True

    def _release(self) -> None:
        """Judge all waiting records."""
        held, self._held = self._held, deque()
        for noted in held:
            self._add(*noted)

    def _add(self, t_ns: int, source: Source, body: Body) -> None:
        record = Record(
            seq=self._seq, t_ns=t_ns - self._began_ns, src=source, body=body
        )
        self._seq += 1
        self._oracle.feed(record)
        if self.records is not None:
            self.records.append(record)
            if self._seq > KEPT_RECORDS:
                self.records = None
