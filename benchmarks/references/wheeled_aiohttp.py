"""A reference: a bare aiohttp handler whose events our server's wheel sends.

    python -m benchmarks.references.wheeled_aiohttp BODY INTERVAL

Nothing else is of our server: no state, no journal. So what a task and a timer for each
stream cost can be told from all that our server does besides.
"""

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from aiohttp import web

from benchmarks.pace import due_s
from benchmarks.references.bare_aiohttp import serve
from benchmarks.references.serve import EVENT_STREAM, chunk, pieces
from midstream.mock_server.serving.timer_wheel import TimerWheel


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


class Handler:
    """Answers each request with *chunks*, *interval_s* apart."""

    def __init__(self, chunks: Sequence[bytes], interval_s: float) -> None:
        """Begin with no request."""
        self._chunks, self._interval_s = chunks, interval_s
        self._wheel = TimerWheel()

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer *request*."""
        await request.read()
        response = web.StreamResponse(headers=EVENT_STREAM)
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
        run_due = Ride(self._chunks, self._interval_s, now_s, request.transport)
        self._wheel.add(run_due, now_s)
        await run_due.done


async def main(body: Path, interval_s: float) -> None:
    """Serve *body* until standard input ends."""
    handler = Handler([chunk(piece) for piece in pieces(body)], interval_s)
    await serve(handler)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("body", type=Path)
    parser.add_argument("interval", type=float)
    args = parser.parse_args()
    asyncio.run(main(args.body, args.interval))
