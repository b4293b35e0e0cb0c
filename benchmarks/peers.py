"""How fast other fake servers stream, compared with ours in the same run.

    python -m benchmarks.peers [--rounds N] [--seconds S] [--quick]

llmock (PyPI) and aimock (npm) are installed below the user's cache, each in an
environment of its own, and started as they are shipped, but for their logs. All stream
200 events, of about as many bytes; theirs are chat completions, ours are a run of the
Assistants API with its state and journal. Servers take turns on one core; the drain, a
program in C, reads on the other. At full speed aimock joins a whole stream in one
write, so that a client sees one arrival; with a pace each sends event by event.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias

import msgspec

from . import peer, peer_packages, subjects, unit
from .command import heading, options, run
from .draining import Load
from .errors import BenchmarkError
from .machine import Cores
from .measuring import Bench, Trial
from .pace import EVENTS, INTERVAL_S
from .peer import PeerOrder
from .peer_table import FULL_STREAMS, PACED_STREAMS, report
from .rounds import Round
from .subjects import Subject
from .tables import notes

Make: TypeAlias = Callable[[int, float], PeerOrder]
PEERS: Final[dict[str, Make]] = {
    "llmock": peer_packages.llmock,
    "aimock": peer_packages.aimock,
}
_WARM_UP_S: Final = 1.0


def orders() -> dict[str, dict[float, PeerOrder]]:
    """Return how each peer is started at full speed, and at a pace.

    One that cannot be installed is left out, and said.

    Raises:
        BenchmarkError: None can.
    """
    found: dict[str, dict[float, PeerOrder]] = {}
    for name, make in PEERS.items():
        try:
            found[name] = {pace: make(EVENTS, pace) for pace in (0.0, INTERVAL_S)}
        except BenchmarkError as error:
            sys.stderr.write(f"  {error}\n")
    if not found:
        raise BenchmarkError("there is no peer to compare with; why is above")
    return found


def trials(
    made: unit.Unit, peers: dict[str, dict[float, PeerOrder]], seconds: float
) -> list[Trial]:
    """Return what is measured: ours and theirs, at full speed and at a pace."""
    found: list[Trial] = []
    for interval_s in (0.0, INTERVAL_S):
        speed = 1.0 if interval_s else 0.0
        ours = subjects.midstream(made, speed=speed)
        found.append(_trial(ours, interval_s, seconds, unit.REQUEST))
        for name, by_pace in peers.items():
            subject = _subject(name, by_pace[interval_s])
            found.append(_trial(subject, interval_s, seconds, peer.request()))
    return found


def _trial(
    subject: Subject, interval_s: float, seconds: float, request: bytes
) -> Trial:
    load = Load(
        connections=PACED_STREAMS if interval_s else FULL_STREAMS,
        seconds=seconds,
        warm_up_s=_WARM_UP_S,
        ramp_s=EVENTS * interval_s,
        interval_s=interval_s,
        events=EVENTS,
        request=request,
    )
    return Trial(subject=subject, loads=(load,), body_bytes=None)


def _subject(name: str, order: PeerOrder) -> Subject:
    words = (sys.executable, "-m", "benchmarks.references.peer")
    return Subject(name, (*words, msgspec.json.encode(order).decode()))


def measure(seconds: float, rounds: int) -> list[Round]:
    """Return what each server gives, at full speed and at a pace.

    Raises:
        BenchmarkError: There is no peer, a server does not start, or no C compiler.
    """
    peers = orders()
    with TemporaryDirectory() as folder:
        given = trials(unit.make(Path(folder)), peers, seconds)
        return [*Bench(Cores.pick()).take_turns(given, rounds)]


def main() -> list[str]:
    """Measure, and return what is printed."""
    parser = options(__doc__, rounds=2, seconds=2.0)
    parser.add_argument("--quick", action="store_true", help="one round, of a second")
    args = parser.parse_args()
    seconds, times = (1.0, 1) if args.quick else (args.seconds, args.rounds)
    rounds = measure(seconds, times)
    what = f"Streams of {EVENTS} events; medians (lowest-highest) of {times} rounds"
    return [*heading(what, Cores.pick()), *report(rounds), *notes(rounds)]


if __name__ == "__main__":
    run(main)
