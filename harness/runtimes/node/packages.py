"""Put pinned npm packages into the user's cache, each set in a folder of its own.

Adding a set is adding one file to ``packages/``: npm's own lock file, with the exact
versions and the hash of everything, so that npm refuses anything else. No script of a
package is ever run. What is there already is used.
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
_HINT = "type `midstream node install`"


def names() -> list[str]:
    """Return the pinned sets, each a package's name, a hyphen and its version."""
    return sorted(path.stem for path in _LOCKS.glob("*.json"))


def cache_path(name: str) -> Path:
    """Return where `install` puts the set called *name*; it need not be there.

    Raises:
        UnknownNameError: There is no such set.
    """
    if name not in names():
        raise UnknownNameError("npm package", name, names())
    home = os.environ.get("XDG_CACHE_HOME")
    cache = Path(home) if home else Path.home() / ".cache"
    return cache / "midstream" / "node" / name


def installed(name: str) -> Path:
    """Return the folder that holds ``node_modules`` of the set called *name*.

    Raises:
        UnavailableError: It is not installed; says how to.
        UnknownNameError: There is no such set.
    """
    folder = cache_path(name)
    if not folder.is_dir():
        raise UnavailableError(f"the npm package {name} is not installed: {_HINT}")
    return folder


def install(
    name: str, node: Node, progress: Progress | None = None, *, run: Run | None = None
) -> Path:
    """Return the folder of the set called *name*, having filled it if need be.

    *progress* is given one line a step; *run* executes a command in a folder.

    Raises:
        UnavailableError: npm could not do it; says why.
        UnknownNameError: There is no such set.
    """
    say, target = progress or _silent, cache_path(name)
    if target.is_dir():
        say(f"{name} is here: {target}")
        return target
    say(f"fetching {name} with npm")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".") as scratch:
            _fill(Path(scratch) / name, node, run or _run).rename(target)
    except (OSError, subprocess.SubprocessError) as error:
        if not target.is_dir():  # else someone was faster, which is as good
            raise UnavailableError(
                f"{name} could not be installed: {_reason(error)}"
            ) from error
    say(f"{name} is installed: {target}")
    return target


def _fill(folder: Path, node: Node, run: Run) -> Path:
    """Let npm install into *folder* exactly what the lock file of its name says."""
    folder.mkdir()
    lock = (_LOCKS / f"{folder.name}.json").read_bytes()
    root: dict[str, Any] = msgspec.json.decode(lock)["packages"][""]
    (folder / "package-lock.json").write_bytes(lock)
    (folder / "package.json").write_bytes(msgspec.json.encode(root))
    run([*node.npm(), "ci", *_OPTIONS], folder)
    for wanted in root["dependencies"]:
        if not (folder / "node_modules" / wanted / "package.json").is_file():
            raise UnavailableError(f"npm said yes, but {wanted} is not there")
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
    """Return *error* in one line: the first error that npm complained of."""
    if not isinstance(error, subprocess.CalledProcessError):
        return str(error)
    lines = str(error.stderr or "").splitlines()
    complaints = [line for line in lines if line.startswith("npm error")]
    said = "; ".join(complaints[:2]) or "it said nothing"
    return f"npm ended with {error.returncode}: {said}"


def _silent(line: str) -> None:
    """Show nothing."""
