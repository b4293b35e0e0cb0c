"""How many paced streams a load generator sustains on one core, and what a token costs.

The server of `midstream load` has a core of its own, the load generator another one.
Streams have 200 events of 248 bytes, 50 a second; who has an answer asks again at once.
The pace is kept if 97 % of the events come in the time that they should; then more
streams are tried, else fewer. Three load generators take turns:

reference       users of `midstream load`, with the reference client on gevent's
                sockets; each stream is judged, measured, summed up and reported
openai_python   the same with the openai SDK as shipped
raw             a Locust user who splits what comes into events and takes down the
                time of each; nothing is parsed, and nobody judges
"""

import subprocess
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from . import machine, subjects, unit
from .errors import BenchmarkError
from .generated import Generated, Order
from .serving import serving
from .sustained import summary, take_turns

FIRST: Final = {"reference": 500, "raw": 600, "openai_python": 60}
"""With how many streams each kind begins."""
_ROUNDS, _QUICK_ROUNDS = 3, 1
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
    cores: machine.Cores
    warm_up_s: float = _WARM_UP_S
    seconds: float = _SECONDS

    def generate(self, kind: str, streams: int) -> Generated:
        """Return what a round of *kind* with *streams* gives, and tell of it.

        Raises:
            BenchmarkError: A process does not do what it should.
        """
        subject = subjects.midstream(self.unit, "--express", speed=1.0)
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
                interval_s=unit.INTERVAL_S,
                request=unit.REQUEST,
            )
            done = self._obey(order)
        tell(done)
        return done

    def _obey(self, order: Order) -> Generated:
        with machine.on_core(self.cores.client):
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


def _arguments() -> Namespace:
    parser = ArgumentParser(
        prog="python -m benchmarks.load_generator",
        description=__doc__,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--kinds",
        default=",".join(FIRST),
        help="which load generators, separated by commas (%(default)s)",
    )
    parser.add_argument(
        "--rounds",
        type=int,
        default=_ROUNDS,
        help="how many each has at most, of 14 s (%(default)s)",
    )
    parser.add_argument("--quick", action="store_true", help="one round each")
    return parser.parse_args()


def main() -> None:
    """Measure, and print a table."""
    args = _arguments()
    rounds = _QUICK_ROUNDS if args.quick else args.rounds
    cores = machine.Cores.pick()
    print(f"{machine.describe()}\n{cores.note}", flush=True)
    with TemporaryDirectory() as folder:
        generators = Generators(unit=unit.make(Path(folder)), cores=cores)
        firsts = {kind: FIRST[kind] for kind in args.kinds.split(",")}
        done = [*take_turns(firsts, rounds, generators.generate)]
    print(summary(done))


if __name__ == "__main__":
    main()
