"""A connection was ended from the server's side in the middle of a response.

Seen at the tap. If the path was asked to cut at an offset, exactly that many bytes
must have crossed. A server's own RST may arrive as a FIN behind the proxy, which is
accepted.
"""

from typing import Any

from midstream.harness.oracle.projections.wire import WireConnection, effect
from midstream.harness.oracle.proofs import PROOFS, Proof
from midstream.harness.record.history import Ended


@PROOFS.register
class CutProof(Proof):
    """Looks at who ended each connection, and after how many bytes."""

    def finish(self) -> dict[str, Any]:
        """Return how and where the first cut connection ended."""
        began = self.firing.began
        if began is None:
            return {}
        for link in self.wire.links.values():
            for record, end in link.ends:  # a client may have gone a moment before
                if record.seq > began.seq and self._is_cut(link, end):
                    return effect(began, record, how=end.how, bytes=link.down)
        return {}

    def _is_cut(self, link: WireConnection, end: Ended) -> bool:
        """Say whether *end* is the end that the fault should cause."""
        fault, wire, firing = self.fault, self.wire, self.firing
        if end.who != "server" or end.how == "refused":
            return False
        if wire.is_between(link, link.down):
            return False
        is_upstream = fault.args.get("stream") == "upstream"
        if firing.cut_at and not is_upstream and link.down not in firing.cut_at:
            return False
        if fault.family == "protocol":
            ends = [of.end[1] for of in firing.struck() if of.end and of.link is link]
            return any(ended.how in ("fin", "rst") for ended in ends)
        return fault.kind != "cut" or end.how == fault.args.get("end", end.how)
