"""What the server truly said and did, from its journal; a shared fold.

The tokens are the texts the runs told, one record each. The thread's order is that
in which messages first had something told or were closed.
"""

from typing import TypeAlias

from harness.checkers._turns import TURN_RECORDS, Turns
from harness.history import (
    CaseEnd,
    Closed,
    Committed,
    Record,
    Rejected,
    ResponseHead,
    RunStatus,
    Told,
)

Key: TypeAlias = tuple[str, int]
"""A message's id and the index of a part in it."""

TRUTH_RECORDS: tuple[type, ...] = (
    *TURN_RECORDS,
    Told,
    Closed,
    Committed,
    RunStatus,
    CaseEnd,
    Rejected,
    ResponseHead,
)

_FIRST_ERROR = 400


class Truth:
    """The ground truth so far.

    Attributes:
        told: The tokens of each (message, part), in order; empty ones left out.
        told_seq: The sequence numbers of the records that told them.
        messages: The position of each message in the thread.
        runs: Each run's turn, in order of creation.
        status: The last status of each run.
        status_seq: The sequence number of the record that told it.
        commits: The sequence number of the record that created each run.
        turns: The user's turns.
    """

    def __init__(self) -> None:
        """Begin before anything was said."""
        self.told: dict[Key, list[str]] = {}
        self.told_seq: dict[Key, list[int]] = {}
        self.messages: dict[str, int] = {}
        self.runs: dict[str, int] = {}
        self.status: dict[str, str] = {}
        self.status_seq: dict[str, int] = {}
        self.commits: dict[str, int] = {}
        self.turns = Turns()
        self._run_of: dict[str, str] = {}
        self._keeps_state = False
        self._answered_well = False
        self._answered_badly = False

    def feed(self, record: Record) -> None:
        """Take note of what the server says of itself."""
        body = record.body
        if isinstance(body, Told):
            key = (body.message, body.part)
            if key not in self.told:
                self._begin(key, body.run)
            if body.text:
                self.told[key].append(body.text)
                self.told_seq[key].append(record.seq)
        elif isinstance(body, Closed):
            self._close(record, body)
        elif isinstance(body, RunStatus):
            self.status[body.run] = body.status
            self.status_seq[body.run] = record.seq
        elif isinstance(body, CaseEnd):
            self.status.update(body.runs)
        elif isinstance(body, Committed | Rejected):
            self._commit(record, body)
        elif isinstance(body, ResponseHead):
            self._answered_well |= body.status < _FIRST_ERROR
            self._answered_badly |= body.status >= _FIRST_ERROR
        else:
            self.turns.feed(record)

    def _begin(self, key: Key, run: str) -> None:
        """Begin the part *key*, and its message in the thread if it is the first."""
        message = key[0]
        self.told[key], self.told_seq[key] = [], []
        self.messages.setdefault(message, len(self.messages))
        self._run_of.setdefault(message, run)
        self.runs.setdefault(run, self.turns.current)

    def _close(self, record: Record, body: Closed) -> None:
        """Take the text of parts of which no token was told."""
        for part, text in body.parts.items():
            key = (body.message, part)
            if key not in self.told:
                self._begin(key, body.run)
                if text:
                    self.told[key].append(text)
                    self.told_seq[key].append(record.seq)

    def _commit(self, record: Record, body: Committed | Rejected) -> None:
        """Note which turn a new run belongs to."""
        self._keeps_state = True
        if isinstance(body, Committed) and body.what == "run":
            self.runs[body.id] = self.turns.of_text(body.text)
            self.commits[body.id] = record.seq

    @property
    def knows_effects(self) -> bool:
        """Whether the absence of a run means that there was none.

        It does where the server keeps state, or has answered with errors alone.
        """
        refused_all = self._answered_badly and not self._answered_well
        return self._keeps_state or refused_all

    def runs_of(self, turn: int) -> list[str]:
        """Return the runs of *turn*, in order of creation."""
        return [run for run, of in self.runs.items() if of == turn]

    def keys_of(self, run: str) -> list[Key]:
        """Return the parts that *run* has written, in thread order."""
        return [key for key in self.in_order() if self._run_of[key[0]] == run]

    def turn_of(self, message: str) -> int:
        """Return the turn that *message* answers."""
        return self.runs[self._run_of[message]]

    def in_order(self) -> list[Key]:
        """Return all parts in thread order: by message, then by index."""
        return sorted(self.told, key=lambda key: (self.messages[key[0]], key[1]))
