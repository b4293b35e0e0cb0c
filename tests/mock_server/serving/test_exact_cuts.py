"""A cut is exact however much else the server does at the time."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest

from midstream.mock_server import Injection, MockServer, Position, SessionSettings
from midstream.mock_server.core.faults.abort import AbortFault
from midstream.mock_server.core.position import Byte
from midstream.mock_server.core.steps import CloseHow
from tests.helpers import until
from tests.mock_server.helpers_server import ASK, HEAD, KEY, Rig

DELTA = b"event: thread.message.delta\n"
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


async def cut_run(port: int, assistant: str) -> tuple[str, bytes]:
    """Ask for a run; return how its connection ended, and the body that came."""
    loop = asyncio.get_running_loop()
    transport, reading = await loop.create_connection(Reading, "127.0.0.1", port)
    asked = {"assistant_id": assistant, "thread": ASK, "stream": True}
    body = json.dumps(asked).encode()
    line = f"POST /v1/threads/runs HTTP/1.1\r\n{HEAD}Content-Length: {len(body)}\r\n"
    transport.write(f"{line}\r\n".encode() + body)
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


@pytest.mark.parametrize("how", ["fin", "rst"])
@pytest.mark.parametrize(
    ("byte", "whole", "last"),
    [(20, 4, b"\n\n" + DELTA[:20]), ("end", 5, b"\n\n"), (0, 4, b"\n\n")],
)
async def test_a_cut_is_exact_while_hundreds_of_streams_run(
    how: CloseHow, byte: Byte, whole: int, last: bytes
) -> None:
    """Inside an event and at its edges, each time, and no other stream is harmed."""
    at = Position(event="thread.message.delta", nth=5, byte=byte, times=0)
    async with MockServer() as server, AsyncExitStack() as stack:
        long = SessionSettings(
            cassettes=("openai_assistants/long_answer",), knows_any_assistant=True
        )
        busy = server.open_session(BUSY_KEY, long)
        session = server.open_session(
            KEY,
            SessionSettings(speed=0.0, knows_any_assistant=True),
            injections=[Injection("cut", at, AbortFault(how))],
        )
        rig = Rig(server, busy, [])
        head = HEAD.replace(KEY, BUSY_KEY)
        others = [await stack.enter_async_context(rig.connect()) for _ in range(OTHERS)]
        for sock in others:
            asked = {"assistant_id": "asst_1", "thread": ASK, "stream": True}
            sock.send("POST", "/v1/threads/runs", asked, head)
        for sock in others:
            await sock.until(DELTA)
        for _ in range(CUTS):
            seen, body = await cut_run(server.port, "asst_1")
            assert (seen, body.count(DELTA)) == (how, whole)
            assert body.endswith(last)
        assert list(busy.runs().values()) == ["in_progress"] * OTHERS
        await until(lambda: list(session.runs().values()) == ["completed"] * CUTS)
