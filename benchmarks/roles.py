"""Edge: processes that pass events on to each other, and tell what it took them.

One sends events of 234 bytes over many connections, on each 50 times a second, so that
each event is a read of its own. Between it and one that takes them, or in its place, is
whoever is measured, in a process whose CPU time is all its own.
"""

import selectors
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from resource import RUSAGE_SELF, getrusage
from threading import Thread
from time import monotonic, sleep

EVENT = b"e6\r\n" + b"x" * 0xE4 + b"\r\n"
HZ = 50
TICK_S = 0.001


class Counter:
    """Counts what a process does, and tells it, with the CPU time that it took."""

    def __init__(self, pipe: Connection) -> None:
        """Answer each question that comes through *pipe*."""
        self.count = 0
        self._pipe = pipe
        Thread(target=self._answer, daemon=True).start()

    def _answer(self) -> None:
        while True:
            self._pipe.recv()
            used = getrusage(RUSAGE_SELF)
            self._pipe.send((self.count, used.ru_utime + used.ru_stime))


def send(pipe: Connection, connections: int) -> None:
    """Listen, accept *connections*, then send on each at its pace."""
    with socket.create_server(("127.0.0.1", 0), backlog=connections) as server:
        pipe.send(server.getsockname()[1])
        peers = [server.accept()[0] for _ in range(connections)]
    for peer in peers:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    counter = Counter(pipe)
    began_s = monotonic()
    with suppress(OSError):  # the forwarder is ended first
        while True:
            due = int((monotonic() - began_s) * HZ * connections)
            for number in range(counter.count, due):
                peers[number % connections].sendall(EVENT)
            counter.count = max(counter.count, due)
            sleep(TICK_S)


def take(pipe: Connection, connections: int, port: int) -> None:
    """Connect as often as asked for, and read all that comes; count the reads."""
    counter, selector = Counter(pipe), selectors.DefaultSelector()
    for _ in range(connections):
        peer = socket.create_connection(("127.0.0.1", port))
        selector.register(peer, selectors.EVENT_READ, peer.recv)
    while True:
        for key, _ in selector.select():
            key.data(1 << 16)
            counter.count += 1


@contextmanager
def process(role: Callable[..., None], *args: object) -> Iterator[Connection]:
    """Run *role* in a process of its own; yield the pipe to it."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    running = context.Process(target=role, args=(theirs, *args), daemon=True)
    running.start()
    try:
        yield ours
    finally:
        running.kill()
        running.join()


def ask(pipe: Connection) -> tuple[int, float]:
    """Return how much the process behind *pipe* did, and the CPU time it took."""
    pipe.send(None)
    count, cpu_s = pipe.recv()
    return int(count), float(cpu_s)
