"""Several events were written as one piece, and crossed in fewer reads than events."""

from typing import Any

from midstream.harness.oracle.projections.wire import Wire, WireResponse, effect
from midstream.harness.oracle.proofs import PROOFS
from midstream.harness.oracle.proofs._response import ResponseProof
from midstream.harness.oracle.proofs._stream import indexes
from midstream.harness.record.case import ArmedFault
from midstream.harness.record.dispatch import Handlers
from midstream.harness.record.history import Record, TextDropped, TextPlanned, TextSent


@PROOFS.register
class MergedProof(ResponseProof):
    """Counts pieces against events, of which each token is one at least."""

    def __init__(self, fault: ArmedFault, wire: Wire) -> None:
        """Look for the effect of *fault* in what *wire* takes note of."""
        super().__init__(fault, wire)
        self._told: list[tuple[int, int]] = []

    def handlers(self) -> Handlers:
        """Handle the firing, and how much is said."""
        return {
            **super().handlers(),
            TextSent: self._tell,
            TextPlanned: self._foretell,
            TextDropped: self._unsay,
        }

    def _tell(self, record: Record, _: TextSent) -> None:
        """Count a token."""
        self._told.append((record.seq, 1))

    def _foretell(self, record: Record, body: TextPlanned) -> None:
        """Count the tokens of a part."""
        self._told.append((record.seq, len(body.texts)))

    def _unsay(self, record: Record, body: TextDropped) -> None:
        """Count tokens no more."""
        self._told.append((record.seq, -body.count))

    def seen(self, response: WireResponse, began: Record) -> dict[str, Any]:
        """Return how many pieces carried how many events."""
        sents, link = response.after(began.seq), response.link
        if not sents or link is None or response.end is None:
            return {}
        ended = response.end[0].seq
        told = sum(n for seq, n in self._told if response.record.seq < seq < ended)
        known = indexes(sents)
        spanned = max(known) - min(known) + 1 if known else 0
        events = max(spanned, told - (len(response.sents) - len(sents)))
        reads = link.carrying(sents)
        if not reads or len(sents) >= events or len(reads) >= events:
            return {}
        return effect(
            reads[0].record, pieces=len(sents), reads=len(reads), events=events
        )
