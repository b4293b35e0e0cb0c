"""Events reached the client in pieces.

For a fault of the network, reads at the tap ended inside what the server wrote of an
event, so that what it wrote in pieces itself proves nothing. For a fault of the
server, HTTP chunks that ended inside events crossed the tap; TCP decides how they are
read, but a client's HTTP layer hands them on one by one. The fault also hit a client
that leaves after the first chunk.
"""

from typing import Any

from midstream.harness.oracle.projections.wire import (
    WireConnection,
    WireResponse,
    effect,
)
from midstream.harness.oracle.proofs import PROOFS
from midstream.harness.oracle.proofs._response import ResponseProof
from midstream.harness.oracle.proofs._stream import indexes
from midstream.harness.record.history import Record, Sent


@PROOFS.register
class SplitProof(ResponseProof):
    """Compares reads and chunks with where events end."""

    def seen(self, response: WireResponse, began: Record) -> dict[str, Any]:
        """Return the number of pieces and of events."""
        link, sents = response.link, response.after(began.seq)
        if link is None or not sents or not response.is_stream:
            return {}
        if self.fault.family == "protocol":
            return self._chunks(link, sents)
        events = len(set(indexes(sents)))
        reads = link.carrying(sents)
        ends = {sent.end for sent in sents}
        inside = [
            read
            for read in reads
            if read.total not in ends
            and read.total < sents[-1].end
            and not _is_in_several(read.total, sents)
        ]
        if not inside:
            return {}
        return effect(inside[0].record, reads=len(reads), events=events)

    def _chunks(self, link: WireConnection, sents: list[Sent]) -> dict[str, Any]:
        """Return how many chunks of events crossed the tap."""
        crossed = [sent for sent in sents if sent.end <= link.down]
        reads, events = link.carrying(crossed), len(set(indexes(crossed)))
        inside = [s for s in crossed if s.first is not None and not s.is_last]
        if not reads or not inside:
            return {}
        record = reads[0].record
        return effect(record, chunks=len(crossed), reads=len(reads), events=events)


def _is_in_several(offset: int, sents: list[Sent]) -> bool:
    """Say whether *offset* lies in a write of several events, maybe between two."""
    return any(sent.start < offset < sent.end for sent in sents if sent.count > 1)
