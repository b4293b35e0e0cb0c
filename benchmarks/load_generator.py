"""How many paced streams a load generator sustains on a core, and what an event costs.

    python -m benchmarks.load_generator [--streams N,M] [--rounds N] [--seconds S]

The server of `midstream load` has a core of its own, the load generator another one.
Streams have 200 events of 248 bytes, 50 a second; who has an answer asks again at once.
The users are those of `midstream load`, with the reference client on gevent's sockets;
each stream is judged, measured, summed up and reported. The pace is kept if 97 % of 50
events a second come for each of them, with all that is asked between two streams.
"""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from midstream.mock_server.control.addresses import Served

from . import subjects, unit
from .command import add_numbers, heading, options, run
from .errors import BenchmarkError
from .machine import Cores, on_core
from .measuring import serving
from .pace import INTERVAL_S
from .rounds import FOREIGN_MOST, Spread
from .tables import Goal, table

STREAMS: Final = (400, 500, 600)
PACE_LEAST: Final = 0.97
"""The part of the pace that has to be kept."""
KNEE: Final = Goal("judged streams a core", 500, is_least=True)
_WARM_UP_S: Final = 5.5
_SECONDS: Final = 4.0
"""A stream's length, so that each user's streams count as often as all others'."""
_PATIENCE_S: Final = 30.0
_HEAD: Final = (
    *("streams", "of pace", "events/s", "us CPU/event", "its core"),
    *("loop lag p99 ms", "others", ""),
)


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One round; times are in seconds.

    Attributes:
        streams: How many there are at once.
        warm_up_s: How long before it is measured; users begin in this time.
        seconds: How long is measured.
        served: The server.
        server_core, client_core: Where both run.
        cassette: The path of what is streamed; *events* is how many it has.
    """

    streams: int
    warm_up_s: float
    seconds: float
    served: Served
    server_core: int
    client_core: int
    cassette: str
    events: int


class Generated(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One round of a load generator.

    Attributes:
        streams: How many there were at once.
        seconds: How long was measured.
        ended: How many streams ended meanwhile.
        events: How many events a stream has.
        pace_hz: How many events a second a stream is meant to have.
        cpu_s: What the load generator used.
        server_s: What the server used.
        foreign: The part of one core that others used meanwhile.
        lag_p99_ms: How late the load generator's loop woke up.
        flaw: What was wrong; empty: nothing.
    """

    streams: int
    seconds: float
    ended: int
    events: int
    pace_hz: float
    cpu_s: float
    server_s: float
    foreign: float
    lag_p99_ms: float
    flaw: str = ""

    @property
    def pace(self) -> float:
        """The part of the events that came, of those that were meant to."""
        return self.ended * self.events / (self.streams * self.pace_hz * self.seconds)

    @property
    def keeps_pace(self) -> bool:
        """Whether as good as all came, and all that came was right."""
        return not self.flaw and self.pace >= PACE_LEAST

    @property
    def is_quiet(self) -> bool:
        """Whether the cores were ours."""
        return self.foreign <= FOREIGN_MOST

    @property
    def cpu_us(self) -> float:
        """Microseconds of CPU an event."""
        return 1e6 * self.cpu_s / max(1, self.ended * self.events)

    @property
    def load(self) -> float:
        """The part of its core that the load generator used."""
        return self.cpu_s / self.seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Generators:
    """Load generators for streams of *unit*: each round has fresh processes.

    *warm_up_s* and *seconds* are those of each round.
    """

    unit: unit.Unit
    cores: Cores
    warm_up_s: float = _WARM_UP_S
    seconds: float = _SECONDS

    def generate(self, streams: int) -> Generated:
        """Return what a round with *streams* gives.

        Raises:
            BenchmarkError: A process does not do what it should.
        """
        subject = subjects.midstream(self.unit, speed=1.0)
        with serving(subject, self.cores.server) as server:
            order = Order(
                streams=streams,
                warm_up_s=self.warm_up_s,
                seconds=self.seconds,
                served=server.said,
                server_core=self.cores.server,
                client_core=self.cores.client,
                cassette=str(self.unit.cassette),
                events=self.unit.events,
            )
            return self._obey(order)

    def _obey(self, order: Order) -> Generated:
        with on_core(self.cores.client):
            child = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.generating"],
                cwd=subjects.ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        with child:
            try:
                patience_s = order.warm_up_s + order.seconds + _PATIENCE_S
                said, _ = child.communicate(msgspec.json.encode(order), patience_s)
                return msgspec.json.decode(said, type=Generated)
            except (subprocess.TimeoutExpired, msgspec.MsgspecError) as error:
                child.kill()
                raise BenchmarkError(
                    "the load generator gives no result; what it says is above"
                ) from error


def report(done: Sequence[Generated]) -> list[str]:
    """Return whether the goal is reached, and a line for each round."""
    return [KNEE.line(knee(done)), "", *table(_HEAD, [*_rows(done)])]


def knee(done: Sequence[Generated]) -> Spread | None:
    """Return the most streams that kept the pace, None if nothing quiet tells.

    A round that broke while others used the cores tells nothing.
    """
    kept = [each.streams for each in done if each.keeps_pace]
    known = any(each.keeps_pace or each.is_quiet for each in done)
    return Spread.of([max(kept, default=0)] if known else [])


def _rows(done: Sequence[Generated]) -> Iterator[list[str]]:
    for each in sorted(done, key=lambda each: each.streams):
        yield [
            f"{each.streams}",
            f"{each.pace:.3f}",
            f"{each.ended * each.events / each.seconds:,.0f}",
            f"{each.cpu_us:.1f}",
            f"{each.load:.2f}",
            f"{each.lag_p99_ms:.0f}",
            f"{each.foreign:.0%}",
            each.flaw,
        ]


def main() -> list[str]:
    """Measure, and return what is printed."""
    parser = options(__doc__, rounds=1, seconds=_SECONDS)
    add_numbers(parser, "--streams", STREAMS, "how many at once")
    args, cores = parser.parse_args(), Cores.pick()
    with TemporaryDirectory() as folder:
        made = unit.make(Path(folder))
        generators = Generators(unit=made, cores=cores, seconds=args.seconds)
        done = [
            generators.generate(streams)
            for _ in range(args.rounds)
            for streams in args.streams
        ]
    what = f"Judged streams of {made.events} events, {1 / INTERVAL_S:.0f} a second each"
    return [*heading(what, cores), *report(done)]


if __name__ == "__main__":
    run(main)
