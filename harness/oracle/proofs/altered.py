"""The server sent events of the run with other bytes than the run has."""

from typing import Any

from midstream.harness.oracle.projections.wire import WireResponse, effect
from midstream.harness.oracle.proofs import PROOFS
from midstream.harness.oracle.proofs._response import ResponseProof
from midstream.harness.record.history import Record


@PROOFS.register
class AlteredProof(ResponseProof):
    """Looks for pieces of events that are not verbatim."""

    def seen(self, response: WireResponse, began: Record) -> dict[str, Any]:
        """Return the first such piece and how many there are."""
        altered = [
            (record, sent)
            for record, sent in response.sents
            if record.seq > began.seq
            and sent.first is not None
            and not sent.is_verbatim
        ]
        if not altered:
            return {}
        record, sent = altered[0]
        return effect(record, pieces=len(altered), event=sent.first, head=sent.head)
