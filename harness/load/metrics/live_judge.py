"""One conversation, judged while it goes on, by the oracle of all other runs.

Records come from two sides: what the client shows, from here, and what the server
journals, from afar, which we hear of a moment later. So what happens here is held back
until the server has told of something later, as it does all the time where a fault is
to strike. Where none is, it tells little, and order matters little: there a bit at a
time is judged, once the truth that it is to be held against is there.
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
"""How much is judged at once where no fault is to strike: together it costs less."""
MOST_HELD: Final = 4096
"""How much is held back at most: the memory of a stream is bounded."""
KEPT_RECORDS: Final = 4096
"""How much of a conversation is kept, so that one that does not pass can be stored."""


class StreamJudge:
    """The judge of one conversation.

    Times are nanoseconds of one monotonic clock. The client's are right; the server's
    are those of its journal, which for what it looks up late may be late.

    Attributes:
        records: The history so far; None: it is longer than is kept.
    """

    def __init__(
        self, case: Case, began_ns: int, *, toxiproxy: str, sync: Callable[[], object]
    ) -> None:
        """Begin; *sync* returns when all that the server has done so far was heard."""
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
        """Take note of what the client tells; at the end of a turn, hear all first."""
        if type(op) is not Settle:
            self.note(t_ns, "client", op)
            return
        self._sync()
        self._release()
        self._add(t_ns, "client", op)
        self._invoke(t_ns, op.turn + 1)

    def note(self, t_ns: int, source: Source, body: Body) -> None:
        """Take note of what passed the tap, or of what we do ourselves."""
        held = self._held
        held.append((t_ns, source, body))
        if len(held) >= (MOST_HELD if self._is_truth_due else self._most_held):
            self._release()

    def hear(self, t_ns: int, entry: Entry) -> None:
        """Take note of what the server has journaled, behind what came before it."""
        held = self._held
        while held and held[0][0] <= t_ns:
            self._add(*held.popleft())
        self._add(t_ns, "server", entry)
        if type(entry) is TextPlanned:
            self._is_truth_due = False

    def leave(self, t_ns: int, left: ClientExit) -> None:
        """Take note of how the client ended; nothing of it comes any more."""
        self._release()
        self._add(t_ns, "client", left)

    def finish(self, t_ns: int, runs: Mapping[str, str]) -> Judgement:
        """Return the judgement; *runs* are the statuses in the end, by id."""
        self._add(t_ns, "harness", CaseEnd(runs=dict(runs)))
        return self._oracle.finish()

    def _invoke(self, t_ns: int, turn: int) -> None:
        if turn < len(self._case.turns):
            self._add(t_ns, "harness", Invoked(turn=turn, text=self._case.turns[turn]))
            self._is_truth_due = True

    def _release(self) -> None:
        """Judge all that was held back."""
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
