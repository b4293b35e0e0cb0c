"""``python -m midstream.harness.path.toxiproxy``: Toxiproxy until standard input ends.

For programs without an asyncio loop. It prints the server's address as one line of
JSON. It starts the server, or just uses a running one. If a server that it started
dies, it exits with an error.
"""

import asyncio
import sys
from contextlib import suppress

import msgspec

from midstream.harness.errors import HarnessError, ToxiproxyError
from midstream.mock_server.control import processes

from .driver import Toxiproxy
from .running import Running

_LOOK_S = 0.5


async def main() -> None:
    """Start the server, print its address, and wait for the end of standard input.

    Raises:
        ToxiproxyError: The server does not start, or dies.
    """
    stop = asyncio.Event()
    processes.when_input_ends(stop.set)
    async with Toxiproxy.start() as server:
        where = Running(
            address=server.address,
            version=server.version,
            pid=server.pid,
            prefix=server.prefix,
        )
        sys.stdout.write(msgspec.json.encode(where).decode() + "\n")
        sys.stdout.flush()
        while not stop.is_set():
            if not server.is_alive:
                raise ToxiproxyError("Toxiproxy has died")
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _LOOK_S)


try:
    asyncio.run(main())
except HarnessError as error:
    sys.exit(f"midstream: {error}")
except KeyboardInterrupt:
    pass
