"""A reference: asyncio's raw protocol, one transport.write for each event.

    python -m benchmarks.references.raw_protocol BODY

Answers whatever it is asked by all events of a file, and yields to the loop after each
16 of them. No HTTP is parsed: what `asyncio` itself costs, and nothing else.
"""

import asyncio
import gc
import sys
from pathlib import Path
from typing import cast

from benchmarks.references.serve import TURN, chunk, pieces, until_eof

_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)


class Stream(asyncio.Protocol):
    """One connection."""

    def __init__(self, chunks: list[bytes]) -> None:
        """Answer with *chunks*."""
        self._chunks = chunks
        self._next = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take note of where to write."""
        self._transport = cast(asyncio.WriteTransport, transport)

    def data_received(self, data: bytes) -> None:  # noqa: ARG002 - any is a request
        """Begin to answer."""
        self._transport.write(_HEAD)
        self._next = 0
        self._write()

    def _write(self) -> None:
        if self._transport.is_closing():
            return
        write, begin = self._transport.write, self._next
        for data in self._chunks[begin : begin + TURN]:
            write(data)
        self._next = begin + TURN
        if self._next < len(self._chunks):
            asyncio.get_running_loop().call_soon(self._write)
        else:
            write(b"0\r\n\r\n")


async def main(body: Path) -> None:
    """Serve *body* until standard input ends."""
    chunks = [chunk(piece) for piece in pieces(body)]
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Stream(chunks), "127.0.0.1")
    gc.freeze()
    await until_eof(server.sockets[0].getsockname()[1])


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
