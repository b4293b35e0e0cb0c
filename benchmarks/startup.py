"""Edge: how long commands take from start to end, in turns with the bare interpreter.

A driver of our own: what counts is the ratio to Python itself on a machine that is
fast at one moment and slow at the next, so commands take turns. pyperf calls one
command as often as it wants to before it calls the next.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from time import perf_counter
from typing import Final, TypeAlias

from .errors import BenchmarkError

Command: TypeAlias = tuple[str, ...]
PYTHON: Final = "python -c pass"
"""What every command is compared with."""
PLUGIN: Final = "midstream"
"""What pytest calls our plugin, if there is one."""
_COLLECT: Final = ("--collect-only", "-q", "-p", "no:cacheprovider")
_ENVIRONMENT: Final = {"PYTEST_ADDOPTS": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
"""So that pytest loads no plugin but the one it is told to."""


@dataclass(frozen=True, slots=True)
class Took:
    """How long one call of a command took, and the CPU time that it used."""

    clock_s: float
    cpu_s: float


def commands() -> dict[str, Command]:
    """Return what is measured, by name; with the plugin only if there is one."""
    python = sys.executable
    script = str(Path(python).with_name("midstream"))
    pytest = (python, "-m", "pytest")
    found = {
        PYTHON: (python, "-c", "pass"),
        'python -c "import asyncio"': (python, "-c", "import asyncio"),
        "midstream --help": (script, "--help"),
        "midstream run --help": (script, "run", "--help"),
        "pytest --version": (*pytest, "--version"),
        "pytest --collect-only": (*pytest, *_COLLECT),
    }
    if has_plugin():
        name = f"pytest -p {PLUGIN} --collect-only"
        found[name] = (*pytest, "-p", PLUGIN, *_COLLECT)
    return found


def has_plugin() -> bool:
    """Say whether midstream has a plugin that pytest finds."""
    return bool(entry_points(group="pytest11", name=PLUGIN))


def take_turns(
    named: Mapping[str, Command], rounds: int, folder: Path
) -> dict[str, list[Took]]:
    """Call each of *named* once a round; a round before them warms up.

    They are called in *folder*, where pytest finds one test, and no configuration.

    Raises:
        BenchmarkError: A command fails.
    """
    (folder / "test_nothing.py").write_text("def test_nothing() -> None: ...\n")
    took: dict[str, list[Took]] = {name: [] for name in named}
    for number in range(rounds + 1):
        for name, command in named.items():
            once = _call(name, command, folder)
            if number:
                took[name].append(once)
    return took


def _call(name: str, command: Command, folder: Path) -> Took:
    began_s = perf_counter()
    child = subprocess.Popen(  # noqa: S603 - named above
        command,
        stdout=subprocess.DEVNULL,
        cwd=folder,
        env={**os.environ, **_ENVIRONMENT},
    )
    _, status, used = os.wait4(child.pid, 0)
    clock_s = perf_counter() - began_s
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise BenchmarkError(f"{name} fails; what it says is above")
    return Took(clock_s, used.ru_utime + used.ru_stime)
