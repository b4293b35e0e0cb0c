"""A real server on loopback, and a client that sees every byte."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from midstream.mock_server import (
    Injection,
    MockServer,
    OnGate,
    Session,
    SessionSettings,
)
from midstream.mock_server.core.journal import Entry, ResponseEnd, ResponseHead, Sent
from midstream.mock_server.recordings.cassette import Cassette

KEY = "sk-test"
HEAD = f"Host: x\r\nAuthorization: Bearer {KEY}\r\nOpenAI-Beta: assistants=v2\r\n"


@dataclass
class Socket:
    """A connection that keeps every byte it received."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    received: bytearray = field(default_factory=bytearray)

    def send(
        self, method: str, path: str, body: object = None, head: str = HEAD
    ) -> None:
        """Send a request."""
        data = b"" if body is None else json.dumps(body).encode()
        length = f"Content-Length: {len(data)}\r\n"
        line = f"{method} {path} HTTP/1.1\r\n{head}{length}\r\n"
        self.writer.write(line.encode() + data)

    async def until(self, mark: bytes, since: int = 0) -> bytes:
        """Receive until *mark* was seen behind offset *since*; return what is there."""
        while mark not in self.received[since:]:
            data = await asyncio.wait_for(self.reader.read(65536), 10)
            assert data, f"closed before {mark!r}: {bytes(self.received[since:])!r}"
            self.received += data
        return bytes(self.received[since:])

    async def up_to(self, offset: int) -> bytes:
        """Receive at least *offset* bytes in all; return these."""
        while len(self.received) < offset:
            data = await asyncio.wait_for(self.reader.read(65536), 10)
            assert data, f"closed before byte {offset}"
            self.received += data
        return bytes(self.received[:offset])

    async def rest(self) -> bytes:
        """Receive until the server closes; return everything received."""
        while data := await asyncio.wait_for(self.reader.read(65536), 10):
            self.received += data
        return bytes(self.received)

    async def json(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 (JSON)
        """Send a request and return the JSON of its answer."""
        since = len(self.received)
        self.send(method, path, body)
        head, _, rest = (await self.until(b"\r\n\r\n", since)).partition(b"\r\n\r\n")
        fields = head.decode().lower().split("\r\n")
        length = next(int(f[16:]) for f in fields if f.startswith("content-length: "))
        while len(rest) < length:
            rest += (data := await asyncio.wait_for(self.reader.read(65536), 10))
            self.received += data
        return json.loads(rest)


@dataclass
class Rig:
    """A server with one session, its journal, and how to connect to it."""

    server: MockServer
    session: Session
    journal: list[Entry]

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Socket]:
        """Open a connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        try:
            yield Socket(reader, writer)
        finally:
            writer.close()

    def heads(self) -> list[ResponseHead]:
        """Return the heads sent so far."""
        return [e for e in self.journal if isinstance(e, ResponseHead)]

    def sent(self) -> list[Sent]:
        """Return the pieces of streams sent so far."""
        return [e for e in self.journal if isinstance(e, Sent) and e.first is not None]

    def ends(self) -> list[ResponseEnd]:
        """Return the ends of responses so far."""
        return [e for e in self.journal if isinstance(e, ResponseEnd)]


@asynccontextmanager
async def rig(
    injections: Sequence[Injection] = (),
    on_gate: OnGate | None = None,
    *,
    join: int = 1,
    recorded: Sequence[Cassette] | None = None,
    **settings: Any,  # noqa: ANN401 (of any type)
) -> AsyncIterator[Rig]:
    """Start a server with one session that plays without waiting.

    It answers from the cassettes *recorded*, or from those that the settings name.
    """
    journal: list[Entry] = []
    async with MockServer(join=join) as server:
        session = server.open_session(
            KEY,
            SessionSettings(**{"speed": 0.0, **settings}),
            injections=injections,
            journal=journal.append,
            on_gate=on_gate,
            cassettes=recorded,
        )
        yield Rig(server, session, journal)


ASK = {"messages": [{"role": "user", "content": "Well?"}]}


async def start_run(sock: Socket) -> int:
    """Create an assistant and send a streaming run; return the offset before it."""
    assistant = await sock.json("POST", "/v1/assistants", {"model": "gpt-4o"})
    body = {"assistant_id": assistant["id"], "thread": ASK, "stream": True}
    since = len(sock.received)
    sock.send("POST", "/v1/threads/runs", body)
    return since


END = b"data: [DONE]\n\n\r\n0\r\n\r\n"
"""The end of a chunked stream."""
