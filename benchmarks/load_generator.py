"""How many paced streams a load generator sustains on a core, and what an event costs.

    python -m benchmarks.load_generator [--kinds A,B] [--rounds N] [--quick]

The server of `midstream load` has a core of its own, the load generator another one.
Streams have 200 events of 248 bytes, 50 a second; who has an answer asks again at once.
The pace is kept if 97 % of 50 events a second come for each of them, with all that is
asked between two streams; then more streams are tried, else fewer. Three load
generators take turns:

reference       users of `midstream load`, with the reference client on gevent's
                sockets; each stream is judged, measured, summed up and reported
openai_python   the same with the openai SDK as shipped
raw             a Locust user who splits what comes into events and takes down the
                time of each; nothing is parsed, and nobody judges
"""

import subprocess
import sys
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from . import subjects, unit
from .command import heading, options, run
from .errors import BenchmarkError
from .generated import Generated, Order
from .machine import Cores, on_core
from .pace import INTERVAL_S
from .serving import serving
from .sustained import summary, take_turns

FIRST: Final = {"reference": 500, "raw": 600, "openai_python": 60}
"""With how many streams each kind begins."""
_ROUNDS: Final = 3
_WARM_UP_S: Final = 5.5
_SECONDS: Final = 4.0
"""A stream's length, so that each user's streams count as often as all others'."""
_PATIENCE_S: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Generators:
    """Load generators for streams of *unit*: each round has fresh processes.

    *warm_up_s* and *seconds* are those of each round.
    """

    unit: unit.Unit
    cores: Cores
    warm_up_s: float = _WARM_UP_S
    seconds: float = _SECONDS

    def generate(self, kind: str, streams: int) -> Generated:
        """Return what a round of *kind* with *streams* gives, and tell of it.

        Raises:
            BenchmarkError: A process does not do what it should.
        """
        subject = subjects.midstream(self.unit, speed=1.0)
        with serving(subject, self.cores.server) as server:
            order = Order(
                kind=kind,
                streams=streams,
                warm_up_s=self.warm_up_s,
                seconds=self.seconds,
                served=server.said,
                server_core=self.cores.server,
                client_core=self.cores.client,
                cassette=str(self.unit.cassette),
                events=self.unit.events,
                interval_s=INTERVAL_S,
                request=unit.REQUEST,
            )
            done = self._obey(order)
        tell(done)
        return done

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
                    f"the load generator {order.kind} gives no result; what it says "
                    "is above"
                ) from error


def tell(done: Generated) -> None:
    """Say on standard error how it goes."""
    sys.stderr.write(
        f"  {done.kind:14} {done.streams:5} streams  pace {done.pace:6.1%}  "
        f"{done.cpu_us:6.1f} us/event  core {done.load:4.0%}  "
        f"server {done.server_s / done.seconds:4.0%}  "
        f"loop lag {done.lag_p99_ms:6.1f} ms  others {done.foreign:4.0%} {done.flaw}\n"
    )
    sys.stderr.flush()


def _parser() -> ArgumentParser:
    parser = options(__doc__, rounds=_ROUNDS, seconds=_SECONDS)
    parser.add_argument(
        "--kinds",
        type=lambda text: text.split(","),
        default=list(FIRST),
        metavar="A,B",
        help=f"which load generators: {', '.join(FIRST)}",
    )
    parser.add_argument("--quick", action="store_true", help="one round of each kind")
    return parser


def main() -> list[str]:
    """Measure, and return what is printed.

    Raises:
        BenchmarkError: A kind is none, or something does not do what it should.
    """
    args, cores = _parser().parse_args(), Cores.pick()
    if unknown := set(args.kinds) - set(FIRST):
        raise BenchmarkError(f"no such kind: {', '.join(unknown)}; {', '.join(FIRST)}")
    firsts = {kind: FIRST[kind] for kind in args.kinds}
    rounds = 1 if args.quick else args.rounds
    with TemporaryDirectory() as folder:
        made = unit.make(Path(folder))
        generators = Generators(unit=made, cores=cores, seconds=args.seconds)
        done = [*take_turns(firsts, rounds, generators.generate)]
    what = f"Streams of {made.events} events, {1 / INTERVAL_S:.0f} a second each"
    return [*heading(what, cores), *summary(done)]


if __name__ == "__main__":
    run(main)
