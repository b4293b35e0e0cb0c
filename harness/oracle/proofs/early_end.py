"""A stream ended by the rules of HTTP without the last events of the run."""

from typing import Any

from midstream.harness.oracle.projections.wire import WireResponse, effect
from midstream.harness.oracle.proofs import PROOFS
from midstream.harness.oracle.proofs._response import ResponseProof
from midstream.harness.oracle.proofs._stream import TERMINAL, may_be_done, names
from midstream.harness.record.history import Record


@PROOFS.register
class EarlyEndProof(ResponseProof):
    """Looks for a clean end without ``done``."""

    def seen(self, response: WireResponse, began: Record) -> dict[str, Any]:  # noqa: ARG002  # by protocol
        """Return how many pieces were sent before the end."""
        if response.end is None or not response.is_stream:
            return {}
        record, end = response.end
        sents = [sent for _, sent in response.sents]
        if end.how != "clean" or any(map(may_be_done, sents)):
            return {}
        was_told = any(name in TERMINAL for sent in sents for name in names(sent))
        return effect(record, pieces=len(sents), was_run_ended=was_told)
