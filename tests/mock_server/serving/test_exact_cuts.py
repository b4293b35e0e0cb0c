"""A cut is exact however much else the server does at the time."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from itertools import product
from typing import get_args

from midstream.mock_server import (
    Injection,
    MockServer,
    Position,
    Session,
    SessionSettings,
)
from midstream.mock_server.core.faults.abort import AbortFault
from midstream.mock_server.core.position import Byte
from midstream.mock_server.core.steps import CloseHow
from tests.helpers import until
from tests.mock_server.helpers_server import ASK, HEAD, KEY, Rig

DELTA = b"event: thread.message.delta\n"
HOWS: tuple[CloseHow, ...] = get_args(CloseHow)
CUTS = 50
OTHERS = 200
BUSY_KEY = "sk-busy"


class Reading(asyncio.Protocol):
    """Keeps all that comes, also in front of an RST."""

    def __init__(self) -> None:
        self.received = bytearray()
        self.lost = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        """Keep it."""
        self.received += data

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell how it ended."""
        self.lost.set_result("rst" if isinstance(exc, ConnectionResetError) else "fin")


async def cut_run(port: int, key: str, assistant: str) -> tuple[str, bytes]:
    """Ask for a run; return how its connection ended, and the body that came."""
    loop = asyncio.get_running_loop()
    transport, reading = await loop.create_connection(Reading, "127.0.0.1", port)
    asked = {"assistant_id": assistant, "thread": ASK, "stream": True}
    body = json.dumps(asked).encode()
    head = f"{HEAD.replace(KEY, key)}Content-Length: {len(body)}\r\n"
    transport.write(f"POST /v1/threads/runs HTTP/1.1\r\n{head}\r\n".encode() + body)
    how = await asyncio.wait_for(reading.lost, 10)
    chunks = bytes(reading.received).partition(b"\r\n\r\n")[2]
    return how, b"".join(dechunked(chunks))


def dechunked(chunks: bytes) -> Iterator[bytes]:
    """Return what the *chunks* hold; each must be whole."""
    while chunks:
        size, _, chunks = chunks.partition(b"\r\n")
        length = int(size, 16)
        assert chunks[length : length + 2] == b"\r\n"
        yield chunks[:length]
        chunks = chunks[length + 2 :]


CUT_AT: dict[Byte, tuple[int, bytes]] = {
    20: (4, b"\n\n" + DELTA[:20]),
    "end": (5, b"\n\n"),
    0: (4, b"\n\n"),
}
"""Where in the fifth delta; how many begin in front of it; the last bytes."""


def cutting(server: MockServer, how: CloseHow, byte: Byte) -> tuple[str, Session]:
    """Open a session in which each run is cut; return its key as well."""
    key = f"sk-{how}-{byte}"
    at = Position(event="thread.message.delta", nth=5, byte=byte, times=0)
    settings = SessionSettings(speed=0.0, knows_any_assistant=True)
    cut = Injection("cut", at, AbortFault(how))
    return key, server.open_session(key, settings, injections=[cut])


async def test_a_cut_is_exact_while_hundreds_of_streams_run() -> None:
    """Inside an event and at its edges, each time, and no other stream is harmed."""
    async with MockServer() as server, AsyncExitStack() as stack:
        long = SessionSettings(
            cassettes=("openai_assistants/long_answer",), knows_any_assistant=True
        )
        busy = server.open_session(BUSY_KEY, long)
        rig = Rig(server, busy, [])
        head = HEAD.replace(KEY, BUSY_KEY)
        others = [await stack.enter_async_context(rig.connect()) for _ in range(OTHERS)]
        for sock in others:
            asked = {"assistant_id": "asst_1", "thread": ASK, "stream": True}
            sock.send("POST", "/v1/threads/runs", asked, head)
        for sock in others:
            await sock.until(DELTA)
        for how, byte in product(HOWS, CUT_AT):
            key, session = cutting(server, how, byte)
            whole, last = CUT_AT[byte]
            for _ in range(CUTS):
                seen, body = await cut_run(server.port, key, "asst_1")
                assert (seen, body.count(DELTA), body[-len(last) :]) == (
                    how,
                    whole,
                    last,
                ), byte
            await until(_are(session, "completed", CUTS))
        assert _are(busy, "in_progress", OTHERS)()


def _are(session: Session, status: str, count: int) -> Callable[[], bool]:
    return lambda: list(session.runs().values()) == [status] * count
