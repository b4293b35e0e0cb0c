"""Edge: a load generator while it is measured; run by `benchmarks.load_generator`.

A process of its own, for Locust patches the whole of it. Users are those of
`midstream load` in Locust's own loop, at a desk that judges, sums up and reports as a
worker's does; or a user who only reads, as one writes it by hand.
"""

import logging
import random
import sys
import time
from pathlib import Path
from typing import Any, ClassVar, Final

import gevent
import msgspec
from gevent import socket
from locust import User, task
from locust.env import Environment

from benchmarks.generated import Generated, Order
from benchmarks.machine import Cores, both_busy_s, cpu_s
from harness.errors import HarnessError
from harness.load.locust_side.desk_side import DeskSide
from harness.load.run.orders import LoadOrder
from harness.load.run.vitals import Pulse
from harness.load.storm import Phase, Storm
from harness.load.streams.desk import Seat
from harness.load.users.openai_python import OpenAIPythonUser
from harness.load.users.reference import ReferenceUser
from mock_server import collector

_REPORT_S: Final = 2.0
_PIECE_BYTES: Final = 1 << 16
_LAST_CHUNK: Final = b"\r\n0\r\n\r\n"


class Seated:
    """Whoever has a seat at *side*, the desk of this process."""

    side: ClassVar[DeskSide]
    _seat: Seat | None

    def on_start(self) -> None:
        """Sit down."""
        self._seat = self.side.take_seat()


class JudgedReference(Seated, ReferenceUser):
    """The reference client's core, judged."""


class JudgedSDK(Seated, OpenAIPythonUser):
    """The openai SDK as shipped, judged."""


class Raw(User):
    """Somebody who reads, and takes down when each event came; nobody judges."""

    order: ClassVar[Order]

    def on_start(self) -> None:
        """Connect, sometime within the length of a stream."""
        order = self.order
        gevent.sleep(random.random() * order.events * order.interval_s)
        place = order.served.base_url.partition("//")[2].partition("/")[0]
        host, _, port = place.partition(":")
        self._socket: Any = socket.create_connection((host, int(port)))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @task
    def stream(self) -> None:
        """Ask, and read all events of the answer."""
        self._socket.sendall(self.order.request)
        came: list[float] = []
        rest, clock = b"", time.perf_counter
        receive, began_s = self._socket.recv, time.perf_counter()
        while not rest.endswith(_LAST_CHUNK) and (piece := receive(_PIECE_BYTES)):
            *events, rest = (rest + piece).split(b"\n\n")
            came.extend(clock() for _ in events)
        is_whole = len(came) == self.order.events
        self.environment.events.request.fire(
            request_type="SSE",
            name="raw",
            response_time=1000 * (clock() - began_s),
            response_length=len(came),
            exception=None if is_whole else ValueError(f"{len(came)} events"),
            context={},
        )


KINDS: Final[dict[str, type[User]]] = {
    "reference": JudgedReference,
    "raw": Raw,
    "openai_python": JudgedSDK,
}


class Count:
    """How many streams have ended, and the first that was wrong."""

    def __init__(self, environment: Environment) -> None:
        """Begin to count what Locust is told."""
        self.ended, self.flaw = 0, ""
        events: Any = environment.events  # Locust has no types here
        events.request.add_listener(self._add)

    def _add(self, exception: Exception | None = None, **_: object) -> None:
        self.ended += 1
        if exception is not None:
            self.flaw = self.flaw or f"{type(exception).__name__}: {exception}"


def generate(order: Order) -> Generated:
    """Do what *order* says.

    Raises:
        HarnessError: The server does not answer.
    """
    kind = KINDS[order.kind]
    environment = Environment(user_classes=[kind])
    count, side = Count(environment), DeskSide(environment, "load generator")
    if issubclass(kind, Seated):
        Seated.side = side
        side.begin(_load_order(order), 0)
        gevent.spawn(_keep_reporting, side)
    else:
        Raw.order = order
        collector.calm()
    runner = environment.create_local_runner()
    runner.start(order.streams, spawn_rate=order.streams)
    gevent.sleep(order.warm_up_s)
    return _measured(order, count, side)


def _measured(order: Order, count: Count, side: DeskSide) -> Generated:
    """Return what happens in the time that counts."""
    cores = Cores(order.server_core, order.client_core)
    pulse = Pulse(order.kind, "worker")
    ended, began_s = count.ended, time.monotonic()
    own_s, server_s = time.process_time(), cpu_s(order.served.pid)
    busy_s = both_busy_s(cores)
    gevent.sleep(order.seconds)
    seconds = time.monotonic() - began_s
    own_s = time.process_time() - own_s
    server_s = cpu_s(order.served.pid) - server_s
    foreign_s = both_busy_s(cores) - busy_s - own_s - server_s
    said = side.report() or {"trouble": ""}
    return Generated(
        kind=order.kind,
        streams=order.streams,
        seconds=seconds,
        ended=count.ended - ended,
        events=order.events,
        pace_hz=1 / order.interval_s,
        cpu_s=own_s,
        server_s=server_s,
        foreign=max(0.0, foreign_s) / seconds,
        lag_p99_ms=1000 * (pulse.sample().loop_lag_p99_s or 0.0),
        flaw=count.flaw or said["trouble"],
    )


def _load_order(order: Order) -> LoadOrder:
    """Return a load run in good weather that outlasts the round."""
    storm = Storm(
        name="paced",
        description="The unit, at its pace.",
        cassettes=(order.cassette,),
        phases=(Phase(name="steady"),),
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


def _keep_reporting(side: DeskSide) -> None:
    """Make the reports that a worker sends to its master."""
    while True:
        gevent.sleep(_REPORT_S)
        side.report()


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
