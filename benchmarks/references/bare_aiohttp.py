"""A reference: a bare aiohttp handler that writes one event after the other.

    python -m benchmarks.references.bare_aiohttp BODY [INTERVAL] [--drifting]

As fast as it goes, it yields to the loop after each 16 events. With an interval in
seconds each stream has a timer of its own and sleeps until its next event is due;
drifting, it sleeps for the interval after each event, as most fake servers do.
"""

import argparse
import asyncio
import gc
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from aiohttp import web

from benchmarks.pace import LEAD, due_s
from benchmarks.references.serve import EVENT_STREAM, TURN, pieces, until_eof


class Handler:
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
        response = web.StreamResponse(headers=EVENT_STREAM)
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


async def serve(
    handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
) -> None:
    """Answer requests by *handler* until standard input ends."""
    runner = web.ServerRunner(web.Server(handler), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    gc.freeze()
    await until_eof(runner.addresses[0][1])


async def main(args: argparse.Namespace) -> None:
    """Serve as *args* say until standard input ends."""
    handler = Handler(pieces(args.body), args.interval, is_drifting=args.drifting)
    await serve(handler)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("body", type=Path)
    parser.add_argument("interval", type=float, nargs="?", default=0.0)
    parser.add_argument("--drifting", action="store_true")
    asyncio.run(main(parser.parse_args()))
