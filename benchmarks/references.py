"""Servers that ours is compared with: they answer any request with the same events.

    python -m benchmarks.references KIND BODY [INTERVAL]

raw        asyncio's raw protocol, one transport.write for each event; no HTTP is parsed
aiohttp    a bare aiohttp handler that awaits each write
timers     the same with a timer for each stream: it sleeps until its next event is due
sleeping   the same, but it sleeps for the interval after each event, as most fake
           servers do, so that it drifts
wheeled    a bare aiohttp handler whose events our server's timer wheel sends

Each says where it serves as one line of JSON, and ends with its standard input. At full
speed a stream yields to the loop after each 16 events.
"""

import argparse
import asyncio
import gc
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, cast

from aiohttp import web

from benchmarks.pace import LEAD, due_s
from midstream.mock_server.control import addresses
from midstream.mock_server.serving.timer_wheel import TimerWheel

TURN: Final = 16
"""How many events a stream sends before the next one has its turn."""
_TYPE: Final = {"content-type": "text/event-stream; charset=utf-8"}
_HEAD: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)


def chunk(piece: bytes) -> bytes:
    """Return *piece* as a chunk of HTTP/1.1."""
    return b"%x\r\n%b\r\n" % (len(piece), piece)


def pieces(body: Path) -> list[bytes]:
    """Return the events of a file."""
    return [piece + b"\n\n" for piece in body.read_bytes().split(b"\n\n")[:-1]]


async def until_eof(port: int) -> None:
    """Say that a server is at *port*; return when standard input ends.

    That a client leaves in the middle of a stream is no news to anybody.
    """
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    where = addresses.Served(base_url=f"http://127.0.0.1:{port}", pid=os.getpid())
    print(addresses.line((where,)), flush=True)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin, ended.set)
    await ended.wait()


class RawStream(asyncio.Protocol):
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


async def serve_raw(body: Path) -> None:
    """Serve *body* by the raw protocol until standard input ends."""
    chunks = [chunk(piece) for piece in pieces(body)]
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: RawStream(chunks), "127.0.0.1")
    gc.freeze()
    await until_eof(server.sockets[0].getsockname()[1])


class BareHandler:
    """Answers each request with *events*, *interval_s* apart."""

    def __init__(
        self, events: list[bytes], interval_s: float, *, is_drifting: bool
    ) -> None:
        """Begin with no request."""
        self._events, self._interval_s = events, interval_s
        self._is_drifting = is_drifting

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer *request*."""
        await request.read()
        response = web.StreamResponse(headers=_TYPE)
        with suppress(ConnectionError):  # the client has seen enough
            await response.prepare(request)
            await self._write(response)
            await response.write_eof()
        return response

    async def _write(self, response: web.StreamResponse) -> None:
        clock = asyncio.get_running_loop().time
        begin_s = clock()
        for number, event in enumerate(self._events):
            if self._interval_s and number > LEAD:
                wait_s = begin_s + due_s(number, self._interval_s) - clock()
                await asyncio.sleep(self._interval_s if self._is_drifting else wait_s)
            await response.write(event)
            if not self._interval_s and number % TURN == TURN - 1:
                await asyncio.sleep(0)


class Ride:
    """One stream on the wheel: *chunks* that are *interval_s* apart from *begin_s* on.

    Attributes:
        done: Ends when all are sent, and is cancelled if the client is gone.
    """

    def __init__(
        self,
        chunks: Sequence[bytes],
        interval_s: float,
        begin_s: float,
        transport: asyncio.WriteTransport,
    ) -> None:
        """Begin with the first chunk."""
        self._chunks, self._interval_s, self._begin_s = chunks, interval_s, begin_s
        self._transport, self._next = transport, 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def run_due(self, now_s: float) -> float | None:  # noqa: ARG002 - as a rider does
        """Send a chunk; return when the next one is due."""
        if self.done.done() or self._transport.is_closing():
            self.done.cancel()
            return None
        self._transport.write(self._chunks[self._next])
        self._next += 1
        if self._next == len(self._chunks):
            self.done.set_result(None)
            return None
        return self._begin_s + due_s(self._next, self._interval_s)


class WheeledHandler:
    """Answers each request with *chunks*, *interval_s* apart."""

    def __init__(self, chunks: Sequence[bytes], interval_s: float) -> None:
        """Begin with no request."""
        self._chunks, self._interval_s = chunks, interval_s
        self._wheel = TimerWheel()

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer *request*."""
        await request.read()
        response = web.StreamResponse(headers=_TYPE)
        response.enable_chunked_encoding()
        with suppress(ConnectionError):  # the client has seen enough
            await response.prepare(request)
            await self._ride(request)
            await response.write_eof()
        return response

    async def _ride(self, request: web.BaseRequest) -> None:
        if request.transport is None:
            raise ConnectionResetError
        now_s = asyncio.get_running_loop().time()
        ride = Ride(self._chunks, self._interval_s, now_s, request.transport)
        self._wheel.add(ride, now_s)
        await ride.done


async def serve(
    handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
) -> None:
    """Answer requests by *handler* until standard input ends."""
    runner = web.ServerRunner(web.Server(handler), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    gc.freeze()
    await until_eof(runner.addresses[0][1])


async def main(kind: str, body: Path, interval_s: float) -> None:
    """Serve *body* as *kind* says until standard input ends."""
    match kind:
        case "raw":
            await serve_raw(body)
        case "wheeled":
            chunks = [chunk(piece) for piece in pieces(body)]
            await serve(WheeledHandler(chunks, interval_s))
        case _:
            is_drifting = kind == "sleeping"
            handler = BareHandler(pieces(body), interval_s, is_drifting=is_drifting)
            await serve(handler)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    kinds = ("raw", "aiohttp", "timers", "sleeping", "wheeled")
    parser.add_argument("kind", choices=kinds)
    parser.add_argument("body", type=Path)
    parser.add_argument("interval", type=float, nargs="?", default=0.0)
    args = parser.parse_args()
    asyncio.run(main(args.kind, args.body, args.interval))
