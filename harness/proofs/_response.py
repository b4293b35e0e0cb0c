"""The shape of proofs that look at one struck response at a time; no proof itself."""

from abc import ABC, abstractmethod
from typing import Any

from harness.case import ArmedFault
from harness.history import Record
from harness.proofs._wire import Response, Wire


class ResponseProof(ABC):
    """Asks of each struck response whether it shows the effect."""

    def __init__(self, fault: ArmedFault) -> None:
        """Look for the effect of *fault*."""
        self.fault = fault
        self.wire = Wire(fault)

    def feed(self, record: Record) -> None:
        """Take note of what passed."""
        self.wire.feed(record)

    def finish(self) -> dict[str, Any]:
        """Return the effect on the first response that shows one."""
        began = self.wire.began
        if began is None:
            return {}
        for response in self.wire.struck():
            found = self.seen(response, began)
            if found:
                return found
        return {}

    @abstractmethod
    def seen(self, response: Response, began: Record) -> dict[str, Any]:
        """Return the effect on *response* of a fault that *began*; empty: none."""
