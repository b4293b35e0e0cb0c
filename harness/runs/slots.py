"""Edge: how many runs go on at once, and which of them get on beside others."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from midstream.harness.clients import Client, HeavyClient


class RunSlots:
    """Room for *jobs* runs, of which few enough are heavy."""

    def __init__(self, jobs: int, processors: int | None = None) -> None:
        """Be empty; *processors*: as many as this machine has."""
        self._processors = processors or os.cpu_count() or 1
        self._slots = asyncio.Semaphore(jobs)
        self._heavy: dict[int, asyncio.Semaphore] = {}

    @asynccontextmanager
    async def enter(self, client: Client) -> AsyncIterator[None]:
        """Wait until there is room for a run of *client*, and take it.

        A heavy one that waits for others of its kind keeps nobody else waiting.
        """
        if not isinstance(client, HeavyClient):
            async with self._slots:
                yield
            return
        at_once = max(1, self._processors // client.cores)
        few = self._heavy.setdefault(client.cores, asyncio.Semaphore(at_once))
        async with few, self._slots:
            yield
