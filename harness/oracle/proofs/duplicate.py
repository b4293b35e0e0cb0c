"""One event was sent more than once in one response."""

from typing import Any

from midstream.harness.oracle.projections.wire import WireResponse, effect
from midstream.harness.oracle.proofs import PROOFS
from midstream.harness.oracle.proofs._response import ResponseProof
from midstream.harness.record.history import Record, Sent


@PROOFS.register
class DuplicateProof(ResponseProof):
    """Looks for two equal pieces of one event."""

    def seen(self, response: WireResponse, began: Record) -> dict[str, Any]:  # noqa: ARG002  # by protocol
        """Return the first piece that was sent again."""
        known: dict[tuple[int | None, int, str], Record] = {}
        for record, sent in response.sents:
            if sent.first is None:
                continue
            first = known.setdefault(_piece(sent), record)
            if first is not record:
                return effect(first, record, event=sent.first)
        return {}


def _piece(sent: Sent) -> tuple[int | None, int, str]:
    """Return a key that is equal if a piece is sent twice."""
    return sent.first, sent.end - sent.start, sent.head
