from collections.abc import AsyncIterator

import pytest

from midstream.harness.path.toxiproxy import Toxiproxy
from tests.helpers import free_port


@pytest.fixture
async def toxiproxy() -> AsyncIterator[Toxiproxy]:
    """Give a real server of its own."""
    async with Toxiproxy.start() as server:
        yield server


@pytest.fixture
def unused_port() -> int:
    """Give a loopback port on which nobody listens."""
    return free_port()
