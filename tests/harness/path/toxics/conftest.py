from collections.abc import AsyncIterator

import pytest

from midstream.harness.path.toxiproxy import Toxiproxy


@pytest.fixture
async def toxiproxy() -> AsyncIterator[Toxiproxy]:
    """Give a real server of its own."""
    async with Toxiproxy.start() as server:
        yield server
