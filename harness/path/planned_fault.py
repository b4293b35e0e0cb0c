"""A fault with its names resolved, as the nemesis and a session take it."""

from dataclasses import dataclass

from midstream.harness.record.case import ArmedFault
from midstream.mock_server.core.faults import FaultSpec
from midstream.mock_server.core.position import Position

from .toxics import Toxic


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFault:
    """One fault: as the history will know it, and as the thing that commits it.

    Exactly one of *server* and *toxic* is set. *position* is None for a path fault
    that acts from the start.
    """

    armed: ArmedFault
    position: Position | None
    server: FaultSpec | None = None
    toxic: Toxic | None = None
