"""What the tap costs: CPU microseconds for each event that it forwards.

Run as ``python -m benchmarks.tap``. One process sends events of 234 bytes over many
connections, on each 50 times a second, so that each event is a read of its own; one
takes them; the forwarder between them is a process too, whose user and system time is
divided by the events. Forwarders take turns, so that a busy machine hits all alike:

* ``bare``: a selector, a read, a write; what is physically there for a Python program
* ``asyncio``: two protocols that hand bytes from one transport to the other
* ``tap``: ours, with its notes going to a file as they do in a run
"""

import asyncio
import selectors
import socket
from argparse import ArgumentParser
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic_ns, sleep
from typing import cast

from midstream.harness.path.tap import Tap
from midstream.harness.record.history import Recorder

from .roles import Counter, ask, process, send, take

WARM_S = 0.5


def forward_bare(pipe: Connection, upstream: int) -> None:
    """Forward with a selector and two system calls an event."""
    selector = selectors.DefaultSelector()
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as server:
        pipe.send(server.getsockname()[1])
        Counter(pipe)
        selector.register(server, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.data:
                    receive, give = key.data
                    give(receive(1 << 16))
                else:
                    client, _ = server.accept()
                    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    behind = socket.create_connection(("127.0.0.1", upstream))
                    ways = behind.recv, client.sendall
                    selector.register(behind, selectors.EVENT_READ, ways)


class Passing(asyncio.Protocol):
    """Hands on what it is given to whoever is on the other side."""

    other: asyncio.WriteTransport

    def __init__(self, upstream: int = 0) -> None:
        """Connect to *upstream* once a client has; 0: this is that connection."""
        self._upstream = upstream

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Open the other side."""
        if self._upstream:
            self.opening = asyncio.ensure_future(self._open(transport))

    async def _open(self, client: asyncio.BaseTransport) -> None:
        loop, behind = asyncio.get_running_loop(), Passing()
        behind.other = cast("asyncio.WriteTransport", client)
        await loop.create_connection(lambda: behind, "127.0.0.1", self._upstream)

    def data_received(self, data: bytes) -> None:
        """Hand on *data*."""
        self.other.write(data)


def forward_asyncio(pipe: Connection, upstream: int) -> None:
    """Forward from transport to transport."""

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Passing(upstream), "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        Counter(pipe)
        await server.serve_forever()

    asyncio.run(serve())


def forward_tap(pipe: Connection, upstream: int) -> None:
    """Forward by the tap, and note what crossed."""

    async def serve(path: Path) -> None:
        recorder = Recorder(path, monotonic_ns)
        async with Tap(upstream, lambda body: recorder.add("tap", body)) as tap:
            pipe.send(tap.port)
            Counter(pipe)
            await asyncio.Event().wait()

    with TemporaryDirectory() as folder:
        asyncio.run(serve(Path(folder) / "history.jsonl"))


FORWARDERS = {"bare": forward_bare, "asyncio": forward_asyncio, "tap": forward_tap}


def measure(kind: str, connections: int, seconds: float) -> tuple[float, float]:
    """Return the microseconds an event that *kind* took, and the events a read."""
    with (
        process(send, connections) as sender,
        process(FORWARDERS[kind], sender.recv()) as forwarder,
        process(take, connections, forwarder.recv()) as taker,
    ):
        sleep(WARM_S)
        while not ask(taker)[0]:
            sleep(WARM_S)
        (sent, _), (_, cpu_s), (taken, _) = map(ask, (sender, forwarder, taker))
        sleep(seconds)
        ends = [ask(pipe) for pipe in (sender, forwarder, taker)]
        events, reads = ends[0][0] - sent, ends[2][0] - taken
        return (ends[1][1] - cpu_s) / events * 1e6, events / reads


def main() -> None:
    """Measure all forwarders in turns, and print medians and ratios."""
    parser = ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--connections", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each turn")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    rows: dict[str, list[tuple[float, float]]] = {kind: [] for kind in FORWARDERS}
    for _ in range(args.rounds):
        for kind, row in rows.items():
            row.append(measure(kind, args.connections, args.seconds))
    costs = {kind: median(cost for cost, _ in row) for kind, row in rows.items()}
    for kind, row in rows.items():
        per_read = median(events for _, events in row)
        print(
            f"{kind:8} {costs[kind]:6.2f} us an event  "
            f"{costs[kind] / costs['bare']:5.2f} x bare  "
            f"{costs[kind] / costs['asyncio']:5.2f} x asyncio  "
            f"{per_read:.2f} events a read"
        )


if __name__ == "__main__":
    main()
