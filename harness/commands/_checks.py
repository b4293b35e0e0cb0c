"""What `midstream doctor` looks at, one function a question. Nothing is changed."""

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
    """One answer. *remedy* says what to do where *is_ok* is False.

    *is_needed*: nothing works without it; otherwise only some clients are missing.
    """

    is_ok: bool
    text: str
    remedy: str = ""
    is_needed: bool = True


def checks() -> Iterator[DoctorCheck]:
    """Answer all questions, one after another."""
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
    """Is this Python new enough?"""
    shown, least = (".".join(map(str, numbers)) for numbers in (found, _PYTHON_MIN))
    return DoctorCheck(
        found >= _PYTHON_MIN,
        f"Python {shown} ({platform.system()} {platform.machine()})",
        f"use Python {least} or newer",
    )


def package(name: str, remedy: str, *, is_needed: bool = True) -> DoctorCheck:
    """Is the distribution called *name* installed?"""
    try:
        return DoctorCheck(True, f"{name} {version(name)}", is_needed=is_needed)
    except PackageNotFoundError:
        suffix = "" if is_needed else " (optional)"
        text = f"{name} is not installed{suffix}"
        return DoctorCheck(False, text, remedy, is_needed)


def owner(owners: list[str]) -> DoctorCheck:
    """Does the import name belong to us alone, of the distributions in *owners*?

    Two distributions that ship the same package overwrite each other's files without
    a word. An editable install has no files of its own and is not among the owners.
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
    """Can we listen on *host*?"""
    try:
        with socket.create_server((host, 0)):
            return DoctorCheck(True, f"can listen on {host}")
    except OSError as error:
        return DoctorCheck(
            False,
            f"cannot listen on {host}: {error.strerror}",
            "allow loopback sockets in this sandbox or container",
        )


def writable(folder: Path) -> DoctorCheck:
    """Can *folder*, or the first parent that is there, be written to?"""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return DoctorCheck(
        there.is_dir() and os.access(there, os.W_OK | os.X_OK),
        f"cache {folder}",
        f"make {there} a writable folder, or set XDG_CACHE_HOME",
    )


def toxiproxy() -> DoctorCheck:
    """Is there a Toxiproxy, which, and where was it found?"""
    from midstream.harness.path.toxiproxy import VERSION, find_or_explain  # noqa: PLC0415 - heavy

    try:
        found = find_or_explain()
        text = f"{_told_version(found)}, from {found.source}: {found}"
    except (HarnessError, OSError, subprocess.SubprocessError) as error:
        return DoctorCheck(False, f"Toxiproxy: {error}", "midstream toxiproxy install")
    if VERSION not in text.split(",", maxsplit=1)[0]:
        remedy = f"use {VERSION}, whose behaviour the toxics rely on"
        return DoctorCheck(False, text, remedy, is_needed=False)
    return DoctorCheck(True, text)


def _told_version(found: "Found") -> str:
    """Return what the program, or the running server, calls itself.

    Raises:
        ToxiproxyError: The server does not answer.
        OSError: The program cannot be run.
        SubprocessError: It fails, or hangs.
    """
    if found.path is not None:
        command = [str(found.path), "--version"]
        told = subprocess.run(  # noqa: S603 - the program that runs would start
            command, capture_output=True, check=True, text=True, timeout=_PATIENCE_S
        )
        return told.stdout.strip()
    from midstream.harness.path.toxiproxy import api  # noqa: PLC0415 - heavy

    parts = urlsplit(found.url or "")
    api.use(parts.hostname or "", parts.port or 0)
    return f"toxiproxy-server version {api.version()}"
