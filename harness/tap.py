"""Edge: a TCP forwarder that alters nothing and writes down what crossed.

It stands on the client's side of Toxiproxy, so it is the proof that a fault took
effect: the count and time of the bytes of every read, each FIN, each RST. A FIN is
passed on as a FIN of that direction, an RST as an RST, once all bytes before it have
left. It can hold back connections (while the nemesis heals a path) and refuse them
(while the path is down), which a forwarder that accepts first could not show.
"""

import asyncio
import fcntl
import socket
import struct
import termios
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Literal, Self, TypeAlias, cast

from .history import Crossed, Ended, Opened
from .kept_port import KeptPort

Note: TypeAlias = Callable[[Opened | Crossed | Ended], object]
Who: TypeAlias = Literal["client", "server"]

_DRAIN_S = 1.0
"""The longest wait for bytes to leave before an RST is passed on."""


class Tap:
    """Listens on a loopback port of its own and forwards to *upstream_port*."""

    def __init__(self, upstream_port: int, note: Note) -> None:
        """Forward to *upstream_port* on 127.0.0.1 and tell *note* what happens."""
        self.upstream_port, self.note = upstream_port, note
        self.port = 0
        self.open_gate = asyncio.Event()
        self.open_gate.set()
        self._none_open = asyncio.Event()
        self._none_open.set()
        self._server: asyncio.Server | None = None
        self._kept = KeptPort()
        self._links: set[_Link] = set()
        self._count = 0

    async def __aenter__(self) -> Self:
        await self.listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.refuse()
        self._kept.release()
        for link in list(self._links):
            link.drop()

    async def listen(self) -> None:
        """Accept connections, on the same port as before if there was one."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Link(self).client, "127.0.0.1", self.port
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self._kept.release()

    async def refuse(self) -> None:
        """Stop listening: new connections are refused, live ones go on."""
        if self._server is not None:
            self._server.close()
            self._server = None
            self._kept.keep(self.port)

    def hold(self) -> None:
        """Let new connections wait before they are forwarded."""
        self.open_gate.clear()

    def release(self) -> None:
        """Forward the connections that wait, and all later ones at once."""
        self.open_gate.set()

    async def quiet(self, timeout_s: float) -> None:
        """Wait until no connection is open, *timeout_s* at most."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._none_open.wait(), timeout_s)

    def number(self, link: "_Link") -> int:
        """Return the number of a new connection; 1 is the first."""
        self._links.add(link)
        self._none_open.clear()
        self._count += 1
        return self._count

    def forget(self, link: "_Link") -> None:
        """Drop a connection that is over."""
        self._links.discard(link)
        if not self._links:
            self._none_open.set()


class _Link:
    """One client connection and the connection to the path that belongs to it."""

    def __init__(self, tap: Tap) -> None:
        self.tap = tap
        self.conn = 0
        self.client = _Side(self, "client")
        self.server = _Side(self, "server")
        self._tasks: set[asyncio.Task[None]] = set()

    def opened(self) -> None:
        self.conn = self.tap.number(self)
        self.tap.note(Opened(conn=self.conn))
        self.spawn(self._connect())

    def spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self) -> None:
        await self.tap.open_gate.wait()
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(
                lambda: self.server, "127.0.0.1", self.tap.upstream_port
            )
        except OSError:
            self.tap.note(Ended(conn=self.conn, who="server", how="refused"))
            await self.client.reset()
            return
        self.client.resume()

    def other(self, side: "_Side") -> "_Side":
        return self.server if side is self.client else self.client

    def lost(self, side: "_Side", error: Exception | None) -> None:
        """One side is gone; pass it on and tidy up when both are."""
        other = self.other(side)
        if error is not None:
            side.ended("rst")
            self.spawn(other.reset())
        elif other.is_open:
            other.close()
        if not side.is_open and not other.is_open:
            self.tap.forget(self)

    def drop(self) -> None:
        """Close both sides at once, without a word in the history."""
        for task in self._tasks:
            task.cancel()
        for side in (self.client, self.server):
            side.has_ended = True
            side.close(now=True)


class _Side(asyncio.Protocol):
    """One of the two sockets of a link."""

    def __init__(self, link: _Link, who: Who) -> None:
        self.link, self.who = link, who
        self.total = 0
        self.has_ended = False
        self.has_sent_eof = False
        self._transport: asyncio.Transport | None = None

    @property
    def is_open(self) -> bool:
        return self._transport is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if self.who == "client":
            self._transport.pause_reading()
            self.link.opened()

    def data_received(self, data: bytes) -> None:
        self.total += len(data)
        way: Literal["up", "down"] = "up" if self.who == "client" else "down"
        self.link.tap.note(
            Crossed(conn=self.link.conn, way=way, size=len(data), total=self.total)
        )
        self.link.other(self).write(data)

    def eof_received(self) -> bool:
        self.ended("fin")
        other = self.link.other(self)
        other.finish()
        if other.has_ended:
            other.close()
            return False
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self.link.lost(self, exc)

    def pause_writing(self) -> None:
        self.link.other(self).pause()

    def resume_writing(self) -> None:
        self.link.other(self).resume()

    def ended(self, how: Literal["fin", "rst"]) -> None:
        """Note that this side ended the connection, if it is the first word of it."""
        if not self.has_ended:
            self.has_ended = True
            self.link.tap.note(Ended(conn=self.link.conn, who=self.who, how=how))

    def write(self, data: bytes) -> None:
        if self._transport is not None and not self.has_sent_eof:
            self._transport.write(data)

    def finish(self) -> None:
        """Pass a FIN on to this side."""
        if self._transport is not None and not self.has_sent_eof:
            self.has_sent_eof = True
            self._transport.write_eof()

    def pause(self) -> None:
        if self._transport is not None:
            self._transport.pause_reading()

    def resume(self) -> None:
        if self._transport is not None:
            self._transport.resume_reading()

    def close(self, *, now: bool = False) -> None:
        if self._transport is None:
            return
        if now:
            self._transport.abort()
        else:
            self._transport.close()

    async def reset(self) -> None:
        """Pass an RST on to this side once it has been given all bytes before it."""
        transport = self._transport
        if transport is None:
            return
        sock: socket.socket = transport.get_extra_info("socket")
        deadline = asyncio.get_running_loop().time() + _DRAIN_S
        while self._transport is not None and self._unsent(transport, sock):
            if asyncio.get_running_loop().time() > deadline:
                break
            await asyncio.sleep(0.001)
        if self._transport is not None:
            self.has_ended = True
            sock.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
            transport.abort()

    @staticmethod
    def _unsent(transport: asyncio.Transport, sock: socket.socket) -> int:
        """Return the bytes that the peer's kernel has not acknowledged yet."""
        queued = struct.unpack("i", fcntl.ioctl(sock, termios.TIOCOUTQ, b"\0" * 4))[0]
        return transport.get_write_buffer_size() + int(queued)
