import asyncio
import os
import re
from typing import Any
from unittest.mock import patch

import pytest

from midstream.mock_server import Injection, MockServer, Position, SessionSettings, load
from midstream.mock_server.core.faults.early_end import EarlyEnd
from midstream.mock_server.core.journal import ResponseEnd, Sent, Streamed
from midstream.mock_server.serving.follower import JOIN
from tests.helpers import until
from tests.mock_server.helpers_server import END, KEY, Socket, rig, start_run

DELTA = b"thread.message.delta"
VARYING = re.compile(rb"(?i)(?<=\r\n)(date|openai-processing-ms): [^\r]*\r\n")


async def received(*, is_express: bool, **settings: Any) -> bytes:  # noqa: ANN401 (of any type)
    """Return all bytes of a conversation with one streamed run, but the clock's."""
    async with rig(is_express=is_express, **settings) as r, r.connect() as sock:
        await sock.until(END, await start_run(sock))
        return VARYING.sub(b"", bytes(sock.received))


@pytest.mark.parametrize("name", ["short_answer", "multilingual", "file_citations"])
async def test_the_load_path_gives_the_same_bytes(name: str) -> None:
    """Heads, chunk sizes, events, end: nothing a client sees tells which way it was."""
    asked = {"cassettes": (f"openai_assistants/{name}",), "seed": 7, "speed": 50.0}
    while True:  # until both fell into one second, which is told in them
        simple = await received(is_express=False, **asked)
        express = await received(is_express=True, **asked)
        if seconds(simple) == seconds(express):
            break
    assert simple == express


@pytest.mark.parametrize(("join", "most"), [(1, 1), (JOIN, JOIN)])
async def test_events_that_are_due_go_out_with_one_write(join: int, most: int) -> None:
    """As many as is said, and each by itself if that is said."""
    pieces: list[bytes] = []
    write = os.write

    def noted(descriptor: int, data: bytes) -> int:
        pieces.append(data)
        return write(descriptor, data)

    with patch.object(os, "write", noted):
        await received(is_express=True, join=join)
    counts = [n for piece in pieces if (n := piece.count(b"event: "))]
    assert max(counts) == most


def seconds(data: bytes) -> list[bytes]:
    """Return the times that *data* tells, in whole seconds."""
    return re.findall(rb'_at": ?(\d+)', data)


async def test_each_event_is_journaled_in_counts() -> None:
    """One entry tells of all that was streamed, where, and how much."""
    async with rig(is_express=True) as r, r.connect() as sock:
        since = await start_run(sock)
        stream = await sock.until(END, since)
        await until(lambda: len(r.ends()) == 2)
        (streamed,) = [e for e in r.journal if isinstance(e, Streamed)]
        assert streamed.count == stream.count(b"event: ")
        head = len(stream.partition(b"\r\n\r\n")[0]) + 4
        assert streamed.end - streamed.start == len(stream) - head - len(b"0\r\n\r\n")
        assert [e for e in r.sent() if e.event is not None] == []


async def test_faults_strike_there_as_well() -> None:
    """A response that a fault strikes is sent the simple way, from the same log."""
    strike = Injection("f1", Position(event=DELTA.decode(), nth=3), EarlyEnd())
    async with rig([strike], is_express=True, speed=50.0) as r, r.connect() as sock:
        stream = await sock.until(b"\r\n0\r\n\r\n", await start_run(sock))
        assert stream.count(DELTA + b"\n") == 2
        assert any(isinstance(e, Sent) for e in r.journal)
        await until(lambda: list(r.session.runs().values()) == ["completed"])


async def test_a_run_goes_on_when_its_client_is_gone() -> None:
    """The connection dies in the middle; the run completes all the same."""
    async with rig(is_express=True, speed=20.0) as r:
        async with r.connect() as sock:
            await sock.until(DELTA, await start_run(sock))
        await until(lambda: len(r.ends()) == 2)
        assert r.ends()[-1].how == "gone"
        await until(lambda: list(r.session.runs().values()) == ["completed"])


async def test_a_run_is_cancelled_with_its_client_if_so_set() -> None:
    """With on_disconnect "cancel" it does not survive its stream."""
    async with rig(is_express=True, speed=20.0, on_disconnect="cancel") as r:
        async with r.connect() as sock:
            await sock.until(DELTA, await start_run(sock))
        await until(lambda: list(r.session.runs().values()) == ["cancelled"])


async def test_a_cancelled_run_says_its_ending_on_the_open_stream() -> None:
    """The stream ends with the run's last words, not where it was cut."""
    async with rig(is_express=True, speed=1.0) as r, r.connect() as sock:
        since = await start_run(sock)
        data = await sock.until(DELTA, since)
        thread, run = (re.search(rb'"(%b_\w+)"' % w, data) for w in (b"thread", b"run"))
        assert thread is not None
        assert run is not None
        path = f"/v1/threads/{thread[1].decode()}/runs/{run[1].decode()}/cancel"
        async with r.connect() as other:
            await other.json("POST", path, {})
        assert b"thread.run.cancelled" in await sock.until(END, since)


async def test_a_run_expires_when_its_time_is_over() -> None:
    """The same timer serves both ways."""
    asked: dict[str, Any] = {"speed": 0.1, "expire_after_s": 0.01}
    async with rig(is_express=True, **asked) as r, r.connect() as sock:
        since = await start_run(sock)
        assert b"thread.run.expired" in await sock.until(END, since)


async def test_a_client_that_reads_slowly_loses_nothing() -> None:
    """More than any buffer holds waits in the log, and comes when it is wanted."""
    asked: dict[str, Any] = {"cassettes": ("openai_assistants/long_answer",)}
    async with rig(is_express=True, **asked) as r:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", r.server.port, limit=1024
        )
        sock = Socket(reader, writer)
        assistant = await sock.json("POST", "/v1/assistants", {"model": "gpt-4o"})
        ask = {"messages": [{"role": "user", "content": "Well?"}]}
        body = {"assistant_id": assistant["id"], "thread": ask, "stream": True}
        since, runs = len(sock.received), 12
        for _ in range(runs):  # one behind the other, unread
            sock.send("POST", "/v1/threads/runs", body)
        await until(lambda: len(r.journal) > 10)
        while bytes(sock.received).count(END) < runs:
            sock.received += await asyncio.wait_for(reader.read(700), 10)
        deltas = load("openai_assistants/long_answer").tokens
        stream = bytes(sock.received[since:])
        assert stream.count(b"event: " + DELTA + b"\n") == runs * len(deltas)
        writer.close()


async def test_closing_a_session_stops_what_it_plays() -> None:
    """Nothing of it is left on the wheel, and its stream is broken off."""
    async with MockServer(is_express=True) as server:
        journal: list[object] = []
        server.open_session(KEY, SessionSettings(speed=1.0), journal=journal.append)
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        sock = Socket(reader, writer)
        await sock.until(DELTA, await start_run(sock))
        await server.close_session(KEY)
        await until(lambda: any(isinstance(e, ResponseEnd) for e in journal))
        assert END not in await sock.rest()
        wheel = server._wheel
        await until(lambda: wheel is not None and not wheel.is_busy)
        writer.close()
