"""What a stream costs in memory that is held open and says next to nothing."""

from collections.abc import Sequence
from typing import Final

from . import unit
from .draining import Load
from .measuring import Trial
from .pace import INTERVAL_S
from .rounds import Round, of
from .subjects import OURS, TIMERS, Subject, midstream, timers
from .tables import Goal, said, table
from .unit import Unit

STREAMS: Final = 1000
FEW: Final = 10
GOAL: Final = Goal("memory a slow stream", 20, is_least=False, unit=" KB")
_SPEED: Final = 0.01
"""One event in two seconds: while we look, no stream ends, nor is there much to do."""
_RAMP_S_A_STREAM: Final = 0.002
_SETTLE_S: Final = 0.5
_SECONDS: Final = 0.5


def server(made: Unit) -> Subject:
    """Return our server, so slow that its streams are open all the time."""
    return midstream(made, speed=_SPEED)


def reference(made: Unit) -> Subject:
    """Return the bare aiohttp server, as slow."""
    return timers(made, name=TIMERS, interval_s=INTERVAL_S / _SPEED)


def trial(subject: Subject, made: Unit, streams: int = STREAMS) -> Trial:
    """Return how memory is measured: so many *streams* at once, and none ends.

    A few come before, for what is made once is not theirs.
    """
    loads = (_load(made, FEW), _load(made, streams))
    return Trial(subject=subject, loads=loads, body_bytes=None)


def _load(made: Unit, streams: int) -> Load:
    return Load(
        connections=streams,
        seconds=_SECONDS,
        warm_up_s=_SETTLE_S,
        ramp_s=_RAMP_S_A_STREAM * streams,
        events=made.events,
        request=unit.REQUEST,
    )


def kilobytes(measured: Round) -> float:
    """Return what a stream added to the memory that the server has in use."""
    grown = measured.resident_bytes - measured.idle_bytes
    return grown / measured.connections / 1000


def report(rounds: Sequence[Round]) -> list[str]:
    """Return what a stream costs each server, and whether ours reaches its goal."""
    found = {
        name: of(rounds, name, STREAMS).cpu(kilobytes)
        for name in dict.fromkeys(r.subject for r in rounds)
    }
    rows = [[name, said(spread, 1)] for name, spread in found.items()]
    return [
        *table((f"{STREAMS:,} streams held open", "KB a stream"), rows),
        GOAL.line(found.get(OURS)),
        "",
    ]
