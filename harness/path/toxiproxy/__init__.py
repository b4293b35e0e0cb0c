"""The real Toxiproxy: finds, installs, runs and drives it.

A process drives one server. Its toxics come as values from `path.toxics`; nothing here
knows scenarios, events or the fake server.
"""

from .driver import Proxy, Toxiproxy
from .installer import install
from .locate import VERSION, Found, cache_path, find, find_or_explain

__all__ = [
    "VERSION",
    "Found",
    "Proxy",
    "Toxiproxy",
    "cache_path",
    "find",
    "find_or_explain",
    "install",
]
