"""What memory a stream takes that is held open: what is resident, less what was before.

Compared are our server and a bare aiohttp handler with a timer a stream, both so slow
that no stream ends, nor is there much to do, while we look.
"""

from collections.abc import Sequence
from typing import Final

from . import subjects, unit
from .draining import Load
from .machine import Cores
from .measuring import Bench, Trial
from .pace import INTERVAL_S
from .rounds import Round, Spread, of
from .subjects import OURS, Subject
from .tables import Goal, said, table
from .unit import Unit

HELD: Final = 1000
FEW: Final = 10
_SPEED: Final = 0.01
"""One event in two seconds."""
_RAMP_S_A_STREAM: Final = 0.002
_WARM_UP_S: Final = 0.5
_SETTLE_S: Final = 0.5
MEMORY: Final = Goal("memory a slow stream", 20, is_least=False, unit=" KB")


def slow(made: Unit) -> Subject:
    """Return our server, so slow that its streams are open all the time."""
    return subjects.midstream(made, speed=_SPEED)


def trial(subject: Subject, made: Unit, streams: int = HELD) -> Trial:
    """Return how memory is measured: so many *streams* at once, and none ends.

    A few come before, for what is made once is not theirs.
    """
    return Trial(
        subject=subject,
        loads=tuple(_load(made, each) for each in (FEW, streams)),
        body_bytes=None,
    )


def _load(made: Unit, streams: int) -> Load:
    return Load(
        connections=streams,
        seconds=_SETTLE_S,
        warm_up_s=_WARM_UP_S,
        ramp_s=_RAMP_S_A_STREAM * streams,
        interval_s=0.0,
        events=made.events,
        request=unit.REQUEST,
    )


def measure(made: Unit, rounds: int) -> list[Round]:
    """Return *rounds* of many slow streams, of our server and of the reference.

    Raises:
        BenchmarkError: A server does not start, or there is no C compiler.
    """
    reference = subjects.timers(made, INTERVAL_S / _SPEED)
    trials = [trial(subject, made) for subject in (slow(made), reference)]
    return [*Bench(Cores.pick()).take_turns(trials, rounds)]


def kilobytes(measured: Round) -> float:
    """Return what a stream added to the memory that the server has in use."""
    grown = measured.resident_bytes - measured.idle_bytes
    return grown / measured.connections / 1000


def goal(rounds: Sequence[Round]) -> str:
    """Return whether our server reached its goal; it may not have been measured."""
    return MEMORY.line(_found(rounds).get(OURS))


def report(rounds: Sequence[Round]) -> list[str]:
    """Return a table of what a stream took, of each subject."""
    rows = [[name, said(spread, 1)] for name, spread in _found(rounds).items()]
    return table((f"{HELD:,} streams held open", "KB a stream"), rows)


def _found(rounds: Sequence[Round]) -> dict[str, Spread | None]:
    return {
        name: of(rounds, name, HELD).cpu(kilobytes)
        for name in dict.fromkeys(r.subject for r in rounds)
    }
