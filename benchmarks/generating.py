"""Edge: a load generator while it is measured; run by `benchmarks.load_generator`.

A process of its own, for Locust patches the whole of it. Users are in Locust's own
loop, and what judged ones do is summed up and reported as a worker of `midstream load`
does.
"""

import logging
import sys
import time
from pathlib import Path
from typing import Any, ClassVar, Final

import gevent
import msgspec
from locust.env import Environment

from benchmarks.load_generator import Generated, Order
from benchmarks.machine import Cores, both_busy_s, cpu_s
from benchmarks.pace import INTERVAL_S
from midstream.harness.errors import HarnessError
from midstream.harness.load.controller.process_samples import Pulse
from midstream.harness.load.generator.generator import UserSlot
from midstream.harness.load.locust_hooks.generator import LocustGenerator
from midstream.harness.load.locust_hooks.users.reference import ReferenceUser
from midstream.harness.load.storm.load_order import LoadOrder
from midstream.harness.load.storm.storm import Storm, StormPhase
from midstream.harness.oracle.verdict import Verdict

_REPORT_S: Final = 3.0
"""How often Locust's workers report."""
_AS_IT_SHOULD_BE: Final = f"verdict:{Verdict.UNAFFECTED}"


class Seated(ReferenceUser):
    """A user who has a slot in *side*, the generator of this process."""

    side: ClassVar[LocustGenerator]
    _slot: UserSlot | None

    def on_start(self) -> None:
        """Sit down."""
        self._slot = self.side.take_slot()


class Count:
    """How many streams have ended, and the first thing that was wrong."""

    def __init__(self, environment: Environment) -> None:
        """Begin to count what Locust is told."""
        self.ended, self.flaw = 0, ""
        events: Any = environment.events  # Locust has no types here
        events.request.add_listener(self._add)

    def keep_reporting(self, side: LocustGenerator) -> None:
        """Make the reports that a worker sends to its master, and look through them."""
        while True:
            gevent.sleep(_REPORT_S)
            self.look(side)

    def look(self, side: LocustGenerator) -> None:
        """Take note of what is new at *side* and not as it should be."""
        said = side.report()
        if said is None:
            return
        counts: dict[str, int] = said["report"]["tally"]["counts"]
        verdicts = {name for name in counts if name.startswith("verdict:")}
        bad = sorted(verdicts - {_AS_IT_SHOULD_BE})
        self.flaw = self.flaw or said["trouble"] or ", ".join(bad)

    def _add(self, exception: Exception | None = None, **_: object) -> None:
        self.ended += 1
        if exception is not None:
            self.flaw = self.flaw or f"{type(exception).__name__}: {exception}"


def generate(order: Order) -> Generated:
    """Do what *order* says.

    Raises:
        HarnessError: The server does not answer.
    """
    environment = Environment(user_classes=[Seated])
    count, side = Count(environment), LocustGenerator(environment, "load generator")
    Seated.side = side
    side.begin(_load_order(order), 0)
    gevent.spawn(count.keep_reporting, side)
    runner = environment.create_local_runner()
    runner.start(order.streams, spawn_rate=order.streams)
    gevent.sleep(order.warm_up_s)
    return _measured(order, count, side)


def _measured(order: Order, count: Count, side: LocustGenerator) -> Generated:
    """Return what happens in the time that counts."""
    cores = Cores(order.server_core, order.client_core)
    pulse = Pulse("reference", "worker")
    ended, began_s = count.ended, time.monotonic()
    own_s, server_s = time.process_time(), cpu_s(order.served.pid)
    busy_s = both_busy_s(cores)
    gevent.sleep(order.seconds)
    seconds = time.monotonic() - began_s
    own_s = time.process_time() - own_s
    server_s = cpu_s(order.served.pid) - server_s
    foreign_s = both_busy_s(cores) - busy_s - own_s - server_s
    count.look(side)
    return Generated(
        streams=order.streams,
        seconds=seconds,
        ended=count.ended - ended,
        events=order.events,
        pace_hz=1 / INTERVAL_S,
        cpu_s=own_s,
        server_s=server_s,
        foreign=max(0.0, foreign_s) / seconds,
        lag_p99_ms=1000 * (pulse.sample().loop_lag_p99_s or 0.0),
        flaw=count.flaw,
    )


def _load_order(order: Order) -> LoadOrder:
    """Return a load run in good weather that outlasts the round."""
    storm = Storm(
        name="paced",
        description="The unit, at its pace.",
        cassettes=(order.cassette,),
        phases=(StormPhase(name="steady"),),
    )
    return LoadOrder(
        storm=storm,
        seed=0,
        users=order.streams,
        workers=1,
        run_s=2 * (order.warm_up_s + order.seconds),
        began_at_s=time.time(),
        servers=(order.served,),
        out=str(Path(order.cassette).parent),
    )


def main() -> None:
    """Read an order from standard input, and print what came of it."""
    logging.getLogger("locust").setLevel(logging.ERROR)  # it finds us hasty
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    try:
        done = generate(order)
    except HarnessError as error:
        raise SystemExit(str(error)) from error
    print(msgspec.json.encode(done).decode(), flush=True)


if __name__ == "__main__":
    main()
