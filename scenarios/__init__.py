"""The catalogue, one TOML file a scenario, and what reads it.

It knows nothing of `harness` or `mock_server`: names in scenarios are resolved there.
"""

from .loader import ids, load, load_file
from .schema import FaultEntry, Scenario
from .toml_file import ScenarioFileError

__all__ = ["FaultEntry", "Scenario", "ScenarioFileError", "ids", "load", "load_file"]
