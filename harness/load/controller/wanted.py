"""The settings of a load run."""

from dataclasses import dataclass
from pathlib import Path

from midstream.harness.load.metrics.gates import LoadGate
from midstream.harness.load.metrics.limits import StreamLimits
from midstream.harness.load.storm.storm import Storm


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The settings of a load run, checked."""

    storm: Storm
    seed: int
    servers: int
    gates: tuple[LoadGate, ...]
    limits: StreamLimits
    out: Path
    html: Path | None
    json: Path | None
    command: str
