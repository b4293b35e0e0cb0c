"""The base of proofs that look at one struck response at a time; no proof itself."""

from abc import abstractmethod
from typing import Any

from midstream.harness.oracle.projections.wire import WireResponse
from midstream.harness.oracle.proofs import Proof
from midstream.harness.record.history import Record


class ResponseProof(Proof):
    """Looks at each struck response for the effect."""

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
        """Return the effect on *response* since *began*; empty if there is none."""
