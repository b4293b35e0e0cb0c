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
    return Subject(RAW, _module("benchmarks.references.raw_protocol", str(unit.body)))


def aiohttp(unit: Unit, *options: str, name: str = AIOHTTP) -> Subject:
    """Return the bare aiohttp server."""
    module = "benchmarks.references.bare_aiohttp"
    return Subject(name, _module(module, str(unit.body), *options))


def timers(
    unit: Unit, *options: str, name: str, interval_s: float = INTERVAL_S
) -> Subject:
    """Return the bare aiohttp server with a timer a stream, at the unit's pace."""
    return aiohttp(unit, str(interval_s), *options, name=name)


def wheeled(unit: Unit) -> Subject:
    """Return the bare aiohttp server on our wheel, at the unit's pace."""
    module = "benchmarks.references.wheeled_aiohttp"
    return Subject(WHEELED, _module(module, str(unit.body), str(INTERVAL_S)))


def midstream(unit: Unit, *options: str, speed: float = 0.0) -> Subject:
    """Return our server, its state and journal on; *options* are of ``serve``."""
    return Subject(" ".join((OURS, *options)), _serve(unit, speed, options))


def _serve(unit: Unit, speed: float, options: Sequence[str]) -> tuple[str, ...]:
    return Program.SERVER.argv(
        *("--cassette", str(unit.cassette), "--speed", str(speed)),
        *("--admin", "--json", "--until-eof"),
        *options,
    )


def _module(name: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", name, *arguments)
