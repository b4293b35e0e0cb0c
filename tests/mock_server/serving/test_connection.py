import asyncio
import socket
from collections.abc import Iterator
from itertools import pairwise

import pytest

from midstream.mock_server import Gated, Injection, Position, StopAtGate
from midstream.mock_server.core.faults.abort import AbortFault
from midstream.mock_server.core.faults.drop_before_headers import DropBeforeHeaders
from midstream.mock_server.core.faults.early_end import EarlyEnd
from midstream.mock_server.core.steps import CloseHow, Finish, Send, Step
from midstream.mock_server.serving.connection import Connection
from tests.helpers import until
from tests.mock_server.helpers_server import END, rig, start_run

DELTA = "thread.message.delta"


async def test_offsets_are_those_of_a_real_socket() -> None:
    """Each piece's offsets, on a kept-alive connection, cut out exactly its chunk."""
    async with rig() as r, r.connect() as sock:
        for _ in range(2):
            await sock.until(END, await start_run(sock))
        wire = bytes(sock.received)
        await until(lambda: len(r.ends()) == 4)
        assert r.ends()[-1].end == len(wire)
        for sent in r.sent():
            size, data = wire[sent.start : sent.end].split(b"\r\n", 1)
            assert len(data) == int(size, 16) + 2
            assert data.startswith(f"event: {sent.name}\n".encode())


async def test_pieces_follow_each_other_without_a_gap() -> None:
    """A stream's head and pieces cover the wire up to the last chunk."""
    async with rig() as r, r.connect() as sock:
        await sock.until(END, await start_run(sock))
        await until(lambda: len(r.ends()) == 2)
        assert r.sent()[0].start == r.heads()[-1].end
        assert all(a.end == b.start for a, b in pairwise(r.sent()))
        assert r.ends()[-1].end == r.sent()[-1].end + len(b"0\r\n\r\n")
        assert all(sent.is_verbatim for sent in r.sent())


async def test_a_head_is_sent_before_any_event() -> None:
    """Head and first event are separate writes, so that a head can come alone."""
    gates: list[Gated] = []

    async def on_gate(gated: Gated) -> None:
        gates.append(gated)
        await asyncio.Event().wait()

    at = Position(event="thread.created")
    injections = [Injection("g", at, StopAtGate(name="g"))]
    async with rig(injections, on_gate) as r, r.connect() as sock:
        since = await start_run(sock)
        head = await sock.until(b"\r\n\r\n", since)
        assert b"text/event-stream; charset=utf-8" in head
        await until(lambda: gates)
        assert gates[0].offset == len(sock.received) == r.heads()[-1].end


@pytest.mark.parametrize("byte", [0, 17, "end"])
async def test_a_gate_tells_where_the_next_byte_will_be(byte: int) -> None:
    """At offset plus lead the announced data comes, and nothing before the release."""
    gates: list[Gated] = []
    release = asyncio.Event()

    async def on_gate(gated: Gated) -> None:
        gates.append(gated)
        await release.wait()

    at = Position(event=DELTA, nth=3, byte=byte)
    injections = [Injection("g", at, StopAtGate(name="g"))]
    async with rig(injections, on_gate) as r, r.connect() as sock:
        await start_run(sock)
        await until(lambda: gates)
        gated = gates[0]
        while len(sock.received) < gated.offset:
            sock.received += await sock.reader.read(65536)
        assert len(sock.received) == gated.offset
        release.set()
        await sock.until(END)
        start = gated.offset + gated.lead
        data = bytes(sock.received[start : start + len(gated.data)])
        assert data == gated.data
        assert all(sent.is_verbatim for sent in r.sent())


@pytest.mark.parametrize("how", ["fin", "rst"])
@pytest.mark.parametrize("byte", [0, 20, "end"])
async def test_an_abort_delivers_what_was_sent_before(how: CloseHow, byte: int) -> None:
    """All bytes before the place arrive, none after; then FIN, or RST."""
    at = Position(event=DELTA, nth=5, byte=byte)
    async with rig([Injection("a", at, AbortFault(how))]) as r, r.connect() as sock:
        await start_run(sock)
        try:
            await sock.rest()
            seen = "fin"
        except ConnectionResetError:
            seen = "rst"
        assert seen == how
        await until(lambda: len(r.ends()) == 2)
        assert (r.ends()[-1].how, r.ends()[-1].end) == (how, r.sent()[-1].end)
        if how == "fin":
            assert len(sock.received) == r.ends()[-1].end
        assert END not in sock.received


@pytest.mark.parametrize("how", ["fin", "rst"])
async def test_an_abort_before_the_head_sends_nothing(how: CloseHow) -> None:
    """The request takes effect, and not one byte of a response is written."""
    injections = [Injection("d", Position(), DropBeforeHeaders(how=how))]
    async with rig(injections) as r, r.connect() as sock:
        since = await start_run(sock)
        if how == "fin":
            assert len(await sock.rest()) == since
        else:
            with pytest.raises(ConnectionResetError):
                await sock.rest()
        assert r.session.counts()["runs"] == 1
        await until(lambda: len(r.ends()) == 2)
        assert (len(r.heads()), r.ends()[-1].end) == (1, since)


async def test_an_early_end_keeps_the_connection() -> None:
    """It ends by all the rules, so the next request goes on the same connection."""
    injections = [Injection("e", Position(event=DELTA), EarlyEnd())]
    async with rig(injections) as r, r.connect() as sock:
        await sock.until(b"\n\n\r\n0\r\n\r\n", await start_run(sock))
        await sock.json("POST", "/v1/threads")
        assert [end.how for end in r.ends()] == ["clean"] * 3


async def test_a_body_shorter_than_announced_closes_the_connection() -> None:
    """A JSON reply that ends early cannot be kept alive: the client would wait."""
    injections = [Injection("e", Position(on="create_thread", event=None), _Halve())]
    async with rig(injections) as r, r.connect() as sock:
        sock.send("POST", "/v1/threads")
        await sock.rest()
        assert r.ends()[-1].how == "fin"


class _Halve:
    """Send half of a JSON body, then finish."""

    proof, disruptive, commits = "none", True, True

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:
        yield next(steps)
        send = next(steps)
        assert isinstance(send, Send)
        yield Send(send.data[: len(send.data) // 2])
        yield Finish()


async def test_small_writes_are_not_held_back() -> None:
    """TCP_NODELAY is set on the connections of the server."""
    seen: list[int] = []
    original = Connection.write

    def spy(self: Connection, data: bytes) -> None:
        original(self, data)
        sock = self.get_extra_info("socket")
        seen.append(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Connection, "write", spy)
        async with rig() as r, r.connect() as sock:
            await sock.json("POST", "/v1/threads")
    assert set(seen) == {1}
