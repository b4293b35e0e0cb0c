"""A stateful fake OpenAI server that replays cassettes and breaks the protocol.

A leaf: it knows nothing of `harness` or `scenarios`.
"""

from .errors import (
    CassetteError,
    MockServerError,
    PortError,
    SettingsError,
    UnknownNameError,
)
from .faults import FAULTS, FaultSpec
from .position import Position
from .registry import Registry

__all__ = [
    "FAULTS",
    "CassetteError",
    "FaultSpec",
    "MockServerError",
    "PortError",
    "Position",
    "Registry",
    "SettingsError",
    "UnknownNameError",
]
