"""Copies the checkout and builds from the copy what is shipped, without network."""

import shutil
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
PACKAGES = ("harness", "mock_server", "scenarios")


def tracked(*folders: str) -> list[str]:
    """Return the tracked files of the checkout below *folders*; none means all.

    Symbolic links are left out. A tracked file that is deleted, but not committed so,
    is left out as well.
    """
    if not (CHECKOUT / ".git").exists():
        pytest.skip("this is no git checkout, so nothing says which files belong to it")
    command = ["git", "ls-files", "-z", "--", *folders]
    names = run(command, CHECKOUT).split("\0")
    return [name for name in names if name and _is_real(CHECKOUT / name)]


def in_wheel(name: str) -> str:
    """Return where the wheel holds the tracked file *name*."""
    return "midstream/" + name.removeprefix("src/midstream/")


def copy_checkout(target: Path) -> Path:
    """Copy all tracked files, as they are now, and the links to the packages."""
    for name in tracked():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(CHECKOUT / name, target / name)
    for package in PACKAGES:
        (target / "src/midstream" / package).symlink_to(f"../../{package}")
    return target


def build_wheel(source: Path, target: Path) -> Path:
    """Build the wheel of the tree *source* into *target* and return its path."""
    return _build("wheel", source, target)


def build_sdist(source: Path, target: Path) -> Path:
    """Build the sdist of the tree *source* and return where it is unpacked."""
    archive = _build("sdist", source, target)
    with tarfile.open(archive) as file:
        file.extractall(target, filter="data")
    return target / archive.name.removesuffix(".tar.gz")


def run(command: Sequence[str | Path], folder: Path) -> str:
    """Run *command* in *folder* and return its output; fail if it fails."""
    done = subprocess.run(  # noqa: S603 - the tests' own words
        command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def _build(kind: str, source: Path, target: Path) -> Path:
    run([sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", target], source)
    [built] = target.iterdir()
    return built


def _is_real(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()
