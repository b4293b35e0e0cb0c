"""The server sent the stream's last event and did not end the response."""

from typing import Any

from midstream.harness.oracle.projections.wire import WireResponse, effect
from midstream.harness.oracle.proofs import PROOFS
from midstream.harness.oracle.proofs._response import ResponseProof
from midstream.harness.record.history import Record


@PROOFS.register
class HeldProof(ResponseProof):
    """Looks for the last event in a response that the server did not end."""

    def seen(self, response: WireResponse, began: Record) -> dict[str, Any]:  # noqa: ARG002  # by protocol
        """Return the last event, and who ended the connection."""
        done = [r for r, sent in response.sents if response.is_ended_by(sent)]
        if not done:
            return {}
        if response.end is None:
            return effect(done[0], ended_by="nobody")
        record, end = response.end
        if end.how != "gone":
            return {}
        return effect(done[0], record, ended_by="client")
