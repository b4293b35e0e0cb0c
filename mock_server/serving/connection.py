"""One response on one connection: writing, counting, ending, breaking off.

The edge to aiohttp and the socket. It knows neither steps nor sessions.
"""

import asyncio
import fcntl
import os
import socket
import struct
import termios
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from weakref import WeakKeyDictionary

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

from midstream.mock_server.core.errors import MockServerError

_DRAIN_S, _DRAIN_STEP_S = 2.0, 0.001
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_LINGER_ZERO = struct.pack("ii", 1, 0)


@dataclass(slots=True, eq=False)
class Connection:
    """A client's connection; *before* counts the bytes of its finished responses."""

    number: int = 0
    before: int = 0


class Connections:
    """All connections that are open, each known by its transport."""

    def __init__(self) -> None:
        """Begin with none."""
        self._known: WeakKeyDictionary[object, Connection] = WeakKeyDictionary()

    def of(self, request: web.BaseRequest) -> Connection:
        """Return the connection of *request*."""
        if request.transport is None:  # gone before we looked
            return Connection()
        return self._known.setdefault(request.transport, Connection())


class ResponseWriter:
    """The response to one request, as it goes out on its connection."""

    def __init__(self, request: web.BaseRequest, connection: Connection) -> None:
        """Prepare to answer *request*; nothing is sent yet."""
        self.connection = connection
        self.response: web.StreamResponse | None = None
        self._request = request
        self._descriptor = -1
        self._writer: AbstractStreamWriter = request._payload_writer  # noqa: SLF001 (aiohttp counts here)

    @property
    def offset(self) -> int:
        """How many bytes were written on the connection since it opened.

        aiohttp counts all it writes of a response in a field it does not document;
        a test compares it with the bytes of a real socket.
        """
        return self.connection.before + self._writer.output_size

    @property
    def _opened(self) -> web.StreamResponse:
        """The response, whose head was sent."""
        if self.response is None:
            raise MockServerError("a step sends a body before any head")
        return self.response

    def lead(self, data: bytes) -> int:
        """Return how many bytes of framing will precede *data*."""
        is_chunked = bool(data) and getattr(self._writer, "chunked", False)
        return len(f"{len(data):x}\r\n") if is_chunked else 0

    async def expect(self, headers: Mapping[str, str]) -> None:
        """Tell a client that asks first to send its body."""
        if headers.get("expect", "").lower() == "100-continue":
            await self._writer.write(_CONTINUE)
            self.close_count()

    async def head(self, status: int, headers: Mapping[str, str]) -> None:
        """Send status and headers at once, not with the first bytes of the body."""
        self.response = web.StreamResponse(status=status, headers=headers)
        await self.response.prepare(self._request)
        self._writer.send_headers()

    async def send(self, data: bytes) -> None:
        """Send *data* as one piece.

        Raises:
            ConnectionError: The client is gone.
        """
        before = self._writer.output_size
        try:
            await self._opened.write(data)
        except ConnectionError:
            self._writer.output_size = before  # counted before it was refused
            raise

    def push(self, chunks: Sequence[bytes], join: int) -> int:
        """Write *chunks*, *join* at a time and at once; return how many were taken.

        They are framed as HTTP wants it already. aiohttp and the transport are passed
        by, which halves what it costs to send an event; the transport gets the rest
        of what the socket took but a part of, and while it holds anything nothing is
        taken.

        Raises:
            ConnectionError: The client is gone.
        """
        transport = self._request.transport
        if transport is None or transport.is_closing():
            raise ConnectionResetError("the client is gone")
        if transport.get_write_buffer_size():
            return 0
        if self._descriptor < 0:
            self._descriptor = transport.get_extra_info("socket").fileno()
        write, descriptor, taken = os.write, self._descriptor, 0
        try:
            for begin in range(0, len(chunks), join):
                piece = chunks[begin : begin + join]
                data = piece[0] if len(piece) == 1 else b"".join(piece)
                sent = write(descriptor, data)
                taken += len(piece)
                if sent < len(data):
                    transport.write(data[sent:])
                    break
        except BlockingIOError:
            pass  # the piece has not been taken
        finally:
            self._writer.output_size += sum(map(len, chunks[:taken]))
        return taken

    async def finish(self) -> bool:
        """End the response; say whether it ended by the rules.

        With less body than the head promised, only closing can end it.
        """
        if getattr(self._writer, "length", None):
            self.abort_fin()
            return False
        await self._opened.write_eof()
        return True

    def close_count(self) -> None:
        """Add this response to the bytes of the connection; once, at its end."""
        self.connection.before += self._writer.output_size
        self._writer.output_size = 0

    def abort_fin(self) -> None:
        """Close by FIN, behind all that was written."""
        if (transport := self._request.transport) is not None:
            transport.close()

    def break_off(self) -> None:
        """Close without sending what is still buffered."""
        if (transport := self._request.transport) is not None:
            transport.abort()

    async def abort_rst(self) -> None:
        """Close by RST, after the peer's kernel has what was written, or 2 seconds."""
        transport = self._request.transport
        if transport is None:
            return
        sock = cast(socket.socket, transport.get_extra_info("socket"))
        for _ in range(int(_DRAIN_S / _DRAIN_STEP_S)):
            if not transport.get_write_buffer_size() and not _unsent(sock):
                break
            await asyncio.sleep(_DRAIN_STEP_S)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
        transport.abort()


def _unsent(sock: socket.socket) -> int:
    """Return how many bytes the kernel has not yet got acknowledged.

    tcp(7): "SIOCOUTQ: Returns the amount of unsent data in the socket send queue";
    on Linux it is the same number as TIOCOUTQ, and 0 means all was acknowledged.
    """
    if sock.fileno() < 0:
        return 0
    raw = fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, struct.pack("i", 0))
    return int(struct.unpack("i", raw)[0])
