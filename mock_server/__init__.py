"""A stateful fake OpenAI server that replays cassettes and breaks the protocol.

A leaf: it knows nothing of `harness` or `scenarios`.
Import-light: `MockServer` alone brings aiohttp with it, and is imported when asked for.
"""

from typing import TYPE_CHECKING

from .cassette import Cassette, load, names
from .errors import (
    CassetteError,
    MockServerError,
    PortError,
    SettingsError,
    UnknownNameError,
)
from .faults import FAULTS, FaultSpec
from .gate import StopAtGate
from .position import Position
from .registry import Registry
from .session import Gated, OnGate, Session, Strike
from .settings import SessionSettings

if TYPE_CHECKING:
    from .server import MockServer
else:

    def __getattr__(name: str) -> object:
        """Import the server when it is asked for, so that help texts need not wait."""
        if name != "MockServer":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from .server import MockServer  # noqa: PLC0415 - heavy

        return MockServer


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
