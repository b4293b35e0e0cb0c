"""Finds Toxiproxy: in the environment, on PATH, or in our own cache.

Nothing here runs or installs it.
"""

import os
import shutil
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from midstream.harness.errors import UnavailableError

VERSION = "2.12.0"
"""The release on whose behaviour the toxics rely."""

VARIABLE = "MIDSTREAM_TOXIPROXY"
_PROGRAM = "toxiproxy-server"


@dataclass(frozen=True, slots=True)
class Found:
    """A Toxiproxy: the *path* of a program, or the *url* of a running server.

    *source* says where it was found: the variable's name, "PATH" or "cache".
    """

    source: str
    path: Path | None = None
    url: str | None = None

    def __str__(self) -> str:
        """Return the path or the URL."""
        return str(self.path or self.url)


def cache_path() -> Path:
    """Return the path at which `install` puts the program; it may not exist."""
    home = os.environ.get("XDG_CACHE_HOME")
    cache = Path(home) if home else Path.home() / ".cache"
    return cache / "midstream" / "toxiproxy" / VERSION / _PROGRAM


def find() -> Found | None:
    """Return the first Toxiproxy in environment, PATH and cache, or None.

    Raises:
        UnavailableError: The environment names one that cannot be used.
    """
    if named := os.environ.get(VARIABLE):
        return _named(named)
    if on_path := shutil.which(_PROGRAM):
        return Found("PATH", path=Path(on_path))
    if is_program(cache_path()):
        return Found("cache", path=cache_path())
    return None


def find_or_explain() -> Found:
    """Return the Toxiproxy that `find` finds.

    Raises:
        UnavailableError: There is none; the message says how to get it.
    """
    if found := find():
        return found
    raise UnavailableError(
        "Toxiproxy is not installed: run `midstream toxiproxy install`, or set "
        f"{VARIABLE} to the path of {_PROGRAM} or to the URL of a running server"
    )


def _named(named: str) -> Found:
    """Return the Toxiproxy that the variable names by its URL or path."""
    if "://" in named:
        return Found(VARIABLE, url=_checked(named))
    path = Path(named).expanduser()
    if not is_program(path):
        raise UnavailableError(
            f"{VARIABLE} is {named!r}, which is not an executable file; set it to the "
            f"path of {_PROGRAM}"
        )
    return Found(VARIABLE, path=path)


def _checked(url: str) -> str:
    """Return *url* if it is usable: its proxies must listen on this machine."""
    try:
        parts = urlsplit(url)
        is_near = (
            parts.hostname == "localhost"
            or ip_address(parts.hostname or "").is_loopback
        )
        is_usable = parts.scheme == "http" and bool(parts.port) and is_near
    except ValueError:
        is_usable = False
    if not is_usable:
        raise UnavailableError(
            f"{VARIABLE} is {url!r}; the URL must look like http://127.0.0.1:8474, "
            "with a port, on this machine (run a container with the host's network)"
        )
    return url


def is_program(path: Path) -> bool:
    """Say whether *path* is an executable file."""
    return path.is_file() and os.access(path, os.X_OK)
