"""Edge: one connection through the tap: two sockets, and the bytes between them.

Bytes are recorded and forwarded as they are read: between the two system calls there is
one record and nothing else. Bytes that a socket does not accept at once wait, and the
other socket is not read meanwhile. A FIN is forwarded as a FIN of that direction, an
RST as an RST, once all bytes before it were sent.
"""

import asyncio
import socket
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Literal, TypeAlias

from midstream.harness.record.history import Crossed, Ended, Opened
from midstream.mock_server.serving import rst

Note: TypeAlias = Callable[[Opened | Crossed | Ended], object]
Who: TypeAlias = Literal["client", "server"]

_DRAIN_S = 1.0
"""The longest wait for bytes to be sent before an RST is forwarded."""
_READ_BYTES = 1 << 18
"""The most bytes of one read, so that a burst in the kernel is one read."""


class Links:
    """The open connections of one tap, and what they share.

    Attributes:
        upstream_port: The port of 127.0.0.1 at which the path begins.
        note: Receives the records.
        gate: New connections wait until it is set.
        buffer: The bytes of the current read; one connection uses it at a time.
    """

    def __init__(self, upstream_port: int, note: Note) -> None:
        """Start without connections, and with an open gate."""
        self.upstream_port, self.note = upstream_port, note
        self.gate = asyncio.Event()
        self.gate.set()
        self.buffer = memoryview(bytearray(_READ_BYTES))
        self._open: set[Link] = set()
        self._none_open = asyncio.Event()
        self._none_open.set()
        self._count = 0

    def __len__(self) -> int:
        return len(self._open)

    def enter(self, link: "Link") -> int:
        """Add a connection and return its number; 1 is the first."""
        self._open.add(link)
        self._none_open.clear()
        self._count += 1
        return self._count

    def leave(self, link: "Link") -> None:
        """Remove a connection that is over."""
        self._open.discard(link)
        if not self._open:
            self._none_open.set()

    def drop(self) -> None:
        """Close all connections at once, without a record in the history."""
        for link in list(self._open):
            link.drop()

    async def quiet(self, timeout_s: float) -> None:
        """Wait until no connection is open, but at most *timeout_s*."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._none_open.wait(), timeout_s)


class Link:
    """One client connection, and the connection to the path that belongs to it."""

    def __init__(self, links: Links, client: socket.socket) -> None:
        """Forward *client*, and own it from now on."""
        self.links = links
        self.conn = links.enter(self)
        self.client = _Side(self, "client", client)
        self.server = _Side(self, "server", socket.socket())
        self.client.other, self.server.other = self.server, self.client
        self._tasks: set[asyncio.Task[None]] = set()
        links.note(Opened(conn=self.conn))
        self.spawn(self._connect())

    def spawn(self, work: Coroutine[object, object, None]) -> None:
        """Do *work* in a task that ends when the link is dropped."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self) -> None:
        """Connect to the path once the gate is open; then forward bytes."""
        await self.links.gate.wait()
        loop, path = asyncio.get_running_loop(), ("127.0.0.1", self.links.upstream_port)
        try:
            await loop.sock_connect(self.server.sock, path)
        except OSError:
            self.links.note(Ended(conn=self.conn, who="server", how="refused"))
            self.server.close()
            await self.client.reset()
            return
        self.server.resume()
        self.client.resume()

    def closed(self) -> None:
        """Remove the link when both sides are closed."""
        if not (self.client.is_open or self.server.is_open):
            self.links.leave(self)

    def drop(self) -> None:
        """Close both sides at once, without a record in the history."""
        for task in self._tasks:
            task.cancel()
        self.client.close()
        self.server.close()


class _Side:
    """One of the two sockets of a link."""

    other: "_Side"

    def __init__(self, link: Link, who: Who, sock: socket.socket) -> None:
        self.link, self.who, self.sock = link, who, sock
        self.is_open = True
        self._way: Literal["up", "down"] = "up" if who == "client" else "down"
        self._total = 0
        self._has_ended = False
        self._has_sent_eof = False
        self._waiting = bytearray()
        self._loop = asyncio.get_running_loop()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _read(self) -> None:
        """Forward new bytes, or how this side has ended."""
        buffer = self.link.links.buffer
        try:
            size = self.sock.recv_into(buffer)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._break()
            return
        if not size:
            self._end()
            return
        self._total += size
        conn, way, total = self.link.conn, self._way, self._total
        try:
            self.link.links.note(Crossed(conn=conn, way=way, size=size, total=total))
        except BaseException:
            self.link.drop()  # bytes that were not recorded must not be forwarded
            raise
        self.other.write(buffer[:size])

    def write(self, data: memoryview) -> None:
        """Send *data*; bytes that are not accepted wait, and so does the other side."""
        if not self.is_open or self._has_sent_eof:
            return
        sent = 0
        try:
            if not self._waiting:
                sent = self.sock.send(data)
        except (BlockingIOError, InterruptedError):
            pass
        except OSError:
            self._break()
            return
        if sent < len(data):
            self._waiting += data[sent:]
            self._loop.add_writer(self.sock, self._write_on)
            self.other.pause()

    def _write_on(self) -> None:
        """Send waiting bytes; when none are left, let the other side go on."""
        try:
            del self._waiting[: self.sock.send(self._waiting)]
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._break()
            return
        if not self._waiting:
            self._loop.remove_writer(self.sock)
            self.other.resume()
            if self._has_sent_eof:
                self._shut()

    def pause(self) -> None:
        """Stop reading for now."""
        if self.is_open:
            self._loop.remove_reader(self.sock)

    def resume(self) -> None:
        """Go on reading, unless this side has ended."""
        if self.is_open and not self._has_ended:
            self._loop.add_reader(self.sock, self._read)

    def _end(self) -> None:
        """Record a FIN, and forward it."""
        self._note_end("fin")
        self.pause()
        self.other.finish()
        if self._has_sent_eof and not self._waiting:
            self.close()

    def finish(self) -> None:
        """Send a FIN on this side, after all waiting bytes."""
        if self.is_open and not self._has_sent_eof:
            self._has_sent_eof = True
            if not self._waiting:
                self._shut()

    def _shut(self) -> None:
        """Send the FIN; close this side if its peer has sent one as well."""
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._break()
            return
        if self._has_ended:
            self.close()

    def _break(self) -> None:
        """Record an RST, and forward it."""
        self._note_end("rst")
        self.close()
        self.link.spawn(self.other.reset())

    def _note_end(self, how: Literal["fin", "rst"]) -> None:
        """Record that this side has ended, unless that was recorded before."""
        if not self._has_ended:
            self._has_ended = True
            self.link.links.note(Ended(conn=self.link.conn, who=self.who, how=how))

    def close(self) -> None:
        """Close the socket; safe to call twice."""
        if self.is_open:
            self.is_open = False
            self._loop.remove_reader(self.sock)
            self._loop.remove_writer(self.sock)
            self.sock.close()
            self.link.closed()

    async def reset(self) -> None:
        """Send an RST on this side, after all bytes before it."""
        for wait_s in rst.waits_s(self._unsent, _DRAIN_S):
            await asyncio.sleep(wait_s)
        if self.is_open:
            self._has_ended = True
            rst.close_by_rst(self.sock)
            self.close()

    def _unsent(self) -> int:
        """Return the number of bytes, here and in the kernel, that the peer lacks."""
        if not self.is_open:
            return 0
        return len(self._waiting) + rst.unsent_bytes(self.sock)
