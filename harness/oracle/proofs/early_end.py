"""A stream ended by the rules of HTTP without the last events of the run."""

from typing import Any

from midstream.harness.oracle.projections.wire import WireResponse, effect
from midstream.harness.oracle.proofs import PROOFS
from midstream.harness.oracle.proofs._response import ResponseProof
from midstream.harness.record.history import Record


@PROOFS.register
class EarlyEndProof(ResponseProof):
    """Looks for a clean end without the last event."""

    def seen(self, response: WireResponse, began: Record) -> dict[str, Any]:  # noqa: ARG002  # by protocol
        """Return how many pieces were sent before the end."""
        if response.end is None or not response.is_stream:
            return {}
        record, end = response.end
        if end.how != "clean" or response.may_be_whole:
            return {}
        was_told = response.is_end_told
        return effect(record, pieces=len(response.sents), was_run_ended=was_told)
