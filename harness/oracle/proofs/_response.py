"""The shape of proofs that look at one struck response at a time; no proof itself."""

from abc import abstractmethod
from typing import Any

from midstream.harness.oracle.projections.wire import WireResponse
from midstream.harness.oracle.proofs import Proof
from midstream.harness.record.history import Record


class ResponseProof(Proof):
    """Asks of each struck response whether it shows the effect."""

    def finish(self) -> dict[str, Any]:
        """Return the effect on the first response that shows one."""
        began = self.firing.began
        if began is None:
            return {}
        for response in self.firing.struck():
            found = self.seen(response, began)
            if found:
                return found
        return {}

    @abstractmethod
    def seen(self, response: WireResponse, began: Record) -> dict[str, Any]:
        """Return the effect on *response* of a fault that *began*; empty: none."""
