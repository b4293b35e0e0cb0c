"""Every byte that a client gets is counted, whoever writes it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest

from midstream.mock_server.core.journal import ResponseEnd, ResponseHead, Sent
from midstream.mock_server.serving import connection as connections
from midstream.mock_server.serving.connection import Connection
from tests.helpers import until
from tests.mock_server.helpers_server import (
    ASK,
    END,
    HEAD,
    Rig,
    Socket,
    rig,
    start_run,
)

OLD = "HTTP/1.0"
CLOSE = f"{HEAD}Connection: close\r\n"
KEEP = f"{HEAD}Connection: keep-alive\r\n"
STREAMED = {"assistant_id": "asst_1", "thread": ASK, "stream": True}
RUNS = "/v1/threads/runs"
THREADS = "/v1/threads"


class Counted(Connection):
    """A connection that can be found."""

    made: list[Connection]

    def __init__(self, inner: asyncio.Transport) -> None:
        super().__init__(inner)
        self.made.append(self)


@asynccontextmanager
async def counted(
    *, join: int = 1
) -> AsyncIterator[tuple[Rig, Socket, list[Connection]]]:
    """Return a server, one connection to it, and the server's side of that."""
    made: list[Connection] = []
    Counted.made = made
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connections, "Connection", Counted)
        async with rig(join=join, knows_any_assistant=True) as r, r.connect() as sock:
            yield r, sock, made


def request(
    method: str, path: str, body: bytes = b"", head: str = HEAD, version: str = ""
) -> bytes:
    """Return a request as bytes."""
    length = f"Content-Length: {len(body)}\r\n"
    line = f"{method} {path} {version or 'HTTP/1.1'}\r\n{head}{length}\r\n"
    return line.encode() + body


def chunked(method: str, path: str, body: bytes, head: str = HEAD) -> bytes:
    """Return a request whose body is sent in two chunks."""
    line = f"{method} {path} HTTP/1.1\r\n{head}Transfer-Encoding: chunked\r\n\r\n"
    parts = (body[:5], body[5:], b"")
    return line.encode() + b"".join(b"%x\r\n%b\r\n" % (len(p), p) for p in parts)


RUN = json.dumps(STREAMED).encode()
LARGE = b'{"metadata":{"k":"' + b"v" * (1 << 20) + b'"}}'
LAST: dict[str, bytes] = {
    "a chunked answer": request("POST", RUNS, RUN, CLOSE),
    "an answer of a known length": request("POST", THREADS, b"{}", CLOSE),
    "a refusal": request("GET", "/v1/nowhere", b"", CLOSE),
    "a refusal of a key": request("POST", THREADS, b"{}", "Connection: close\r\n"),
    "HEAD": request("HEAD", THREADS, b"", CLOSE),
    "OPTIONS": request("OPTIONS", THREADS, b"", CLOSE),
    "HTTP/1.0": request("POST", THREADS, b"{}", HEAD, OLD),
    "a stream by HTTP/1.0": request("POST", RUNS, RUN, HEAD, OLD),
    "a stream by HTTP/1.0 to one who stays": request("POST", RUNS, RUN, KEEP, OLD),
    "a chunked upload": chunked("POST", RUNS, RUN, CLOSE),
    "one who asks first": request(
        "POST", THREADS, b"{}", f"{CLOSE}Expect: 100-continue\r\n"
    ),
    "no HTTP": b"\x00\xff\r\n\r\n",
    "an unknown version": b"POST /v1/threads HTTP/9.9\r\n\r\n",
    "a bad length": b"POST /v1/threads HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    "a chunked upload that is torn": (
        f"POST {RUNS} HTTP/1.1\r\n{HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n"
    ).encode(),
    "a body too large": request("POST", THREADS, LARGE, CLOSE),
    "a body too large, in chunks": chunked("POST", THREADS, LARGE, CLOSE),
    "several at once": (
        request("POST", THREADS, b"{}")
        + request("POST", RUNS, RUN)
        + request("HEAD", THREADS)
        + request("POST", THREADS, b"{}", CLOSE)
    ),
    "rubbish behind a stream": request("POST", RUNS, RUN) + b"\x00\xff\r\n\r\n",
}


