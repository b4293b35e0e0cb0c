"""``python -m midstream.harness.path.toxiproxy``: a Toxiproxy until its input ends.

For programs that have no asyncio loop of their own. It says where it is as one line of
JSON; a server that is not ours is only said to be there. If ours dies, so does this.
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
    """Start it, say where it is, and wait.

    Raises:
        ToxiproxyError: It does not start, or has died meanwhile.
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
