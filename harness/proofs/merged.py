"""Several events were written as one piece, and crossed in fewer reads than events."""

from typing import Any

from harness.case import ArmedFault
from harness.history import Record, Told
from harness.proofs import PROOFS
from harness.proofs._response import ResponseProof
from harness.proofs._stream import indexes
from harness.proofs._wire import Response, effect


@PROOFS.register
class Merged(ResponseProof):
    """Counts pieces against events, of which each token is one at least."""

    def __init__(self, fault: ArmedFault) -> None:
        """Look for the effect of *fault*."""
        super().__init__(fault)
        self._told: list[int] = []

    def feed(self, record: Record) -> None:
        """Take note of what passed, and of how much was said."""
        if isinstance(record.body, Told):
            self._told.append(record.seq)
        super().feed(record)

    def seen(self, response: Response, began: Record) -> dict[str, Any]:
        """Return how many pieces carried how many events."""
        sents, link = response.after(began.seq), response.link
        if not sents or link is None or response.end is None:
            return {}
        ended = response.end[0].seq
        told = sum(response.record.seq < seq < ended for seq in self._told)
        known = indexes(sents)
        spanned = max(known) - min(known) + 1 if known else 0
        events = max(spanned, told - (len(response.sents) - len(sents)))
        reads = link.carrying(sents)
        if not reads or len(sents) >= events or len(reads) >= events:
            return {}
        return effect(
            reads[0].record, pieces=len(sents), reads=len(reads), events=events
        )
