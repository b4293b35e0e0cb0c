"""The catalogue: one TOML file for each scenario. A leaf: it imports no other part."""

from .loader import ids, load, load_file
from .schema import FaultEntry, Scenario
from .toml_file import ScenarioFileError

__all__ = ["FaultEntry", "Scenario", "ScenarioFileError", "ids", "load", "load_file"]
