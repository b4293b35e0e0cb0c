"""``python -m harness.toxiproxy``: a Toxiproxy until standard input ends.

For programs that have no asyncio loop of their own. It says where it is as one line of
JSON; a server that is not ours is only said to be there.
"""

import asyncio
import os
import sys

import msgspec

from harness.errors import HarnessError

from .driver import Toxiproxy
from .running import Running


async def main() -> None:
    """Start it, say where it is, and wait."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin, lambda: None if os.read(0, 4096) else stop.set())
    async with Toxiproxy.start() as server:
        where = Running(address=server.address, pid=server.pid, version=server.version)
        sys.stdout.write(msgspec.json.encode(where).decode() + "\n")
        sys.stdout.flush()
        await stop.wait()


try:
    asyncio.run(main())
except HarnessError as error:
    sys.exit(f"midstream: {error}")
except KeyboardInterrupt:
    pass
