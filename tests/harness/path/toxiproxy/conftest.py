import socket
from collections.abc import AsyncIterator

import pytest

from midstream.harness.path.toxiproxy import Toxiproxy


@pytest.fixture
async def toxiproxy() -> AsyncIterator[Toxiproxy]:
    """Give a real server of its own."""
    async with Toxiproxy.start() as server:
        yield server


@pytest.fixture
def unused_port() -> int:
    """Give a loopback port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
