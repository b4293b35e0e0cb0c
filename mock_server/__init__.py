"""A stateful fake OpenAI server that replays cassettes and breaks the protocol.

A leaf: it knows nothing of `harness` or `scenarios`.
Import-light: what takes long to import is imported when it is asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from .errors import (
    CassetteError,
    MockServerError,
    PortError,
    SettingsError,
    UnknownNameError,
)
from .registry import Registry

if TYPE_CHECKING:
    from .cassette import Cassette, load, names
    from .faults import FAULTS, FaultSpec
    from .gate import StopAtGate
    from .position import Position
    from .server import MockServer
    from .session import Gated, OnGate, Session, Strike
    from .settings import SessionSettings
else:
    _HOMES = {
        "FAULTS": "faults",
        "Cassette": "cassette",
        "FaultSpec": "faults",
        "Gated": "session",
        "MockServer": "server",
        "OnGate": "session",
        "Position": "position",
        "Session": "session",
        "SessionSettings": "settings",
        "StopAtGate": "gate",
        "Strike": "session",
        "load": "cassette",
        "names": "cassette",
    }

    def __getattr__(name: str) -> object:
        """Import what is heavy when it is asked for, so that help texts need not."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)


__all__ = [
    "FAULTS",
    "Cassette",
    "CassetteError",
    "FaultSpec",
    "Gated",
    "MockServer",
    "MockServerError",
    "OnGate",
    "PortError",
    "Position",
    "Registry",
    "Session",
    "SessionSettings",
    "SettingsError",
    "StopAtGate",
    "Strike",
    "UnknownNameError",
    "load",
    "names",
]
