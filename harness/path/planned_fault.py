"""A fault with its names resolved, for the nemesis or for a server session."""

from dataclasses import dataclass

from midstream.harness.record.case import ArmedFault
from midstream.mock_server.core.faults import FaultSpec
from midstream.mock_server.core.position import Position

from .toxics import Toxic


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFault:
    """One fault: *armed* is its record for the history; the rest injects it.

    Exactly one of *server* and *toxic* is set. *position* is None for a path fault
    that acts from the start.
    """

    armed: ArmedFault
    position: Position | None
    server: FaultSpec | None = None
    toxic: Toxic | None = None
