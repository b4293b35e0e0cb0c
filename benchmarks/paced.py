"""How many streams a core keeps at their pace, and how late their events are.

    python -m benchmarks.paced [--rounds N] [--seconds S] [--svg FOLDER]

50 events a second on each stream, one stream after the other on each connection, their
starts spread over seconds. A stream's events are meant to come on a grid of 20 ms that
its earliest one lies on; what comes after its time on that grid is late, so that drift
counts and a constant delay does not. The knee is the largest number of streams that get
97 % of their events while one in a hundred is 20 ms late at most. A stream held
open costs memory: what is resident then, less what was before.

Compared are a bare aiohttp handler with a timer a stream and absolute deadlines, one
that our wheel serves, and one that sleeps for the interval after each event, as most
fake servers do. Only ours has state and a journal.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from . import held, subjects, unit
from .command import add_svg, heading, keep, options, run
from .curves import draw
from .draining import Load
from .machine import Cores
from .measuring import Bench, Trial
from .pace import INTERVAL_S, ideal_rate
from .paced_table import Paced, picture, report
from .rounds import Round
from .subjects import Subject
from .tables import notes
from .unit import Unit

RAMP_S: Final = 4.0
"""As long as a stream, so that streams begin at the same rate ever after."""
_WARM_UP_S: Final = 0.5
Ladders = dict[Subject, tuple[int, ...]]


def ladders(made: Unit) -> Ladders:
    """Return who is measured, and with how many streams."""
    return {
        subjects.midstream(made, speed=1.0): (500, 1000, 1500),
        subjects.wheeled(made): (500, 750, 1000, 1500),
        subjects.timers(made, name=subjects.TIMERS): (250, 500, 750),
        subjects.timers(made, "--drifting", name=subjects.SLEEPING): (250,),
    }


def measure(
    made: Unit,
    steps_of: Ladders,
    *,
    rounds: int,
    seconds: float,
    ramp_s: float = RAMP_S,
) -> list[Round]:
    """Return *rounds* of all steps of the ladders, each of *seconds* after *ramp_s*.

    Raises:
        BenchmarkError: A server does not start, or there is no C compiler.
    """
    trials = [
        Trial(
            subject=subject,
            loads=(_load(made, streams, seconds, ramp_s),),
            body_bytes=made.size_bytes,
        )
        for subject, steps in steps_of.items()
        for streams in steps
    ]
    return [*Bench(Cores.pick()).take_turns(trials, rounds)]


def _load(made: Unit, streams: int, seconds: float, ramp_s: float) -> Load:
    return Load(
        connections=streams,
        seconds=seconds,
        warm_up_s=_WARM_UP_S,
        ramp_s=ramp_s,
        interval_s=INTERVAL_S,
        events=made.events,
        request=unit.REQUEST,
    )


def memory(made: Unit, rounds: int) -> list[Round]:
    """Return *rounds* of many slow streams, of our server and of the reference.

    Raises:
        BenchmarkError: A server does not start, or there is no C compiler.
    """
    trials = [held.trial(of(made), made) for of in (held.server, held.reference)]
    return [*Bench(Cores.pick()).take_turns(trials, rounds)]


def main() -> list[str]:
    """Measure, draw, and return what is printed."""
    parser = options(__doc__, rounds=1, seconds=3.0)
    add_svg(parser)
    args = parser.parse_args()
    with TemporaryDirectory() as folder:
        made = unit.make(Path(folder))
        slow = memory(made, args.rounds)
        rounds = measure(made, ladders(made), rounds=args.rounds, seconds=args.seconds)
    paced = Paced(rounds, ideal_rate(made.events))
    if args.svg:
        keep(args.svg / "lateness.svg", draw(picture(paced)))
    what = (
        f"Paced: streams of {made.events} events, 50 a second; "
        f"medians (lowest-highest) of {args.rounds} rounds"
    )
    return [
        *heading(what, Cores.pick()),
        *report(paced),
        *held.report(slow),
        *notes(rounds),
    ]


if __name__ == "__main__":
    run(main)
