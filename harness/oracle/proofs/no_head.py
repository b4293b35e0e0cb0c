"""The server read a request, and its connection ended without a byte of answer."""

from typing import Any

from midstream.harness.oracle.projections.wire import WireResponse, effect
from midstream.harness.oracle.proofs import PROOFS
from midstream.harness.oracle.proofs._response import ResponseProof
from midstream.harness.record.history import Record


@PROOFS.register
class NoHeadProof(ResponseProof):
    """Looks for a struck request whose response has an end but no head."""

    def seen(self, response: WireResponse, began: Record) -> dict[str, Any]:  # noqa: ARG002  # by protocol
        """Return how the connection without an answer ended."""
        if response.head is not None or response.end is None:
            return {}
        record, end = response.end
        if end.how not in ("fin", "rst"):
            return {}
        return effect(response.record, record, how=end.how)
