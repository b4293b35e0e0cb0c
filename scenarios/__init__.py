"""The catalogue: one TOML file a scenario. A leaf: it knows nothing of the rest."""

from .loader import ids, load, load_file
from .schema import FaultEntry, Scenario
from .toml_file import ScenarioFileError

__all__ = ["FaultEntry", "Scenario", "ScenarioFileError", "ids", "load", "load_file"]
