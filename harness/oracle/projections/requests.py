"""The requests that the server read, and their answers; a projection."""

from dataclasses import dataclass
from typing import Final

from midstream.harness.oracle.projections.turns import Turns
from midstream.harness.record.dispatch import Handlers
from midstream.harness.record.history import (
    Committed,
    Received,
    Record,
    ResponseEnd,
    ResponseHead,
)

CREATING: Final = frozenset({"say", "generate", "submit"})
"""A second request for these can do something twice. Making a conversation is none of
them: a spare one does no harm."""
NS_PER_S = 1_000_000_000


@dataclass(slots=True)
class SeenRequest:
    """One request, and its answer so far.

    Attributes:
        record: The record of its arrival.
        body: That record's body.
        turn: The user's turn for which it was made.
        kind: What it is for, if it makes something, or else its operation.
        head: The record of the response's head, and *answer* its body.
        end: The record of the response's end, and *how* it ended.
    """

    record: Record
    body: Received
    turn: int
    kind: str
    answer: ResponseHead | None = None
    head: Record | None = None
    end: Record | None = None
    how: str = ""

    @property
    def is_creating(self) -> bool:
        """Whether a second such request would do something twice."""
        return self.kind in CREATING

    @property
    def status(self) -> int:
        """The status of the answer; 0 if there was no answer."""
        return self.answer.status if self.answer else 0


class Requests:
    """All requests in order of arrival.

    Attributes:
        all: The requests.
        turns: The user's turns; their owner feeds them.
    """

    def __init__(self, turns: Turns) -> None:
        self.all: list[SeenRequest] = []
        self.turns = turns
        self._by_id: dict[int, SeenRequest] = {}

    def handlers(self) -> Handlers:
        """Handle requests, and the answers to them."""
        return {
            Received: self._receive,
            Committed: self._commit,
            ResponseHead: self._answer,
            ResponseEnd: self._end,
        }

    def _receive(self, record: Record, body: Received) -> None:
        kind = body.role if body.role in CREATING else body.op
        request = SeenRequest(record, body, self.turns.current, kind)
        self.all.append(request)
        self._by_id[body.req] = request

    def _commit(self, _: Record, body: Committed) -> None:
        request = self._by_id.get(body.req)
        if request and body.what in ("message", "run"):
            request.turn = self.turns.of_text(body.text)

    def _answer(self, record: Record, body: ResponseHead) -> None:
        request = self._by_id.get(body.req)
        if request:
            request.head, request.answer = record, body

    def _end(self, record: Record, body: ResponseEnd) -> None:
        request = self._by_id.get(body.req)
        if request:
            request.end, request.how = record, body.how
