"""Installs pinned npm packages into the user's cache, each set in its own folder.

To add a set, add one file to ``packages/``: npm's own lock file, with exact versions
and all hashes, so that npm refuses anything else. No script of a package is ever run. A
set that is installed is not installed again.
"""

import os
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from midstream.harness.errors import UnavailableError
from midstream.mock_server.core.errors import UnknownNameError

from .find import Node

Progress: TypeAlias = Callable[[str], None]
Run: TypeAlias = Callable[[Sequence[str], Path], None]

_LOCKS = Path(__file__).parent / "packages"
_OPTIONS = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
_LONGEST_S = 600
_HINT = "run `midstream node install`"


def names() -> list[str]:
    """Return the names of the sets: a package's name, a hyphen and its version."""
    return sorted(path.stem for path in _LOCKS.glob("*.json"))


def cache_path(name: str) -> Path:
    """Return the folder into which `install` puts the set *name*; it may not exist.

    Raises:
        UnknownNameError: There is no such set.
    """
    if name not in names():
        raise UnknownNameError("npm package", name, names())
    home = os.environ.get("XDG_CACHE_HOME")
    cache = Path(home) if home else Path.home() / ".cache"
    return cache / "midstream" / "node" / name


def installed(name: str) -> Path:
    """Return the folder with the ``node_modules`` of the set *name*.

    Raises:
        UnavailableError: It is not installed; says how to install it.
        UnknownNameError: There is no such set.
    """
    folder = cache_path(name)
    if not folder.is_dir():
        raise UnavailableError(f"the npm package {name} is not installed: {_HINT}")
    return folder


def install(
    name: str, node: Node, progress: Progress | None = None, *, run: Run | None = None
) -> Path:
    """Install the set *name*, unless it is installed, and return its folder.

    *progress* receives one line for each step; *run* executes a command in a folder.

    Raises:
        UnavailableError: npm failed; says why.
        UnknownNameError: There is no such set.
    """
    say, target = progress or _silent, cache_path(name)
    if target.is_dir():
        say(f"{name} is already installed: {target}")
        return target
    say(f"downloading {name} with npm")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".") as scratch:
            _fill(Path(scratch) / name, node, run or _run).rename(target)
    except (OSError, subprocess.SubprocessError) as error:
        if not target.is_dir():  # otherwise another process has installed it
            raise UnavailableError(
                f"{name} could not be installed: {_reason(error)}"
            ) from error
    say(f"{name} is installed: {target}")
    return target


def _fill(folder: Path, node: Node, run: Run) -> Path:
    """Let npm install into *folder* exactly the lock file of its name."""
    folder.mkdir()
    lock = (_LOCKS / f"{folder.name}.json").read_bytes()
    root: dict[str, Any] = msgspec.json.decode(lock)["packages"][""]
    (folder / "package-lock.json").write_bytes(lock)
    (folder / "package.json").write_bytes(msgspec.json.encode(root))
    run([*node.npm(), "ci", *_OPTIONS], folder)
    for wanted in root["dependencies"]:
        if not (folder / "node_modules" / wanted / "package.json").is_file():
            raise UnavailableError(f"npm succeeded, but did not install {wanted}")
    return folder


def _run(command: Sequence[str], folder: Path) -> None:
    """Run *command* in *folder* to its end."""
    subprocess.run(  # noqa: S603 - fixed commands, no shell
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        timeout=_LONGEST_S,
    )


def _reason(error: Exception) -> str:
    """Return *error* as one line; of npm, its first errors."""
    if not isinstance(error, subprocess.CalledProcessError):
        return str(error)
    lines = str(error.stderr or "").splitlines()
    complaints = [line for line in lines if line.startswith("npm error")]
    said = "; ".join(complaints[:2]) or "it printed no error"
    return f"npm failed with status {error.returncode}: {said}"


def _silent(line: str) -> None:
    """Show nothing."""
