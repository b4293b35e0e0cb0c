"""Bytes crossed no faster than asked, and slower than they were sent.

Seen on the biggest response that was struck. If the server itself is as slow as the
path, nothing is proven.
"""

from typing import Any

from midstream.harness.oracle.projections.wire import (
    Wire,
    WireResponse,
    effect,
    seconds,
)
from midstream.harness.oracle.proofs import PROOFS, Proof
from midstream.harness.record.case import ArmedFault
from midstream.harness.record.history import Record

_PART = 1.5
_LAG_S = 0.02
"""How much later than it was written the last byte must have crossed."""


@PROOFS.register
class SlowProof(Proof):
    """Compares the pace of writing with the pace of crossing."""

    def __init__(self, fault: ArmedFault, wire: Wire) -> None:
        super().__init__(fault, wire)
        self._is_up = fault.args.get("stream") == "upstream"
        self._bytes_per_s = fault.args.get("rate_kb_per_s", 0) * 1000

    def finish(self) -> dict[str, Any]:
        """Return the pace, if the path slowed it down."""
        struck = self.firing.struck()
        began = self.firing.began
        if began is None or not struck:
            return {}
        if self._is_up:
            return self._up(max(struck, key=lambda of: of.received.body_bytes))
        return self._down(max(struck, key=_size), began)

    def _down(self, response: WireResponse, began: Record) -> dict[str, Any]:
        """Return the pace at which *response* crossed the tap."""
        sents = [(r, sent) for r, sent in response.sents if r.seq > began.seq]
        if response.link is None or not sents:
            return {}
        reads = response.link.carrying([sent for _, sent in sents])
        if not reads:
            return {}
        reached = min(reads[-1].total, sents[-1][1].end)
        size = reached - sents[0][1].start
        took_s = seconds(sents[0][0], reads[-1].record)
        written = next(record for record, sent in sents if sent.end >= reached)
        lag_s = seconds(written, reads[-1].record)
        if size > _PART * self._bytes_per_s * took_s or lag_s < _LAG_S:
            return {}
        pace = round(size / took_s)
        return effect(
            written, reads[-1].record, bytes_per_s=pace, lag_s=round(lag_s, 3)
        )

    def _up(self, response: WireResponse) -> dict[str, Any]:
        """Return how long the biggest request took to reach the server."""
        if response.link is None:
            return {}
        reads = response.link.ups(before=response.record)
        if not reads:
            return {}
        size = response.received.body_bytes
        took_s = seconds(reads[-1].record, response.record)
        if took_s < _LAG_S or size > _PART * self._bytes_per_s * took_s:
            return {}
        return effect(
            reads[-1].record, response.record, bytes_per_s=round(size / took_s)
        )


def _size(response: WireResponse) -> int:
    """Return how many bytes were written of the body."""
    return sum(sent.end - sent.start for _, sent in response.sents)
