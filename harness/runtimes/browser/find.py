"""Finds Chromium: in the environment, on PATH, or in Playwright's cache.

Nothing here starts or downloads it.
"""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

from midstream.harness.errors import UnavailableError

VARIABLE = "MIDSTREAM_CHROMIUM"
PROGRAMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chromium-headless-shell",
)
"""Its names in Debian, Ubuntu and at Google, in the order of the search."""

_OWN = (
    "chromium-*/chrome-linux*/chrome",
    "chromium_headless_shell-*/chrome*/*headless*shell",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)
_LONGEST_S = 20.0
_HINT = (
    "install Debian's package chromium, or run `python -m playwright install "
    f"chromium`, or set {VARIABLE} to the path of a Chromium or Chrome"
)


def find() -> Path | None:
    """Return the first Chromium in environment, PATH and Playwright's cache, or None.

    Raises:
        UnavailableError: The environment names one that cannot be run.
    """
    if named := os.environ.get(VARIABLE):
        path = Path(named).expanduser()
        if not _is_program(path):
            raise UnavailableError(
                f"{VARIABLE} is {named!r}, which is not an executable file; set it to "
                "the path of a Chromium or Chrome"
            )
        return path
    on_path = (shutil.which(name) for name in PROGRAMS)
    found = [Path(path) for path in on_path if path]
    return next(iter([*found, *_own()]), None)


def find_or_explain() -> Path:
    """Return the Chromium that `find` finds.

    Raises:
        UnavailableError: There is none; the message says how to get it.
    """
    if path := find():
        return path
    raise UnavailableError(f"Chromium is not installed: {_HINT}")


@cache
def version(path: Path) -> str:
    """Return name and version of the browser at *path*: "Chromium 156.0.8078.79".

    Raises:
        UnavailableError: It cannot be run.
    """
    try:
        done = subprocess.run(  # noqa: S603 - a program our user chose
            [path, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=_LONGEST_S,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise UnavailableError(f"{path} does not run: {error}") from error
    words = done.stdout.split()
    return " ".join(words[: _last_number(words) + 1])


def _last_number(words: list[str]) -> int:
    """Return the index of the version among *words*; the packager adds the rest."""
    numbers = [i for i, word in enumerate(words) if word[:1].isdigit()]
    return numbers[0] if numbers else len(words)


def _own() -> list[Path]:
    """Return the browsers in Playwright's cache, the newest first."""
    home = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    caches = Path.home() / ".cache", Path.home() / "Library" / "Caches"
    places = [Path(home)] if home else [cache / "ms-playwright" for cache in caches]
    found = [path for place in places for glob in _OWN for path in place.glob(glob)]
    return sorted(filter(_is_program, found), reverse=True)


def _is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)
