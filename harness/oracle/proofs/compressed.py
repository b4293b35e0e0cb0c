"""The body came compressed: it begins as compressed streams do.

Where the fault leaves out the end of the compressed stream, the response has to end by
the rules of HTTP: a broken connection is another fault.

Sources: RFC 1952 section 2.3, "ID1 = 31", "ID2 = 139", "CM = 8"; RFC 1950 section 2.2,
where "CM = 8 denotes the deflate compression method with a window size up to 32K".
"""

from typing import Any, Final

from midstream.harness.oracle.projections.wire import WireResponse, effect
from midstream.harness.oracle.proofs import PROOFS
from midstream.harness.oracle.proofs._response import ResponseProof
from midstream.harness.record.history import Record

_BEGINNINGS: Final = {
    "gzip": b"\x1f\x8b\x08".decode(errors="replace"),
    "deflate": b"\x78".decode(),
}
"""By coding: how the journal writes the first bytes, of which some are no UTF-8."""


@PROOFS.register
class CompressedProof(ResponseProof):
    """Looks at the first bytes of the body, and at how it ends."""

    def seen(self, response: WireResponse, began: Record) -> dict[str, Any]:
        """Return the first piece of a compressed body."""
        args = self.fault.args
        sents = [pair for pair in response.sents if pair[0].seq > began.seq]
        if not sents or (args["cut"] and not _is_clean(response)):
            return {}
        record, first = sents[0]
        beginning = _BEGINNINGS[args["coding"]]
        if first.is_verbatim or not first.head.startswith(beginning):
            return {}
        return effect(record, coding=args["coding"], pieces=len(sents))


def _is_clean(response: WireResponse) -> bool:
    return response.end is not None and response.end[1].how == "clean"
