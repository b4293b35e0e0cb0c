"""What the server truly said and did, from its journal; a projection.

Tokens are the texts that the runs sent, each in a record, or planned, all of a part in
one record. Messages have the order in which each first got text or was closed.
"""

from collections.abc import Iterator

from midstream.harness.oracle.projections.known import Known
from midstream.harness.oracle.projections.tokens import Key, Token, Tokens
from midstream.harness.oracle.projections.turns import Turns
from midstream.harness.record.dispatch import Handlers
from midstream.harness.record.history import (
    CaseEnd,
    Closed,
    Committed,
    Crossed,
    Record,
    Rejected,
    ResponseHead,
    RunStatus,
    Sent,
    TextDropped,
    TextPlanned,
)

_FIRST_ERROR = 400


class Truth:
    """The ground truth so far.

    Attributes:
        said: The tokens of each (message, part), in order: those of `Tokens`.
        messages: The position of each message in the thread.
        runs: Each run's turn, in order of creation.
        status: The last status of each run.
        status_seq: The sequence number of the record with that status.
        commits: The sequence number of the record that created each run.
        turns: The user's turns; their owner feeds them.
    """

    def __init__(self, turns: Turns, known: Known) -> None:
        self._tokens = Tokens()
        self.said = self._tokens.said
        self.messages: dict[str, int] = {}
        self.runs: dict[str, int] = {}
        self.status: dict[str, str] = {}
        self.status_seq: dict[str, int] = {}
        self.commits: dict[str, int] = {}
        self.turns = turns
        self._known = known
        self._run_of: dict[str, str] = {}
        self._has_state = False
        self._untold: tuple[RunStatus, int | None] | None = None
        self._answered_well = False
        self._answered_badly = False

    def handlers(self) -> Handlers:
        """Handle the server's journal, and the end of the case."""
        return {
            TextPlanned: self._plan,
            TextDropped: self._drop,
            Closed: self._close,
            RunStatus: self._change,
            Sent: self._send,
            Crossed: self._cross,
            CaseEnd: self._end,
            Committed: self._commit,
            Rejected: self._reject,
            ResponseHead: self._answer,
        }

    def _plan(self, record: Record, body: TextPlanned) -> None:
        """Add all planned tokens of a part; without any, the part has not begun."""
        key = (body.message, body.part)
        if not body.texts:
            return
        if key not in self.said:
            self._begin(key, body.run)
        self._tokens.add_planned(key, body.texts, record.seq)

    def _drop(self, _: Record, body: TextDropped) -> None:
        """Remove the last planned tokens of a part."""
        if body.count:
            self._tokens.drop((body.message, body.part), body.count)

    def _begin(self, key: Key, run: str) -> None:
        """Add the part *key*, and its message if this is its first part."""
        self._tokens.begin(key)
        self.messages.setdefault(key[0], len(self.messages))
        self._run_of.setdefault(key[0], run)
        self.runs.setdefault(run, self.turns.current)

    def _close(self, record: Record, body: Closed) -> None:
        """Add the text of parts without tokens as one token."""
        for part, text in body.parts.items():
            key = (body.message, part)
            if key not in self.said:
                self._begin(key, body.run)
                self._tokens.add(key, text, record.seq)

    def _change(self, record: Record, body: RunStatus) -> None:
        self.runs.setdefault(body.run, self.turns.current)
        if self._known.lacks("state"):
            self._untold = body, None
            return
        self.status[body.run] = body.status
        self.status_seq[body.run] = record.seq

    def _send(self, _: Record, body: Sent) -> None:
        """Note where on its connection the event ends that tells a status."""
        is_told = body.is_last if body.is_verbatim else body.says_truth
        if self._untold is None or not is_told:
            return
        if body.role == "terminal" or body.is_final:
            self._untold = self._untold[0], body.end

    def _cross(self, record: Record, body: Crossed) -> None:
        """Take a status once the client has the event that tells it.

        Where nothing can be read back, nobody can know of one that did not arrive.
        """
        if self._untold is None or body.way != "down":
            return
        told, end = self._untold
        if end is not None and body.total >= end:
            self._untold = None
            self.status[told.run] = told.status
            self.status_seq[told.run] = record.seq

    def _end(self, _: Record, body: CaseEnd) -> None:
        self.status.update(body.runs)

    def _commit(self, record: Record, body: Committed) -> None:
        self._has_state = True
        if body.what == "run":
            self.runs[body.id] = self.turns.of_text(body.text)
            self.commits[body.id] = record.seq

    def _reject(self, _record: Record, _body: Rejected) -> None:
        self._has_state = True

    def _answer(self, _: Record, body: ResponseHead) -> None:
        self._answered_well |= body.status < _FIRST_ERROR
        self._answered_badly |= body.status >= _FIRST_ERROR

    def tokens(self, key: Key) -> Iterator[Token]:
        """Yield the tokens of *key*, each with the record that said it."""
        return self._tokens.of(key)

    @property
    def knows_effects(self) -> bool:
        """Whether the absence of a run means that there was none.

        It does if the server keeps state, or has answered with errors only.
        """
        refused_all = self._answered_badly and not self._answered_well
        return refused_all or (not self._known.lacks("state") and self._has_state)

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
        known = self._tokens.parts()
        return sorted(known, key=lambda key: (self.messages[key[0]], key[1]))
