"""What it costs a load generator to read a piece from a socket.

    python -m benchmarks.line [--rounds N] [--seconds S]

A stream brings a piece for each event, and its reader waits for each with patience.
Readers take turns; the CPU time of each one's process is divided by the pieces:

* ``gevent``: `recv` of a gevent socket with a timeout, a greenlet a stream
* ``line``: ours, `harness.load.generator.gevent_socket`, a greenlet a stream as well
"""

from argparse import ArgumentParser
from collections.abc import Callable
from multiprocessing.connection import Connection
from statistics import median
from time import sleep

import gevent
from gevent import socket

from midstream.harness.load.generator.gevent_socket import GeventSocket

from .roles import Counter, ask, process, send
from .tables import table

_HOST = "127.0.0.1"
_PIECE_BYTES = 1 << 16
_PATIENCE_S = 60.0
_WARM_S = 1.0


def read_gevent(port: int) -> Callable[[], bytes]:
    """Return what reads the next piece, by way of a gevent socket."""
    connected = socket.create_connection((_HOST, port))
    connected.settimeout(_PATIENCE_S)
    return lambda: bytes(connected.recv(_PIECE_BYTES))


def read_line(port: int) -> Callable[[], bytes]:
    """Return what reads the next piece, by way of our line."""
    line = GeventSocket(_HOST, port, _PATIENCE_S)
    return lambda: line.receive(_PATIENCE_S)


READERS = {"gevent": read_gevent, "line": read_line}


def read(pipe: Connection, kind: str, port: int, connections: int) -> None:
    """Read on so many connections until the process is ended; count the pieces."""
    counter = Counter(pipe)

    def stream() -> None:
        receive = READERS[kind](port)
        while receive():
            counter.count += 1

    gevent.joinall([gevent.spawn(stream) for _ in range(connections)])


def measure(kind: str, connections: int, seconds: float) -> float:
    """Return the microseconds of CPU a piece that *kind* took."""
    with (
        process(send, connections) as sender,
        process(read, kind, sender.recv(), connections) as reader,
    ):
        while not ask(reader)[0]:
            sleep(_WARM_S)
        pieces, cpu_s = ask(reader)
        sleep(seconds)
        all_pieces, all_cpu_s = ask(reader)
    return (all_cpu_s - cpu_s) / (all_pieces - pieces) * 1e6


def main() -> None:
    """Measure all readers in turns, and print medians and ratios."""
    parser = ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--connections", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each turn")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    rounds = [
        {kind: measure(kind, args.connections, args.seconds) for kind in READERS}
        for _ in range(args.rounds)
    ]
    rows = [
        [
            kind,
            f"{median(of[kind] for of in rounds):.2f}",
            f"{median(of[kind] / of['gevent'] for of in rounds):.2f}",
        ]
        for kind in READERS
    ]
    print("\n".join(table(("reader", "us CPU/piece", "of gevent"), rows)))


if __name__ == "__main__":
    main()
