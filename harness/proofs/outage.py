"""The path was taken down, and a connection by ourselves was refused."""

from typing import Any

from harness.case import ArmedFault
from harness.history import PathFired, Probed, Record
from harness.proofs import PROOFS
from harness.proofs._wire import effect


@PROOFS.register
class Outage:
    """Looks for a refused probe after the path went down."""

    def __init__(self, fault: ArmedFault) -> None:
        """Look for the effect of *fault*."""
        self._fault = fault.id
        self._fired: Record | None = None
        self._refused: Record | None = None

    def feed(self, record: Record) -> None:
        """Take note of the fall and of the probe."""
        body = record.body
        if isinstance(body, PathFired) and body.fault == self._fault:
            self._fired = self._fired or record
        elif isinstance(body, Probed) and body.fault == self._fault:
            is_proof = body.is_refused and self._fired is not None
            self._refused = self._refused or (record if is_proof else None)

    def finish(self) -> dict[str, Any]:
        """Return when the path fell and when that was seen."""
        if self._fired is None or self._refused is None:
            return {}
        return effect(self._fired, self._refused, refused=True)
