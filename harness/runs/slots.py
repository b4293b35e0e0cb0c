"""Edge: limits how many runs go on at once, and how many of them are heavy."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from midstream.harness.clients import Client, HeavyClient


class RunSlots:
    """Room for *jobs* runs at once, of which only a few may be heavy."""

    def __init__(self, jobs: int, processors: int | None = None) -> None:
        """Start empty; the default of *processors* is the number of this machine's."""
        self._processors = processors or os.cpu_count() or 1
        self._slots = asyncio.Semaphore(jobs)
        self._heavy: dict[int, asyncio.Semaphore] = {}

    @asynccontextmanager
    async def enter(self, client: Client) -> AsyncIterator[None]:
        """Wait for room for a run of *client*, and take it within the block.

        A heavy run that waits for other heavy runs does not block light ones.
        """
        if not isinstance(client, HeavyClient):
            async with self._slots:
                yield
            return
        at_once = max(1, self._processors // client.cores)
        few = self._heavy.setdefault(client.cores, asyncio.Semaphore(at_once))
        async with few, self._slots:
            yield
