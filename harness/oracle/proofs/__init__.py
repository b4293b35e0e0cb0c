"""What proves that a fault had its effect, one kind of proof a file.

A proof looks at what passed, for one armed fault. Proof lies at the tap or in what
the server's edge wrote down of the bytes it performed, never in what a fault says of
itself. No effect: the run is INVALID, never a pass.
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
        wire: All that passed; it has taken note of a record before a proof does.
        firing: When the fault began to act, and what it struck.
    """

    def __init__(self, fault: ArmedFault, wire: Wire) -> None:
        """Look for the effect of *fault* in what *wire* takes note of."""
        self.fault, self.wire = fault, wire
        self.firing = Firing(fault, wire)

    def handlers(self) -> Handlers:
        """Return what it must take note of itself: by default, the firing."""
        return self.firing.handlers()

    @abstractmethod
    def finish(self) -> dict[str, Any]:
        """Return the evidence, JSON-able, with ``seq`` numbers; empty: no effect."""


PROOFS: Registry[type[Proof]] = Registry("proof", __name__)
