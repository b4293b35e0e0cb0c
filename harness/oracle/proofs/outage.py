"""The path was taken down, and it refused a connection by the harness."""

from typing import Any

from midstream.harness.oracle.projections.wire import Wire, effect
from midstream.harness.oracle.proofs import PROOFS, Proof
from midstream.harness.record.case import ArmedFault
from midstream.harness.record.dispatch import Handlers
from midstream.harness.record.history import PathFired, Probed, Record


@PROOFS.register
class OutageProof(Proof):
    """Looks for a refused probe after the path went down."""

    def __init__(self, fault: ArmedFault, wire: Wire) -> None:
        super().__init__(fault, wire)
        self._fired: Record | None = None
        self._refused: Record | None = None

    def handlers(self) -> Handlers:
        """Handle the firing and the probes."""
        return {PathFired: self._fire, Probed: self._probe}

    def _fire(self, record: Record, body: PathFired) -> None:
        if body.fault == self.fault.id:
            self._fired = self._fired or record

    def _probe(self, record: Record, body: Probed) -> None:
        """Keep the first connection that was refused after the path went down."""
        if body.fault == self.fault.id and body.is_refused and self._fired:
            self._refused = self._refused or record

    def finish(self) -> dict[str, Any]:
        """Return when the path went down and when a probe was refused."""
        if self._fired is None or self._refused is None:
            return {}
        return effect(self._fired, self._refused, refused=True)
