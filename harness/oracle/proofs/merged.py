"""The server wrote several events as one piece, which crossed in fewer reads."""

from typing import Any

from midstream.harness.oracle.projections.wire import Wire, WireResponse, effect
from midstream.harness.oracle.proofs import PROOFS
from midstream.harness.oracle.proofs._response import ResponseProof
from midstream.harness.oracle.proofs._stream import indexes
from midstream.harness.record.case import ArmedFault
from midstream.harness.record.dispatch import Handlers
from midstream.harness.record.history import Record, TextDropped, TextPlanned


@PROOFS.register
class MergedProof(ResponseProof):
    """Compares the number of pieces and of events; each token is at least one event."""

    def __init__(self, fault: ArmedFault, wire: Wire) -> None:
        super().__init__(fault, wire)
        self._tokens: list[tuple[int, int]] = []

    def handlers(self) -> Handlers:
        """Handle the firing, and the tokens that the server says."""
        return {
            **super().handlers(),
            TextPlanned: self._plan,
            TextDropped: self._drop,
        }

    def _plan(self, record: Record, body: TextPlanned) -> None:
        """Count the tokens of a part."""
        self._tokens.append((record.seq, len(body.texts)))

    def _drop(self, record: Record, body: TextDropped) -> None:
        """Subtract dropped tokens."""
        self._tokens.append((record.seq, -body.count))

    def seen(self, response: WireResponse, began: Record) -> dict[str, Any]:
        """Return how many pieces carried how many events."""
        sents, link = response.after(began.seq), response.link
        if not sents or link is None or response.end is None:
            return {}
        ended = response.end[0].seq
        tokens = sum(n for seq, n in self._tokens if response.record.seq < seq < ended)
        known = indexes(sents)
        spanned = max(known) - min(known) + 1 if known else 0
        events = max(spanned, tokens - (len(response.sents) - len(sents)))
        reads = link.carrying(sents)
        if not reads or len(sents) >= events or len(reads) >= events:
            return {}
        return effect(
            reads[0].record, pieces=len(sents), reads=len(reads), events=events
        )
