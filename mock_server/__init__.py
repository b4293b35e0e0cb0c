"""A stateful fake OpenAI server that replays cassettes and breaks the protocol.

It knows nothing of `harness` or `scenarios`. What takes long to import is imported
when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from .core.errors import (
    CassetteError,
    DeclarationError,
    MockServerError,
    PortError,
    SettingsError,
    UnknownNameError,
)
from .core.registry import Registry

if TYPE_CHECKING:
    from .core.faults import FAULTS, FaultSpec
    from .core.gate import StopAtGate
    from .core.position import Position
    from .core.settings import SessionSettings
    from .library import load, names
    from .recordings.cassette import Cassette
    from .serving.server import MockServer
    from .serving.session import Gated, Injection, OnGate, Session
else:
    _HOMES = {
        "FAULTS": "core.faults",
        "Cassette": "library",
        "FaultSpec": "core.faults",
        "Gated": "serving.session",
        "MockServer": "serving.server",
        "OnGate": "serving.session",
        "Position": "core.position",
        "Session": "serving.session",
        "SessionSettings": "core.settings",
        "StopAtGate": "core.gate",
        "Injection": "serving.session",
        "load": "library",
        "names": "library",
    }

    def __getattr__(name: str) -> object:
        """Import heavy names on first use, so that help texts do not import them."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)


__all__ = [
    "FAULTS",
    "Cassette",
    "CassetteError",
    "DeclarationError",
    "FaultSpec",
    "Gated",
    "Injection",
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
    "UnknownNameError",
    "load",
    "names",
]
