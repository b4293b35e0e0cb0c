"""An environment with the wheel in it, and a repository that knows nothing of ours."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

WHOSE = 'WHOSE = "theirs"\n'
THEIR_TEST = """\
from pathlib import Path

import harness, mock_server, scenarios
import midstream


def test_both_are_there():
    here = Path(__file__).parents[1]
    for module in (harness, mock_server, scenarios):
        assert module.WHOSE == "theirs"
        assert Path(module.__file__).is_relative_to(here)
    assert not Path(midstream.__file__).is_relative_to(here)
    assert midstream.Append(message="m", text="t").text == "t"
"""


def make_environment(folder: Path, wheel: Path) -> Path:
    """Install *wheel* into a new environment and return that environment's Python.

    Dependencies come from the environment that runs the tests. A .pth file adds its
    packages; the .pth files among those are not read, so our editable install is not
    seen.
    """
    venv.create(folder, symlinks=True)
    packages = folder / "lib" / Path(sysconfig.get_path("purelib")).parent.name
    packages /= "site-packages"
    with ZipFile(wheel) as file:
        file.extractall(packages)
    dependencies = sysconfig.get_path("purelib")
    (packages / "dependencies.pth").write_text(f"{dependencies}\n", encoding="utf-8")
    return folder / "bin" / Path(sys.executable).name


def make_repository(folder: Path) -> Path:
    """Write a repository that uses our three names for what is its own."""
    for package in ("mock_server", "scenarios", "tests"):
        (folder / package).mkdir(parents=True)
    for file in ("harness.py", "mock_server/__init__.py", "scenarios/__init__.py"):
        (folder / file).write_text(WHOSE, encoding="utf-8")
    (folder / "tests/test_theirs.py").write_text(THEIR_TEST, encoding="utf-8")
    return folder


def run_there(
    python: Path, repository: Path, *words: str
) -> subprocess.CompletedProcess[str]:
    """Run *python* with *words* in *repository*, whose modules come first."""
    environment = os.environ | {
        "PYTHONPATH": str(repository),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    return subprocess.run(  # noqa: S603 - the tests' own words
        [python, *words],
        cwd=repository,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def where(name: str) -> str:
    """Return a program that prints the file of the module *name*, or None."""
    return (
        "from importlib.util import find_spec\n"
        f"spec = find_spec({name!r})\n"
        "print(spec and spec.origin)"
    )
