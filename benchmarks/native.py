"""Edge: the benchmarks' two C programs, compiled when they are first asked for.

`drain` reads streams, and `limit` sends them at the physical limit; see `native/`.
They are in C so that they are not what is measured.
"""

import os
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Final

from .errors import BenchmarkError

_SOURCES: Final = Path(__file__).parent / "native"
_FLAGS: Final = ("-std=gnu17", "-O2", "-Wall", "-Wextra")
HINT: Final = (
    "the drain and the limit are C programs; install a compiler and the C library's "
    "headers (Debian and Ubuntu: apt-get install gcc libc6-dev)"
)


def compiler() -> str | None:
    """Return the path of the C compiler: that of ``CC``, else ``cc``; None: no such."""
    return shutil.which(os.environ.get("CC") or "cc")


def cache() -> Path:
    """Return the folder for what benchmarks make once; it need not be there."""
    home = os.environ.get("XDG_CACHE_HOME")
    root = Path(home) if home else Path.home() / ".cache"
    return root / "midstream" / "benchmarks"


def program(name: str) -> Path:
    """Return the program made from ``native/<name>.c``; other sources, other program.

    Raises:
        BenchmarkError: There is no compiler, or it fails.
    """
    files = sorted(_SOURCES.iterdir())
    made_from = sha256(
        b"".join([*map(Path.read_bytes, files), *map(str.encode, _FLAGS)])
    )
    target = cache() / f"{name}-{made_from.hexdigest()[:16]}"
    if not target.exists():
        _compile(_SOURCES / f"{name}.c", target)
    return target


def _compile(source: Path, target: Path) -> None:
    """Compile beside *target* and move it there, so that nobody finds half of it."""
    cc = compiler()
    if cc is None:
        raise BenchmarkError(f"there is no C compiler: {HINT}")
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f"{target.name}.{os.getpid()}")
    done = subprocess.run(  # noqa: S603 - our source, the user's compiler
        [cc, *_FLAGS, "-o", half, source], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BenchmarkError(f"{cc} cannot compile {source.name}: {done.stderr}{HINT}")
    half.replace(target)
