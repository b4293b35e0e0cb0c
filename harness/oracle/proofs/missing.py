"""The server left an event out of a response that continued or ended properly."""

from typing import Any

from midstream.harness.oracle.projections.wire import WireResponse, effect
from midstream.harness.oracle.proofs import PROOFS
from midstream.harness.oracle.proofs._response import ResponseProof
from midstream.harness.oracle.proofs._stream import indexes
from midstream.harness.record.history import Record


@PROOFS.register
class MissingProof(ResponseProof):
    """Looks for gaps in the numbers of the events."""

    def seen(self, response: WireResponse, began: Record) -> dict[str, Any]:
        """Return the events left out."""
        sents = [sent for _, sent in response.sents]
        sent = set(indexes(sents))
        if not sent:
            return {}
        holes = [index for index in range(min(sent), max(sent)) if index not in sent]
        if holes:
            return effect(began, events=holes)
        is_clean = response.end is not None and response.end[1].how == "clean"
        if is_clean and not response.may_be_whole:
            return effect(began, events=["last"])
        return {}
