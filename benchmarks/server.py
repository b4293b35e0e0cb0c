"""How fast servers send at full speed: ours, others, and the physical limit.

    python -m benchmarks.server [--rounds N] [--seconds S]

200 events of about 250 bytes a stream, without any waiting, in one process on one
core; the drain, a program in C, reads on the other. The limit is C, too: one send() an
event. Two references are between: asyncio's raw protocol without HTTP, and an aiohttp
handler that awaits each write. Ours is measured as it is shipped, one event a write,
which is what the references do, and with events that are due together in one write.
State and journal are on.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from . import subjects, unit
from .command import heading, options, run
from .draining import Load
from .machine import Cores
from .measuring import Bench, Trial
from .rounds import Round
from .server_table import report
from .tables import notes
from .unit import Unit

STREAMS: Final = (32, 256)
_WARM_UP_S: Final = 0.3


def loads(
    made: Unit,
    seconds: float,
    streams: tuple[int, ...],
) -> tuple[Load, ...]:
    """Return a load without pauses for each number of streams."""
    return tuple(
        Load(
            connections=number,
            seconds=seconds,
            warm_up_s=_WARM_UP_S,
            events=made.events,
            request=unit.REQUEST,
        )
        for number in streams
    )


def measure(
    made: Unit, *, rounds: int, seconds: float, streams: tuple[int, ...] = STREAMS
) -> list[Round]:
    """Return *rounds* of all servers, *seconds* for each number of *streams*.

    Raises:
        BenchmarkError: A server does not start, or there is no C compiler.
    """
    compared = (
        subjects.limit(made),
        subjects.raw(made),
        subjects.aiohttp(made),
        subjects.midstream(made),
        subjects.midstream(made, "--join", "8"),
    )
    trials = [
        Trial(
            subject=subject,
            loads=loads(made, seconds, streams),
            body_bytes=made.size_bytes,
        )
        for subject in compared
    ]
    return [*Bench(Cores.pick()).take_turns(trials, rounds)]


def main() -> list[str]:
    """Measure, and return what is printed."""
    args = options(__doc__, rounds=3, seconds=1.0).parse_args()
    with TemporaryDirectory() as folder:
        made = unit.make(Path(folder))
        rounds = measure(made, rounds=args.rounds, seconds=args.seconds)
    what = (
        f"Full speed: {made.events} events of {made.event_bytes:.0f} bytes a stream; "
        f"medians (lowest-highest) of {args.rounds} rounds"
    )
    return [*heading(what, Cores.pick()), *report(rounds), *notes(rounds)]


if __name__ == "__main__":
    run(main)
