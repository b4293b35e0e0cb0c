"""The server sent an event after one that follows it in the run."""

from itertools import pairwise
from typing import Any

from midstream.harness.oracle.projections.wire import WireResponse, effect
from midstream.harness.oracle.proofs import PROOFS
from midstream.harness.oracle.proofs._response import ResponseProof
from midstream.harness.record.history import Record


@PROOFS.register
class SwapProof(ResponseProof):
    """Looks for two neighbours in the wrong order."""

    def seen(self, response: WireResponse, began: Record) -> dict[str, Any]:  # noqa: ARG002  # by protocol
        """Return the first pair in the wrong order."""
        pieces = [
            (record, sent.first)
            for record, sent in response.sents
            if sent.first is not None
        ]
        for (first, before), (second, after) in pairwise(pieces):
            if before > after:
                return effect(first, second, events=[before, after])
        return {}
