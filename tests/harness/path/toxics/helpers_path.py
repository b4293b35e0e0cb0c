"""A server that stops before an event, a path to it, and a reader of raw bytes."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from midstream.harness.path.toxics import Change, SetToxic, Stop, Toxic
from midstream.harness.path.toxiproxy import Proxy, Toxiproxy
from tests.helpers import until

EVENTS = [
    f'event: token\ndata: {{"n":{n},"text":"naïve 日本 👩‍👩‍👧 {n}"}}\n\n'.encode()
    for n in range(6)
]
REQUEST = b"GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
STRUCK = 3
"""The event before which the server stops."""
START = Stop(0, 0, b"")


def on_wire(event: bytes) -> bytes:
    """Return *event* as one HTTP chunk."""
    return b"%x\r\n%b\r\n" % (len(event), event)


WHOLE = HEAD + b"".join(map(on_wire, EVENTS)) + b"0\r\n\r\n"
BEFORE = HEAD + b"".join(map(on_wire, EVENTS[:STRUCK]))


@dataclass
class Server:
    """Sends the events to each connection; the first one stops before `STRUCK`."""

    at_gate: Callable[[Stop], Awaitable[None]] | None = None
    got: bytearray | None = None
    """What the client has, if it tells: the gate waits until that is all before it."""
    holds: bool = False
    """Whether it leaves the connection open when all is written."""
    written: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[float] = field(default_factory=list)
    """When each request had been read, on the monotonic clock."""

    async def answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve one connection."""
        try:
            await reader.readuntil(b"\r\n\r\n")
            self.asked.append(time.monotonic())
            await self._send(writer)
            self.written.set()
            if self.holds:
                await reader.read()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _send(self, writer: asyncio.StreamWriter) -> None:
        """Write the answer, stopping once."""
        writer.write(HEAD)
        sent = len(HEAD)
        for index, event in enumerate(EVENTS):
            if index == STRUCK and self.at_gate:
                at_gate, self.at_gate = self.at_gate, None
                await writer.drain()
                await self._has_got(sent)
                lead = len(b"%x\r\n" % len(event))
                await at_gate(Stop(sent, lead, event))
            writer.write(on_wire(event))
            sent += len(on_wire(event))
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    async def _has_got(self, count: int) -> None:
        """Wait until nothing is under way, where a toxic would swallow it."""
        got = self.got
        if got is not None:
            await until(lambda: len(got) >= count)


@dataclass(frozen=True)
class Taken:
    """What a client got: all bytes, the size of each read, the end, the time taken."""

    data: bytes
    reads: list[int]
    end: str
    total_s: float


async def fetch(port: int, got: bytearray | None = None) -> Taken:
    """Ask once and read to the end, into *got* as well.

    Asyncio's own streams drop data before a RST.
    """
    loop, began, reads, data = asyncio.get_running_loop(), time.monotonic(), [], b""
    with socket.socket() as sock:
        sock.setblocking(False)
        await loop.sock_connect(sock, ("127.0.0.1", port))
        await loop.sock_sendall(sock, REQUEST)
        end = "fin"
        try:
            while piece := await loop.sock_recv(sock, 65536):
                data += piece
                if got is not None:
                    got += piece
                reads.append(len(piece))
        except ConnectionResetError:
            end = "rst"
    return Taken(data, reads, end, time.monotonic() - began)


async def perform(proxy: Proxy, changes: tuple[Change, ...]) -> None:
    """Do what a toxic asks for; an outage here never ends by itself."""
    for change in changes:
        if isinstance(change, SetToxic):
            await proxy.change(change)
        else:
            await proxy.disable()


@asynccontextmanager
async def path(
    toxiproxy: Toxiproxy, toxic: Toxic, server: Server, *, is_gated: bool = False
) -> AsyncIterator[Proxy]:
    """Put *toxic* between a client and *server*; it strikes at the gate, or always."""
    listener = await asyncio.start_server(server.answer, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    placed = toxic.placed("f1", dormant=is_gated)
    proxy = await toxiproxy.create("run", f"127.0.0.1:{port}", placed)

    async def strike(stop: Stop) -> None:
        await perform(proxy, toxic.struck("f1", stop))

    if is_gated:
        server.at_gate = strike
    try:
        yield proxy
    finally:
        await proxy.delete()
        listener.close()
        await listener.wait_closed()
