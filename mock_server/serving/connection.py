"""A client's connection: a transport that counts what is written on it.

It lies between aiohttp and the socket, so that every byte passes by, also those that
aiohttp writes by itself. It uses public interfaces only: `web.Server` is a factory of
protocols, and a protocol is handed its transport.
"""

import asyncio
import os
import socket
from collections.abc import Iterable
from typing import Any, cast

from aiohttp import web

from . import rst

_DRAIN_S = 2.0


class Connection(asyncio.Transport):
    """The transport of one client.

    Attributes:
        descriptor: The socket's, for who writes past the transport and counts himself;
            -1 once it is closed, or about to be.
        held: What is counted already, and goes out with what is written next.
        number: Which connection of its session this is; 0 before the first request.
        written: How many bytes were written on it since it opened.
    """

    __slots__ = (
        "_inner", "_is_clear", "_resumed", "descriptor", "held", "number", "written",
    )  # fmt: skip

    def __init__(self, inner: asyncio.Transport) -> None:
        """Count what goes to *inner*."""
        super().__init__()
        self._inner = inner
        self.number = self.written = 0
        self.descriptor = self._socket.fileno()
        self.held = b""
        self._is_clear = True
        self._resumed: asyncio.Future[None] | None = None

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write *data* as soon as the socket takes it; behind the end, nothing."""
        try:
            if self.can_push() and self.push(data):
                return
        except ConnectionError:
            pass  # the transport knows, or learns of it by what it is handed
        if self._inner.is_closing():
            return
        self.written += len(data)
        held, self.held = self.held, b""
        self.keep(held + data)

    def hold(self, data: bytes) -> None:
        """Count *data* now, and write it together with what is written next."""
        self.written += len(data)
        self.held += data

    def writelines(
        self, list_of_data: Iterable[bytes | bytearray | memoryview]
    ) -> None:
        """Write all of *list_of_data*, one behind the other."""
        self.write(b"".join(list_of_data))

    def push(self, data: bytes | bytearray | memoryview) -> bool:
        """Write *data* past the transport; say whether it was taken.

        It costs half of what `write` costs. Nothing may wait in the transport
        (`can_push`), which gets the rest of what the socket takes a part of.

        Raises:
            ConnectionError: The client is gone.
        """
        whole = self.held + data
        try:
            sent = os.write(self.descriptor, whole)
        except BlockingIOError:
            return False
        self.written += len(data)
        self.held = b""
        if sent < len(whole):
            self.keep(whole[sent:])
        return True

    def keep(self, rest: bytes | bytearray | memoryview) -> None:
        """Let the transport send the *rest* of what was pushed and counted."""
        self._inner.write(rest)
        self._is_clear = not self._inner.get_write_buffer_size()

    def can_push(self) -> bool:
        """Say whether nothing waits in the transport.

        Nearly always nothing does. Then the transport is not asked: it is far from what
        else an event touches, and to fetch it costs more than all of this.

        Raises:
            ConnectionError: The client is gone.
        """
        if self.descriptor < 0:
            raise ConnectionResetError("the client is gone")
        if not self._is_clear:
            if self._inner.is_closing():
                raise ConnectionResetError("the client is gone")
            self._is_clear = not self._inner.get_write_buffer_size()
        return self._is_clear

    def lose(self) -> None:
        """Let nobody write any more: the client is gone."""
        self.descriptor = -1
        self.resume(ConnectionResetError("the client is gone"))

    @property
    def is_paused(self) -> bool:
        """Whether who writes should wait by `drain`, or learn that it is closing."""
        return self._resumed is not None or self._inner.is_closing()

    async def drain(self) -> None:
        """Wait until the transport takes more.

        Raises:
            ConnectionError: The client is gone.
        """
        if self._inner.is_closing():
            raise ConnectionResetError("the client is gone")
        if self._resumed is not None:
            await asyncio.shield(self._resumed)

    async def abort_rst(self) -> None:
        """Close by RST, after the peer's kernel has what was written, or 2 seconds."""
        for wait_s in rst.waits_s(self._unsent, _DRAIN_S):
            await asyncio.sleep(wait_s)
        rst.close_by_rst(self._socket)
        self.abort()

    @property
    def _socket(self) -> socket.socket:
        return cast(socket.socket, self._inner.get_extra_info("socket"))

    def _unsent(self) -> int:
        """Return how many bytes the peer's kernel lacks, here and in our kernel."""
        return self._inner.get_write_buffer_size() or rst.unsent_bytes(self._socket)

    def pause(self) -> None:
        """Let `drain` wait: the transport holds much that the socket has not taken."""
        if self._resumed is None:
            self._resumed = asyncio.get_running_loop().create_future()

    def resume(self, error: Exception | None = None) -> None:
        """Let `drain` go on, or fail if the client is gone."""
        waited, self._resumed = self._resumed, None
        if waited is None or waited.done():
            return
        if error is None:
            waited.set_result(None)
        else:
            waited.set_exception(error)
            waited.exception()  # nobody may be waiting

    def get_extra_info(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 (asyncio's)
        """Return what the inner transport says of itself."""
        return self._inner.get_extra_info(name, default)

    def is_closing(self) -> bool:
        """Say whether it is closed, or about to be."""
        return self._inner.is_closing()

    def close(self) -> None:
        """Close by FIN, behind all that was written."""
        self.descriptor = -1
        self._inner.close()

    def abort(self) -> None:
        """Close without sending what is still buffered."""
        self.descriptor = -1
        self._inner.abort()

    def pause_reading(self) -> None:
        """Read no more from the client."""
        self._inner.pause_reading()

    def resume_reading(self) -> None:
        """Read on."""
        self._inner.resume_reading()

    def is_reading(self) -> bool:
        """Say whether it reads."""
        return self._inner.is_reading()

    def get_write_buffer_size(self) -> int:
        """Return how many bytes wait for the socket."""
        return self._inner.get_write_buffer_size()

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """Return below and above how many waiting bytes writing goes on and pauses."""
        return self._inner.get_write_buffer_limits()

    def set_write_buffer_limits(
        self, high: int | None = None, low: int | None = None
    ) -> None:
        """Set these limits."""
        self._inner.set_write_buffer_limits(high, low)

    def can_write_eof(self) -> bool:
        """Say whether one side can be closed alone."""
        return self._inner.can_write_eof()

    def write_eof(self) -> None:
        """Close our side."""
        self._inner.write_eof()

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Return who reads what comes."""
        return self._inner.get_protocol()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Let *protocol* read what comes."""
        self._inner.set_protocol(protocol)


class Acceptor(asyncio.Protocol):
    """Hands a new connection, counted, to aiohttp, and then all that comes on it."""

    __slots__ = ("_connection", "_reader", "_server")

    def __init__(self, server: web.Server) -> None:
        """Let *server* answer."""
        self._reader = server()
        self._connection: Connection | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count what is written on *transport* from here on."""
        self._connection = Connection(cast(asyncio.Transport, transport))
        self._reader.connection_made(self._connection)

    def data_received(self, data: bytes) -> None:
        """Hand on what came."""
        self._reader.data_received(data)

    def eof_received(self) -> bool | None:
        """Hand on that the client sends no more."""
        self._reader.eof_received()
        return None

    def connection_lost(self, exc: Exception | None) -> None:
        """Hand on that the connection is over."""
        if self._connection is not None:
            self._connection.lose()
        self._reader.connection_lost(exc)

    def pause_writing(self) -> None:
        """Hand on that the client does not keep up."""
        if self._connection is not None:
            self._connection.pause()
        self._reader.pause_writing()

    def resume_writing(self) -> None:
        """Hand on that it does again."""
        if self._connection is not None:
            self._connection.resume()
        self._reader.resume_writing()
