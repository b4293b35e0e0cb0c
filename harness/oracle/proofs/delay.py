"""Bytes sent on one side crossed on the other side at least so much later.

Measured from the server's writing to the tap, or from the tap to the server's reading.
The median counts: half of all pieces were at least that late.
"""

from statistics import median
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

_PART = 0.8


@PROOFS.register
class DelayProof(Proof):
    """Measures the time between the two sides."""

    def __init__(self, fault: ArmedFault, wire: Wire) -> None:
        super().__init__(fault, wire)
        self._is_up = fault.args.get("stream") == "upstream"
        least_ms = fault.args.get("latency_ms", 0) - fault.args.get("jitter_ms", 0)
        self._least_s = _PART * max(0, least_ms) / 1000

    def finish(self) -> dict[str, Any]:
        """Return the median delay, if it was long enough."""
        began = self.firing.began
        if began is None:
            return {}
        pairs = [
            pair
            for response in self.firing.struck()
            for pair in (_up if self._is_up else _down)(response)
            if pair[0].seq > began.seq
        ]
        if not pairs:
            return {}
        delay_s = median(seconds(sent, crossed) for sent, crossed in pairs)
        if delay_s < self._least_s or not self._least_s:
            return {}
        return effect(*pairs[0], delay_s=round(delay_s, 4), measured=len(pairs))


def _down(response: WireResponse) -> list[tuple[Record, Record]]:
    """Return when each piece was written, and when the last of it crossed the tap."""
    if response.link is None:
        return []
    sent = [(record, sent.end) for record, sent in response.sents]
    if response.head and not sent:
        sent = [(response.head[0], response.head[1].end)]
    reads, pairs = [*response.link.downs()], []
    at = 0
    for record, end in sent:
        while at < len(reads) and reads[at].total < end:
            at += 1
        if at < len(reads):
            pairs.append((record, reads[at].record))
    return pairs


def _up(response: WireResponse) -> list[tuple[Record, Record]]:
    """Return when a request crossed the tap, and when the server had read it."""
    if response.link is None:
        return []
    reads = response.link.ups(before=response.record)
    return [(reads[-1].record, response.record)] if reads else []
