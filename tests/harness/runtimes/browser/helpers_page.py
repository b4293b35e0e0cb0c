"""A page in a browser that holds one conversation with the mock server."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from midstream.harness.clients._deep_chat import hold
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Op
from midstream.mock_server import MockServer, SessionSettings
from midstream.mock_server.core.journal import Entry

KEY = "sk-page"


@dataclass
class Wire:
    """What a client has sent, byte by byte, and where it must send it."""

    port: int = 0
    sent: bytearray = field(default_factory=bytearray)


@asynccontextmanager
async def overheard(port: int) -> AsyncIterator[Wire]:
    """Forward a port of its own to *port* and keep what goes there."""
    wire = Wire()

    async def carry(
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        kept: bytearray | None,
    ) -> None:
        while data := await reader.read(1 << 16):
            if kept is not None:
                kept += data
            writer.write(data)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(
            carry(reader, up_writer, wire.sent),
            carry(up_reader, writer, None),
            return_exceptions=True,
        )

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        wire.port = server.sockets[0].getsockname()[1]
        yield wire


@dataclass
class Held:
    """A conversation that is over: what was seen, sent, and what the server did."""

    ops: list[Op]
    sent: bytes
    journal: list[Entry]


async def converse(
    properties: Mapping[str, Any],
    cassette: str = "openai_assistants/short_answer",
    turns: tuple[str, ...] = ("Say it.",),
) -> Held:
    """Let a component with *properties* hold a conversation without any fault."""
    journal: list[Entry] = []
    settings = SessionSettings(cassettes=(cassette,), speed=2.0, tail_s=0.5)
    async with MockServer() as server, overheard(server.port) as wire:
        server.open_session(KEY, settings, journal=journal.append)
        conversation = Conversation(
            base_url=f"http://127.0.0.1:{wire.port}/v1",
            api_key=KEY,
            turns=turns,
            tools={"*": '{"ok": true}'},
        )
        ops = [op async for op in hold(conversation, properties)]
    return Held(ops, bytes(wire.sent), journal)
