"""A TCP server that says exactly what a test wants, byte by byte."""

import asyncio
import socket
import struct
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

_SO_LINGER_AT_ONCE = struct.pack("ii", 1, 0)


@dataclass
class Reply:
    """Bytes for one request, and how the connection goes on behind them."""

    data: bytes = b""
    end: Literal["keep", "fin", "rst", "hold"] = "keep"


@dataclass
class Raw:
    """The server: where it is, and what it was asked."""

    port: int = 0
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    open_connections: int = 0

    @property
    def base_url(self) -> str:
        """Where it is, for a client."""
        return f"http://127.0.0.1:{self.port}/v1"


def response(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """Return a whole response with its length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def event_stream(*chunks: bytes, is_whole: bool = True) -> bytes:
    """Return a chunked event stream, with or without its last chunk."""
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"
    )
    framed = b"".join(b"%x\r\n%s\r\n" % (len(c), c) for c in chunks)
    return head + framed + (b"0\r\n\r\n" if is_whole else b"")


@asynccontextmanager
async def serving(replies: Sequence[Reply]) -> AsyncGenerator[Raw, None]:
    """Serve *replies*, one a request, over any number of connections."""
    raw, left = Raw(), list(replies)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raw.connections += 1
        raw.open_connections += 1
        try:
            while left and (request := await _request(reader)):
                raw.requests.append(request)
                reply = left.pop(0)
                writer.write(reply.data)
                await writer.drain()
                if reply.end == "hold":
                    await reader.read()
                if reply.end == "rst":
                    sock: socket.socket = writer.get_extra_info("socket")
                    sock.setsockopt(
                        socket.SOL_SOCKET, socket.SO_LINGER, _SO_LINGER_AT_ONCE
                    )
                if reply.end != "keep":
                    break
        finally:
            raw.open_connections -= 1
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        raw.port = server.sockets[0].getsockname()[1]
        yield raw


async def _request(reader: asyncio.StreamReader) -> bytes:
    """Read one request; empty at the end of the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""
    length = next(
        (
            int(line.partition(b":")[2])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length:")
        ),
        0,
    )
    return head + await reader.readexactly(length)
