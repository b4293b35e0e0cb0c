"""One side ended a connection, and the other side saw the end so much later.

Seen between the client's end at the tap and the server's, in either direction.
"""

from typing import Any

from midstream.harness.oracle.projections.wire import (
    Wire,
    WireConnection,
    effect,
    seconds,
)
from midstream.harness.oracle.proofs import PROOFS, Proof
from midstream.harness.record.case import ArmedFault
from midstream.harness.record.history import Record

_PART = 0.8


@PROOFS.register
class LateCloseProof(Proof):
    """Measures how long the end of a connection took to get through."""

    def __init__(self, fault: ArmedFault, wire: Wire) -> None:
        super().__init__(fault, wire)
        self._least_s = _PART * fault.args.get("delay_ms", 0) / 1000

    def finish(self) -> dict[str, Any]:
        """Return the longest delay of an end, if it was long enough."""
        began = self.firing.began
        if began is None:
            return {}
        pairs = [
            pair
            for link in self.wire.links.values()
            for pair in self._pairs(link)
            if pair[1].seq > began.seq
        ]
        late = [pair for pair in pairs if seconds(*pair) >= self._least_s > 0]
        if not late:
            return {}
        first = late[0]
        return effect(*first, late_s=round(seconds(*first), 3))

    def _pairs(self, link: WireConnection) -> list[tuple[Record, Record]]:
        """Return each end by one side with each later end by the other side."""
        client = [record for record, end in link.ends if end.who == "client"]
        server = [record for record, end in link.ends if end.who == "server"]
        responses = [of for of in self.wire.responses.values() if of.link is link]
        gone = [of.end[0] for of in responses if of.end and of.end[1].how == "gone"]
        aborted = [
            of.end[0] for of in responses if of.end and of.end[1].how in ("fin", "rst")
        ]
        return [
            (first, second)
            for firsts, seconds_ in ((client, [*server, *gone]), (aborted, server))
            for first in firsts
            for second in seconds_
            if first.seq < second.seq
        ]
