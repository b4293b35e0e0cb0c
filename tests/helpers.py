"""What tests of several packages share."""

import asyncio
import select
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from random import SystemRandom


def chunkings(data: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Yield *data* whole, by single bytes, by pairs, and cut in two at every byte."""
    yield "whole", [data]
    yield "single bytes", [data[i : i + 1] for i in range(len(data))]
    yield "pairs", [data[i : i + 2] for i in range(0, len(data), 2)]
    for cut in range(1, len(data)):
        yield f"cut at byte {cut}", [data[:cut], data[cut:]]


async def until(condition: Callable[[], object], timeout_s: float = 10.0) -> None:
    """Wait until *condition* is true; fail loudly if that does not happen in time."""
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110  # any condition, not only an event
            await asyncio.sleep(0.001)


def free_port() -> int:
    """Return a loopback port on which nobody listens, and nobody will by chance.

    It is below those that the kernel gives to whoever asks for any, and drawn, so that
    tests beside each other do not find the same one.
    """
    while True:
        port = SystemRandom().randrange(10_000, 20_000)
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def has_ended(pidfd: int, timeout_s: float = 10.0) -> bool:
    """Wait until the process behind *pidfd* has ended."""
    return bool(select.select([pidfd], [], [], timeout_s)[0])
