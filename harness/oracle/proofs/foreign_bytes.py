"""The stream carried bytes that belong to no event of the run."""

from typing import Any

from midstream.harness.oracle.projections.wire import WireResponse, effect
from midstream.harness.oracle.proofs import PROOFS
from midstream.harness.oracle.proofs._response import ResponseProof
from midstream.harness.record.history import Record


@PROOFS.register
class ForeignBytesProof(ResponseProof):
    """Looks for pieces without an event."""

    def seen(self, response: WireResponse, began: Record) -> dict[str, Any]:
        """Return the first such piece and how many there are."""
        if not response.is_stream:
            return {}
        foreign = [
            (record, sent)
            for record, sent in response.sents
            if record.seq > began.seq and sent.first is None and not sent.is_verbatim
        ]
        if not foreign:
            return {}
        record, sent = foreign[0]
        return effect(record, pieces=len(foreign), head=sent.head)
