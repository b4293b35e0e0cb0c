"""What is measured: servers, by name, and how each is started.

Each says where it serves as one line of JSON on its standard output, and ends with its
standard input. All answer our request with the same body.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from midstream.harness.programs import Program

from .native import program
from .pace import INTERVAL_S
from .unit import Unit

ROOT: Final = Path(__file__).parents[1]
"""Where modules are found by ``-m``."""
LIMIT: Final = "C, one send() an event"
RAW: Final = "raw asyncio.Protocol"
AIOHTTP: Final = "bare aiohttp"
TIMERS: Final = "bare aiohttp, a timer a stream"
WHEELED: Final = "bare aiohttp, our wheel"
SLEEPING: Final = "bare aiohttp, sleep() after each event"
OURS: Final = "midstream"
JOINED: Final = "midstream --join 8"


@dataclass(frozen=True, slots=True)
class Subject:
    """A server to be measured: what tables call it, and its *command*."""

    name: str
    command: tuple[str, ...]


def limit(unit: Unit) -> Subject:
    """Return the physical limit.

    Raises:
        BenchmarkError: It cannot be compiled.
    """
    return Subject(LIMIT, (str(program("limit")), str(unit.body)))


def raw(unit: Unit) -> Subject:
    """Return the raw protocol server."""
    return _reference(RAW, "raw", unit)


def aiohttp(unit: Unit) -> Subject:
    """Return the bare aiohttp server."""
    return _reference(AIOHTTP, "aiohttp", unit)


def timers(unit: Unit, interval_s: float = INTERVAL_S) -> Subject:
    """Return the bare aiohttp server with a timer a stream."""
    return _reference(TIMERS, "timers", unit, interval_s)


def sleeping(unit: Unit) -> Subject:
    """Return the bare aiohttp server that sleeps after each event."""
    return _reference(SLEEPING, "sleeping", unit, INTERVAL_S)


def wheeled(unit: Unit) -> Subject:
    """Return the bare aiohttp server on our wheel."""
    return _reference(WHEELED, "wheeled", unit, INTERVAL_S)


def midstream(unit: Unit, *options: str, speed: float = 0.0) -> Subject:
    """Return our server, its state and journal on; *options* are of ``serve``."""
    return Subject(" ".join((OURS, *options)), _serve(unit, speed, options))


def _serve(unit: Unit, speed: float, options: Sequence[str]) -> tuple[str, ...]:
    return Program.SERVER.argv(
        *("--cassette", str(unit.cassette), "--speed", str(speed)),
        *("--admin", "--json", "--until-eof"),
        *options,
    )


def _reference(name: str, kind: str, unit: Unit, interval_s: float = 0.0) -> Subject:
    command = (sys.executable, "-m", "benchmarks.references", kind, str(unit.body))
    return Subject(name, (*command, str(interval_s)))
