"""Proofs that a fault had its effect, one kind of proof in each file.

A proof looks at the traffic for one armed fault. It rests on what the tap saw, or on
the bytes that the server's edge wrote, never on what a fault says of itself. A run
without the effect is INVALID, never a pass.
"""

from abc import ABC, abstractmethod
from typing import Any

from midstream.harness.oracle.projections.wire import Wire
from midstream.harness.oracle.proofs._firing import Firing
from midstream.harness.record.case import ArmedFault
from midstream.harness.record.dispatch import Handlers
from midstream.mock_server.core.registry import Registry


class Proof(ABC):
    """Looks for the effect of one fault.

    Attributes:
        fault: The fault.
        wire: All traffic; it handles each record before a proof does.
        firing: When the fault began to act, and what it struck.
    """

    def __init__(self, fault: ArmedFault, wire: Wire) -> None:
        """Look for the effect of *fault* in the traffic of *wire*."""
        self.fault, self.wire = fault, wire
        self.firing = Firing(fault, wire)

    def handlers(self) -> Handlers:
        """Return the handlers of this proof; by default those of the firing."""
        return self.firing.handlers()

    @abstractmethod
    def finish(self) -> dict[str, Any]:
        """Return the evidence as JSON values with ``seq`` numbers; empty if none."""


PROOFS: Registry[type[Proof]] = Registry("proof", __name__)
