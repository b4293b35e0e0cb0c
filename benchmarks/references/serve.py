"""What the reference servers share: their body, where they are, how they end."""

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import Final

from midstream.mock_server.control import addresses

TURN: Final = 16
"""How many events a stream sends before the next one has its turn."""


EVENT_STREAM: Final = {"content-type": "text/event-stream; charset=utf-8"}


def chunk(piece: bytes) -> bytes:
    """Return *piece* as a chunk of HTTP/1.1."""
    return b"%x\r\n%b\r\n" % (len(piece), piece)


def pieces(body: Path) -> list[bytes]:
    """Return the events of a file."""
    return [piece + b"\n\n" for piece in body.read_bytes().split(b"\n\n")[:-1]]


async def until_eof(port: int) -> None:
    """Say that a server is at *port*; return when standard input ends.

    That a client leaves in the middle of a stream is no news to anybody.
    """
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    where = addresses.Served(base_url=f"http://127.0.0.1:{port}", pid=os.getpid())
    print(addresses.line((where,)), flush=True)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin, ended.set)
    await ended.wait()
