"""Edge: other fake servers, installed from where their makers publish them.

Each is below the user's cache, in a virtual environment or a folder of npm's of its
own, so that nothing of it gets among our packages. What is there is used.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from midstream.harness.errors import UnavailableError
from midstream.harness.runtimes.node import find_or_explain

from . import peer
from .errors import BenchmarkError
from .native import cache
from .peer import Package, PeerOrder

_READY: Final = ".installed"
_LONGEST_S: Final = 300.0
_NPM: Final = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")


def llmock(events: int, interval_s: float) -> PeerOrder:
    """Return how llmock is started, having installed it.

    Raises:
        BenchmarkError: It cannot be installed; says why.
    """
    folder = installed(peer.LLMOCK)
    return peer.llmock(str(folder / "bin" / "llmock"), events, interval_s)


def aimock(events: int, interval_s: float) -> PeerOrder:
    """Return how aimock is started, having installed it.

    Raises:
        BenchmarkError: It cannot be installed, or there is no Node.js; says why.
    """
    folder = installed(peer.AIMOCK)
    script = folder / "node_modules" / peer.AIMOCK.name / "dist" / "cli.js"
    return peer.aimock(_node(), str(script), events, interval_s)


def installed(package: Package) -> Path:
    """Return the folder of *package*, having filled it if need be.

    Raises:
        BenchmarkError: That cannot be done; says why.
    """
    folder = cache() / "peers" / package.folder
    if not (folder / _READY).exists():
        sys.stderr.write(f"  installing {package.name} {package.version}\n")
        folder.mkdir(parents=True, exist_ok=True)
        for command in _commands(package, folder):
            _run(package, command, folder)
        (folder / _READY).touch()
    return folder


def _commands(package: Package, folder: Path) -> list[list[str]]:
    """Return what installs *package* into *folder*."""
    if package.installer == "npm":
        wanted = f"{package.name}@{package.version}"
        return [[*_npm(), "install", *_NPM, "--prefix", str(folder), wanted]]
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    return [
        [sys.executable, "-m", "venv", str(folder)],
        [*pip, f"{package.name}=={package.version}"],
    ]


def _run(package: Package, command: Sequence[str], folder: Path) -> None:
    what = (
        f"{package.name} {package.version} cannot be installed with {package.installer}"
    )
    try:
        done = subprocess.run(  # noqa: S603 - made above
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_LONGEST_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BenchmarkError(f"{what}: {error}") from error
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["it says nothing"]
        raise BenchmarkError(f"{what}: {lines[-1]}")


def _node() -> str:
    try:
        return str(find_or_explain().path)
    except UnavailableError as error:
        raise BenchmarkError(f"aimock needs Node.js: {error}") from error


def _npm() -> tuple[str, ...]:
    try:
        return find_or_explain().npm()
    except UnavailableError as error:
        raise BenchmarkError(f"aimock needs Node.js and npm: {error}") from error
