"""The checks of `midstream doctor`, one function each. They change nothing."""

import os
import platform
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from midstream.harness.errors import HarnessError

if TYPE_CHECKING:
    from midstream.harness.path.toxiproxy import Found

_PYTHON_MIN: Final = (3, 11)
_NEEDED: Final = (
    "aiohttp",
    "msgspec",
    "PyYAML",
    "requests",
    "rich",
    "toxiproxy-python",
)
_OPTIONAL: Final = {"openai": "pip install 'midstream[openai]'"}
_OURS: Final = "midstream"
"""Both the name of the distribution and the name that it is imported by."""
_PATIENCE_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class DoctorCheck:
    """The result of one check. *remedy* says what to do if *is_ok* is False.

    *is_needed* says that no run works without it; otherwise only some clients are
    missing.
    """

    is_ok: bool
    text: str
    remedy: str = ""
    is_needed: bool = True


def checks() -> Iterator[DoctorCheck]:
    """Yield the result of each check, one after another."""
    yield python()
    for name in _NEEDED:
        yield package(name, "pip install --force-reinstall midstream")
    for name, remedy in _OPTIONAL.items():
        yield package(name, remedy, is_needed=False)
    yield owner(packages_distributions().get(_OURS, []))
    yield loopback()
    from midstream.harness.path.toxiproxy import cache_path  # noqa: PLC0415 - heavy

    yield writable(cache_path().parent)
    yield toxiproxy()


def python(found: tuple[int, ...] = sys.version_info[:3]) -> DoctorCheck:
    """Check that this Python is new enough."""
    shown, least = (".".join(map(str, numbers)) for numbers in (found, _PYTHON_MIN))
    return DoctorCheck(
        found >= _PYTHON_MIN,
        f"Python {shown} ({platform.system()} {platform.machine()})",
        f"use Python {least} or newer",
    )


def package(name: str, remedy: str, *, is_needed: bool = True) -> DoctorCheck:
    """Check that the distribution called *name* is installed."""
    try:
        return DoctorCheck(True, f"{name} {version(name)}", is_needed=is_needed)
    except PackageNotFoundError:
        suffix = "" if is_needed else " (optional)"
        text = f"{name} is not installed{suffix}"
        return DoctorCheck(False, text, remedy, is_needed)


def owner(owners: list[str]) -> DoctorCheck:
    """Check that no other distribution in *owners* ships our package.

    Two distributions that ship the same package silently overwrite each other's
    files. An editable install has no files of its own and is not among the owners.
    """
    others = sorted(set(owners) - {_OURS})
    if others:
        return DoctorCheck(
            False,
            f"import name {_OURS!r} also belongs to {', '.join(others)}",
            f"pip uninstall {' '.join(others)}; pip install --force-reinstall {_OURS}",
        )
    return DoctorCheck(True, f"import name {_OURS!r} is ours alone")


def loopback(host: str = "127.0.0.1") -> DoctorCheck:
    """Check that a server can listen on *host*."""
    try:
        with socket.create_server((host, 0)):
            return DoctorCheck(True, f"can listen on {host}")
    except OSError as error:
        return DoctorCheck(
            False,
            f"cannot listen on {host}: {error.strerror}",
            "let this sandbox or container open sockets on the loopback interface",
        )


def writable(folder: Path) -> DoctorCheck:
    """Check that *folder*, or the nearest parent that exists, can be written to."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    is_ok = there.is_dir() and os.access(there, os.W_OK | os.X_OK)
    return DoctorCheck(
        is_ok,
        f"the cache {folder} can{'' if is_ok else 'not'} be written",
        f"make {there} a writable folder, or set XDG_CACHE_HOME",
    )


def toxiproxy() -> DoctorCheck:
    """Check which Toxiproxy there is, and where it was found."""
    from midstream.harness.path.toxiproxy import VERSION, find_or_explain  # noqa: PLC0415 - heavy

    try:
        found = find_or_explain()
        text = f"{_version(found)}, from {found.source}: {found}"
    except (HarnessError, OSError, subprocess.SubprocessError) as error:
        return DoctorCheck(False, f"Toxiproxy: {error}", "midstream toxiproxy install")
    if VERSION not in text.split(",", maxsplit=1)[0]:
        remedy = f"use version {VERSION}, the one that midstream is tested with"
        return DoctorCheck(False, text, remedy, is_needed=False)
    return DoctorCheck(True, text)


def _version(found: "Found") -> str:
    """Return the version that the program or the running server reports.

    Raises:
        ToxiproxyError: The server does not answer.
        OSError: The program cannot be run.
        SubprocessError: The program fails, or hangs.
    """
    if found.path is not None:
        command = [str(found.path), "--version"]
        done = subprocess.run(  # noqa: S603 - the program that runs would start
            command, capture_output=True, check=True, text=True, timeout=_PATIENCE_S
        )
        return done.stdout.strip()
    from midstream.harness.path.toxiproxy import api  # noqa: PLC0415 - heavy

    parts = urlsplit(found.url or "")
    api.use(parts.hostname or "", parts.port or 0)
    return f"toxiproxy-server version {api.version()}"
