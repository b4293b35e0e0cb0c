"""A run, its stream and its state agree, at any pace and however it is written."""

import json
import re
from contextlib import AsyncExitStack
from itertools import pairwise
from typing import Any

import pytest

from midstream.mock_server import Injection, MockServer, Position, SessionSettings
from midstream.mock_server.core.faults.early_end import EarlyEnd
from midstream.mock_server.core.faults.rechunk import Rechunk
from midstream.mock_server.core.journal import (
    Asked,
    Closed,
    Entry,
    FaultFired,
    ResponseEnd,
    RunStatus,
    Sent,
)
from midstream.mock_server.dialects.openai_assistants.state import truth
from tests.helpers import until
from tests.mock_server.helpers_cassettes import cassette_of, events_of, stream_of
from tests.mock_server.helpers_server import END, KEY, Rig, rig, start_run

DELTA = b"thread.message.delta"
VARYING = re.compile(rb"(?i)(?<=\r\n)(date|openai-processing-ms): [^\r]*\r\n")
AT_ONCE = [Injection("f1", Position(event="thread.run.created"), Rechunk(size=10_000))]
"""A fault that changes nothing, but has the rest sent event by event."""


async def received(*injections: Injection, join: int = 1, **asked: Any) -> bytes:  # noqa: ANN401 (of any type)
    """Return all bytes of a conversation with one streamed run, but the clock's."""
    async with rig(injections, join=join, **asked) as r, r.connect() as sock:
        await sock.until(END, await start_run(sock))
        return VARYING.sub(b"", bytes(sock.received))


def seconds(data: bytes) -> list[bytes]:
    """Return the times that *data* tells, in whole seconds."""
    return re.findall(rb'_at": ?(\d+)', data)


@pytest.mark.parametrize("speed", [0.0, 50.0])
@pytest.mark.parametrize("name", ["short_answer", "multilingual", "file_citations"])
async def test_a_client_gets_the_same_bytes_however_they_are_written(
    name: str, speed: float
) -> None:
    """One write an event, several events a write, or sent by steps behind a fault."""
    asked: dict[str, Any] = {
        "cassettes": (f"openai_assistants/{name}",),
        "seed": 7,
        "speed": speed,
    }
    while True:  # until all fell into one second, which is told in them
        found = [
            await received(**asked),
            await received(join=8, **asked),
            await received(*AT_ONCE, **asked),
        ]
        if seconds(found[0]) == seconds(found[1]) == seconds(found[2]):
            break
    assert found[0] == found[1] == found[2]


async def test_each_event_is_a_write_of_its_own() -> None:
    """So a fault run's client reads events as a real server's does."""
    async with rig() as r, r.connect() as sock:
        stream = await sock.until(END, await start_run(sock))
        await until(lambda: len(r.ends()) == 2)
        assert [sent.count for sent in r.sent()] == [1] * stream.count(b"event: ")


@pytest.mark.parametrize("speed", [0.0, 50.0])
@pytest.mark.parametrize("injections", [[], AT_ONCE], ids=["in a span", "by steps"])
@pytest.mark.parametrize("join", [1, 8])
@pytest.mark.parametrize("name", ["short_answer", "parallel_tools", "two_messages"])
async def test_effects_are_journaled_before_the_bytes_that_tell_of_them(
    name: str, join: int, injections: list[Injection], speed: float
) -> None:
    """Status, closed message, asked tool: each once, in order, and never too late."""
    asked: dict[str, Any] = {
        "cassettes": (f"openai_assistants/{name}",),
        "speed": speed,
    }
    async with rig(injections, join=join, **asked) as r, r.connect() as sock:
        await sock.until(END, await start_run(sock))
        await until(lambda: len(r.ends()) == 2)
    (log,) = r.session.dialect.logs()
    entries = [e for i in range(log.size) if (e := log.entry(i)) is not None]
    effects = dict(truth.effects(log.run_id, "", entries))
    told = [e for said in effects.values() for e in said]
    assert [e for e in r.journal if isinstance(e, RunStatus | Closed | Asked)] == told
    for place, sent in enumerate(r.journal):
        if isinstance(sent, Sent) and sent.first is not None:
            for index in range(sent.first, sent.first + sent.count):
                for effect in effects.get(index, ()):
                    assert effect in r.journal[:place]


async def test_a_message_read_in_mid_stream_is_what_was_sent_of_it() -> None:
    """At any moment between two events, by REST on another connection."""
    compared = 0
    async with rig(speed=0.5) as r, r.connect() as sock, r.connect() as other:
        since = await start_run(sock)
        said = (await sock.until(b"thread.run.created", since)).decode()
        path = f"/v1/threads/{_id('thread', said)}/messages"
        while compared < 5:
            sent = r.sent()
            shown = (await other.json("GET", path))["data"][0]
            if sent != r.sent() or shown["role"] == "user":
                continue  # an event came between
            stream = await sock.up_to(sent[-1].end)
            text = "".join(block["text"]["value"] for block in shown["content"])
            assert text == _text(stream[since:])
            compared += bool(text)


def _id(kind: str, text: str) -> str:
    """Return the first id of that *kind* in *text*."""
    found = re.search(rf"{kind}_\w+", text)
    assert found
    return found[0]


