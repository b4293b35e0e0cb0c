"""The firing of a fault: when it began to act, and what it struck; no proof itself."""

from midstream.harness.oracle.projections.wire import Wire, WireResponse
from midstream.harness.record.case import ArmedFault
from midstream.harness.record.dispatch import Handlers
from midstream.harness.record.history import FaultFired, PathFired, Record


class Firing:
    """The firing of one fault.

    Attributes:
        cut_at: The offsets at which the path was asked to cut.
    """

    def __init__(self, fault: ArmedFault, wire: Wire) -> None:
        """Follow *fault*; *wire* has all traffic."""
        self.cut_at: set[int] = set()
        self._fault, self._wire = fault, wire
        self._fired: list[Record] = []
        self._struck: list[int] = []

    def handlers(self) -> Handlers:
        """Handle the firing of faults."""
        return {FaultFired: self._fire, PathFired: self._fire_path}

    def _fire(self, record: Record, body: FaultFired) -> None:
        if body.fault == self._fault.id:
            self._fired.append(record)
            self._struck.append(body.req)

    def _fire_path(self, record: Record, body: PathFired) -> None:
        if body.fault == self._fault.id:
            self._fired.append(record)
            if body.cut_at is not None:
                self.cut_at.add(body.cut_at)

    @property
    def began(self) -> Record | None:
        """The record from which on the fault acts, or None if it never did.

        A path fault without a position acts from the first connection on.
        """
        if self._fired:
            return self._fired[0]
        links = self._wire.links
        if self._fault.family == "path" and not self._fault.at and links:
            return next(iter(links.values())).opened
        return None

    def struck(self) -> list[WireResponse]:
        """Return the responses that the fault struck, or could strike."""
        began = self.began
        if began is None:
            return []
        responses = self._wire.responses
        if self._struck:
            return [responses[req] for req in self._struck]
        return [
            response
            for response in responses.values()
            if response.end is None or response.end[0].seq > began.seq
        ]