@pytest.mark.parametrize("join", [1, 8])
@pytest.mark.parametrize("asked", LAST.values(), ids=LAST)
async def test_all_that_a_client_gets_is_counted(asked: bytes, join: int) -> None:
    """Bytes of ours, of the HTTP server's own, and of its error pages, to the byte."""
    async with counted(join=join) as (r, sock, made):
        sock.writer.write(asked)
        received = await sock.rest()
        assert received
        (ours,) = made
        assert ours.written == len(received)
        assert all(end.end <= len(received) for end in r.ends())


@pytest.mark.parametrize("join", [1, 8])
@pytest.mark.parametrize("asked", LAST.values(), ids=LAST)
async def test_the_journal_tells_where_each_response_stands(
    asked: bytes, join: int
) -> None:
    """Head, body and end follow each other without a gap, at their offsets."""
    async with counted(join=join) as (r, sock, _):
        sock.writer.write(asked)
        received = await sock.rest()
        for head, sents, end in responses(r):
            before = received[: head.end]
            assert before.endswith(b"\r\n\r\n")
            assert before.rindex(b"HTTP/1.1 %d" % head.status) < head.end
            places = [head.end, *(p for s in sents for p in (s.start, s.end)), end.end]
            assert places == sorted(places)
            assert all(a.end == b.start for a, b in pairwise(sents))
            assert received[places[-2] : end.end] in {b"", b"0\r\n\r\n"}


def responses(r: Rig) -> list[tuple[ResponseHead, list[Sent], ResponseEnd]]:
    """Return what the journal says of each response that has a head."""
    sents = [entry for entry in r.journal if isinstance(entry, Sent)]
    ends = {end.req: end for end in r.ends()}
    return [
        (head, [sent for sent in sents if sent.req == head.req], ends[head.req])
        for head in r.heads()
    ]


async def test_one_who_stays_by_an_old_version_is_counted_on() -> None:
    """HTTP/1.0 with keep-alive and a length: the next response comes behind it."""
    async with counted() as (r, sock, made):
        for _ in range(2):
            since = len(sock.received)
            sock.writer.write(request("POST", THREADS, b"{}", KEEP, OLD))
            await sock.until(b"\n}", since)
        await until(lambda: len(r.ends()) == 2)
        assert bytes(sock.received).lower().count(b"connection: keep-alive\r\n") == 2
        assert made[0].written == len(sock.received) == r.ends()[-1].end


async def test_offsets_go_on_from_one_response_to_the_next() -> None:
    """They count the bytes of the connection, not those of a response."""
    async with counted(join=8) as (r, sock, made):
        for _ in range(3):
            await sock.until(END, await start_run(sock))
        await until(lambda: len(r.ends()) == 6)
        assert made[0].written == r.ends()[-1].end == len(sock.received)
        for sent in r.sent():
            data = bytes(sock.received[sent.start : sent.end])
            assert data.count(b"event: ") == sent.count


async def test_a_client_that_reads_slowly_is_counted_as_it_is_written() -> None:
    """What waits in a buffer is written, and gets through to the byte."""
    async with rig(cassettes=("openai_assistants/long_answer",)) as r:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", r.server.port, limit=1024
        )
        sock, runs = Socket(reader, writer), 12
        await start_run(sock)
        asked = request("POST", RUNS, RUN.replace(b"asst_1", _assistant(sock)))
        writer.write(asked * (runs - 1))  # one behind the other, unread
        await until(lambda: len(r.journal) > 10)
        while bytes(sock.received).count(END) < runs:
            sock.received += await asyncio.wait_for(reader.read(700), 10)
        await until(lambda: len(r.ends()) == runs + 1)
        assert r.ends()[-1].end == len(sock.received)
        for sent in r.sent():
            data = bytes(sock.received[sent.start : sent.end])
            assert data.split(b"\r\n", 1)[1].startswith(
                f"event: {sent.name}\n".encode()
            )
        writer.close()


def _assistant(sock: Socket) -> bytes:
    """Return the id of the assistant that was made on *sock*."""
    at = sock.received.index(b"asst_")
    return bytes(sock.received[at : sock.received.index(b'"', at)])