def _text(stream: bytes) -> str:
    """Return what the deltas in *stream* say."""
    lines = re.findall(rb"event: thread\.message\.delta\ndata: (.*)\n\n", stream)
    blocks = [b for line in lines for b in json.loads(line)["delta"]["content"]]
    return "".join(block["text"]["value"] for block in blocks)


async def test_several_connections_follow_runs_of_their_own() -> None:
    """No stream gets an event of another, whatever goes on at the same time."""
    async with rig(speed=100.0) as r, AsyncExitStack() as stack:
        socks = [await stack.enter_async_context(r.connect()) for _ in range(5)]
        starts = [await start_run(sock) for sock in socks]
        for sock, since in zip(socks, starts, strict=True):
            stream = (await sock.until(END, since)).decode()
            assert set(re.findall(r"run_\w{24}", stream)) == {_id("run", stream)}


async def test_a_cancelled_run_says_its_ending_on_the_open_stream() -> None:
    """The stream ends with the run's last words, not where it was cut."""
    async with rig(speed=1.0) as r, r.connect() as sock, r.connect() as other:
        since = await start_run(sock)
        said = (await sock.until(DELTA, since)).decode()
        path = f"/v1/threads/{_id('thread', said)}/runs/{_id('run', said)}/cancel"
        await other.json("POST", path, {})
        stream = await sock.until(END, since)
        names = re.findall(rb"event: (\S+)", stream)
        assert names[-2:] == [b"thread.run.cancelled", b"done"]
        assert all(sent.is_verbatim for sent in r.sent())


async def test_a_run_cancelled_behind_a_fault_says_its_ending_as_well() -> None:
    """What a fault sends event by event follows the new plan, too."""
    at = Position(event=DELTA.decode(), nth=2)
    injections = [Injection("f1", at, Rechunk(size=10_000))]
    async with rig(injections, speed=1.0) as r, r.connect() as sock:
        since = await start_run(sock)
        said = (await sock.until(b"delta\ndata: ", since)).decode()
        await until(lambda: any(sent.head for sent in r.sent()))
        path = f"/v1/threads/{_id('thread', said)}/runs/{_id('run', said)}/cancel"
        async with r.connect() as other:
            await other.json("POST", path, {})
        names = re.findall(rb"event: (\S+)", await sock.until(END, since))
        assert names[-2:] == [b"thread.run.cancelled", b"done"]


async def test_an_expired_run_says_so_on_the_open_stream() -> None:
    """The stream ends as the run does."""
    async with rig(speed=0.1, expire_after_s=0.05) as r, r.connect() as sock:
        assert b"thread.run.expired" in await sock.until(END, await start_run(sock))


async def test_a_fault_tells_which_event_was_due() -> None:
    """In a span, and behind another fault, where events are sent by steps."""
    names = ["thread.run.created", DELTA.decode(), "thread.message.completed"]
    injections = [
        Injection(name, Position(event=name), Rechunk(size=10_000)) for name in names
    ]
    async with rig(injections) as r, r.connect() as sock:
        await sock.until(END, await start_run(sock))
        fired = [e for e in r.journal if isinstance(e, FaultFired)]
        assert [(e.fault, e.due) for e in fired] == [(name, name) for name in names]


async def test_a_piece_says_whether_it_is_the_last_of_its_event() -> None:
    """By the log: the bytes up to its end, and no others."""
    injections = [Injection("f1", Position(event=DELTA.decode()), Rechunk(size=30))]
    async with rig(injections) as r, r.connect() as sock:
        await sock.until(END, await start_run(sock))
        (log,) = r.session.dialect.logs()
        for sent, after in pairwise(r.sent()):
            assert sent.is_last is (sent.first != after.first)
        assert not all(sent.is_last for sent in r.sent())
        assert r.sent()[-1].first == log.size - 1


async def test_a_recording_that_nobody_reads_any_more_plays_no_more() -> None:
    """Its log was for one response; a run's plays on."""
    cassette = cassette_of(stream_of(events_of("long_answer")), dialect="verbatim")
    async with MockServer() as server:
        settings = SessionSettings(speed=0.01)
        session = server.open_session(KEY, settings, cassettes=[cassette])
        async with Rig(server, session, []).connect() as sock:
            sock.send("POST", "/v1/threads/t/runs", {})
            await sock.until(b"event: ")
            assert server._wheel.is_busy
        await until(lambda: not server._sessions[KEY][1]._playheads)


async def test_a_run_lives_on_behind_a_fault() -> None:
    """Its response ended early; the run completes all the same."""
    at = Position(event=DELTA.decode(), nth=3)
    async with rig([Injection("f1", at, EarlyEnd())], speed=50.0) as r:
        async with r.connect() as sock:
            stream = await sock.until(b"\r\n0\r\n\r\n", await start_run(sock))
        assert stream.count(DELTA + b"\n") == 2
        await until(lambda: list(r.session.runs().values()) == ["completed"])


async def test_closing_a_session_stops_what_it_plays() -> None:
    """Nothing of it is left on the wheel, and its stream is broken off."""
    journal: list[Entry] = []
    async with MockServer() as server:
        session = server.open_session(
            KEY, SessionSettings(speed=1.0), journal=journal.append
        )
        async with Rig(server, session, journal).connect() as sock:
            await sock.until(DELTA, await start_run(sock))
            await server.close_session(KEY)
            assert END not in await sock.rest()
        assert isinstance(journal[-1], ResponseEnd)
        wheel = server._wheel
        await until(lambda: not wheel.is_busy)
