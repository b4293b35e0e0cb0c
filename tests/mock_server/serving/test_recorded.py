"""Recorded chunks go out as they were recorded, whatever they hold, when they came."""

import asyncio
import re
import time
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from midstream.mock_server import Injection, Position
from midstream.mock_server.core.event_log import EventLog
from midstream.mock_server.core.faults.abort import AbortFault
from midstream.mock_server.core.faults.drop_event import DropEvent
from midstream.mock_server.core.faults.rechunk import Rechunk
from midstream.mock_server.core.journal import Committed, FaultFired, Sent
from midstream.mock_server.core.pieces import Piece
from midstream.mock_server.core.position import Byte
from midstream.mock_server.core.segment import Entry, Segment
from midstream.mock_server.core.settings import Chunking
from midstream.mock_server.core.sse import frames
from midstream.mock_server.library import load
from midstream.mock_server.recordings.cassette import Cassette, Chunk, Exchange
from midstream.mock_server.serving.clock import Playhead
from tests.mock_server.helpers_cassettes import cassette_of
from tests.mock_server.helpers_server import END, KEY, Rig, Socket, rig, start_run
from tests.mock_server.serving.helpers_paper import FAILED

SSE, NDJSON = "text/event-stream", "application/x-ndjson"
HEAD = f"Host: x\r\nAuthorization: Bearer {KEY}\r\n"
_TIMES = re.compile(rb'(?<=_at":)\d+')
LAST = b"\r\n0\r\n\r\n"
BODIES = {
    "comments, CR LF, id, retry, no space": (
        SSE,
        b": ping\r\n\r\nid:1\r\nretry:9\r\ndata:a\r\n\r\nevent: end\r\ndata:b\r\n\r\n",
    ),
    "cut off": (SSE, b"data: a\n\ndata: {"),
    "no UTF-8": (SSE, b"data: \xff\xfe\n\ndata: b\n\n"),
    "a stray blank line": (SSE, b"\n\ndata: a\n\n"),
    "lines of JSON": (NDJSON, '{"a":"é"}\r\n\n{"b":2}\n{"c"'.encode()),
    "no stream": ("application/json", b'[{"a":1},\r\n{"b":2}]'),
}


def taped(kind: str, *chunks: tuple[float, bytes]) -> Cassette:
    """Return a recording of one response that came in these *chunks*."""
    made = tuple(Chunk(t, data) for t, data in chunks)
    exchange = Exchange("POST", "/v1/chat", {}, 200, {"content-type": kind}, made)
    return cassette_of(exchange, dialect="verbatim")


async def asked(sock: Socket) -> list[bytes]:
    """Ask; return the chunks of HTTP that came in answer."""
    since = len(sock.received)
    sock.send("POST", "/v1/chat", {}, HEAD)
    return chunks_of((await sock.until(LAST, since)).partition(b"\r\n\r\n")[2])


def chunks_of(rest: bytes) -> list[bytes]:
    """Return what each chunk of HTTP in *rest* holds; the last may be cut off."""
    found = []
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size, 16)
        found.append(rest[:length])
        rest = rest[length + 2 :]
    return [chunk for chunk in found if chunk]


def in_sizes(body: bytes, size: int) -> list[bytes]:
    """Return *body* in pieces of *size* bytes."""
    return [body[i : i + size] for i in range(0, len(body), size)]


def check_journal(r: Rig, body: bytes, received: bytes) -> None:
    """Check that each event's records lie one behind the other and hold its bytes."""
    sents = r.sent()
    assert all(before.end == after.start for before, after in pairwise(sents))
    assert (sents[0].start, sents[-1].end) == (r.heads()[0].end, r.ends()[0].end - 5)
    assert all(sent.is_verbatim and sent.count == 1 for sent in sents)
    wholes = [sent.first for sent in sents if sent.is_last]
    assert wholes == [*range(len(wholes))]
    raw = b"".join(received[sent.start : sent.end] for sent in sents)
    assert b"".join(chunks_of(raw)) == body


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize(("kind", "body"), BODIES.values(), ids=BODIES.keys())
async def test_any_legal_framing_is_replayed_byte_by_byte(
    kind: str, body: bytes, size: int
) -> None:
    """In the chunks in which it came, also inside an event or a character."""
    sizes = in_sizes(body, size)
    tape = taped(kind, *((0.0, data) for data in sizes))
    async with rig(recorded=[tape]) as r, r.connect() as sock:
        assert await asked(sock) == sizes
        check_journal(r, body, bytes(sock.received))


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([*BODIES.values()]), st.lists(st.integers(1, 9), max_size=30))
def test_however_a_body_was_cut(of: tuple[str, bytes], sizes: list[int]) -> None:
    """Each chunk is one write, and the journal has every byte."""
    kind, body = of
    chunks, at = [], 0
    for size in [*sizes, len(body)]:
        chunks.append(body[at : at + size])
        at += size
    tape = taped(kind, *((0.0, data) for data in chunks))

    async def replay() -> None:
        async with rig(recorded=[tape]) as r, r.connect() as sock:
            assert await asked(sock) == [data for data in chunks if data]
            check_journal(r, body, bytes(sock.received))

    asyncio.run(replay())


EVENTS = [b"data: a\n\n", b": ping\n\n", b"data: bc\n\n", b"event: end\ndata: d\n\n"]


@pytest.mark.parametrize(
    ("chunking", "found"),
    [(None, in_sizes(b"".join(EVENTS), 10)), ("event", EVENTS)],
)
async def test_a_session_may_ask_for_an_event_at_a_time(
    chunking: Chunking | None, found: list[bytes]
) -> None:
    """A recording that is verbatim goes out as recorded, unless that is asked for."""
    tape = taped(SSE, *((0.0, data) for data in in_sizes(b"".join(EVENTS), 10)))
    async with rig(recorded=[tape], chunking=chunking) as r, r.connect() as sock:
        assert await asked(sock) == found


async def test_no_chunk_goes_out_before_its_recorded_time() -> None:
    """Counted from the request."""
    chunks = [(0.02 * n, b"data: %d\n\n" % n) for n in range(1, 9)]
    async with (
        rig(recorded=[taped(SSE, *chunks)], speed=1.0) as r,
        r.connect() as sock,
    ):
        began_s = time.monotonic()
        sock.send("POST", "/v1/chat", {}, HEAD)
        for due_s, data in chunks:
            await sock.until(data)
            assert time.monotonic() - began_s >= due_s


def test_the_delay_of_one_chunk_does_not_add_to_the_next() -> None:
    """Due times are absolute: what is late once is not late for ever."""
    log = EventLog("")
    pieces = [Piece(offset_s, 0, n) for n, offset_s in enumerate((1.0, 2.0, 3.0), 1)]
    log.plan(Segment([Entry(name="e", data=b"abc")], pieces=pieces))
    playhead = Playhead(log, 2.0, 10.0, [], FAILED)
    assert playhead.run_due(10.0) == 10.5
    assert playhead.run_due(10.9) == 11.0
    assert (playhead.run_due(11.4), log.pieces_out) == (11.5, 2)
    assert (playhead.run_due(20.0), log.pieces_out) == (None, 3)


async def test_who_has_the_beginning_of_an_event_waits_for_the_rest() -> None:
    """A chunk that ends inside an event is there before the event is whole."""
    tape = taped(SSE, (0.0, b"data: a\n\ndata: "), (600.0, b"b\n\n"))
    async with rig(recorded=[tape], speed=1.0) as r, r.connect() as sock:
        sock.send("POST", "/v1/chat", {}, HEAD)
        await sock.until(b"data: \r\n")
        assert [sent.is_last for sent in r.sent()] == [True, False]
        await r.server.flush(KEY)
        assert b"b\n\n" in await sock.until(b"0\r\n\r\n")


CUT = {
    "in front of an event": (0, EVENTS[0] + EVENTS[1]),
    "inside an event": (3, EVENTS[0] + EVENTS[1] + EVENTS[2][:3]),
    "behind an event": ("end", EVENTS[0] + EVENTS[1] + EVENTS[2]),
}


@pytest.mark.parametrize("size", [1, 4, 10, 100])
@pytest.mark.parametrize(("byte", "body"), CUT.values(), ids=CUT.keys())
async def test_a_fault_counts_events_whatever_the_chunks_hold(
    byte: Byte, body: bytes, size: int
) -> None:
    """The second event that has data is hit; no byte behind the place is sent."""
    tape = taped(SSE, *((0.0, data) for data in in_sizes(b"".join(EVENTS), size)))
    at = Position(event="message", nth=2, byte=byte)
    cut = [Injection("f1", at, AbortFault("fin"))]
    async with rig(cut, recorded=[tape]) as r, r.connect() as sock:
        sock.send("POST", "/v1/chat", {}, HEAD)
        rest = (await sock.rest()).partition(b"\r\n\r\n")[2]
        assert b"".join(chunks_of(rest)) == body
        (fired,) = [e for e in r.journal if isinstance(e, FaultFired)]
        assert fired.offset == len(sock.received) == r.ends()[0].end


@pytest.mark.parametrize("kind", [SSE, NDJSON])
async def test_behind_a_fault_the_rest_comes_event_by_event(kind: str) -> None:
    """So a fault that changes events finds whole ones, in front of it as recorded."""
    end = b"\n\n" if kind == SSE else b"\n"
    events = [b"data: %d" % n + end for n in range(6)]
    tape = taped(kind, *((0.0, data) for data in in_sizes(b"".join(events), 4)))
    drop = [Injection("f1", Position(event="message", nth=3), DropEvent())]
    async with rig(drop, recorded=[tape]) as r, r.connect() as sock:
        found = await asked(sock)
    before, behind = b"".join(events[:2]), events[3:]
    assert found == [*in_sizes(before, 4), *behind]


async def test_pieces_of_a_fault_are_told_from_recorded_ones() -> None:
    """Each piece but an event's last one says that more of the event is to come."""
    tape = taped(SSE, (0.0, b"data: a\n\nda"), (0.0, b"ta: b\n\n"))
    at = Position(event="message", nth=2)
    async with (
        rig([Injection("f1", at, Rechunk(size=5))], recorded=[tape]) as r,
        r.connect() as sock,
    ):
        assert await asked(sock) == [b"data: a\n\n", b"data:", b" b\n\n"]
    fired = next(i for i, e in enumerate(r.journal) if isinstance(e, FaultFired))
    behind = [e for e in r.journal[fired:] if isinstance(e, Sent)]
    assert [(sent.first, sent.is_last) for sent in behind] == [(1, False), (1, True)]


async def test_http_1_0_gets_the_same_pieces_unframed() -> None:
    """The end of the connection ends the body."""
    body = b"".join(EVENTS)
    tape = taped(SSE, *((0.0, data) for data in in_sizes(body, 10)))
    async with rig(recorded=[tape]) as r, r.connect() as sock:
        sock.writer.write(f"POST /v1/chat HTTP/1.0\r\n{HEAD}\r\n".encode())
        received = await sock.rest()
        assert received.partition(b"\r\n\r\n")[2] == body
        sizes = {sent.end for sent in r.sent()}
    head = len(received) - len(body)
    assert {head + n for n in range(10, len(body), 10)} < sizes


def recut(name: str, size: int, later_s: float = 0.0) -> Cassette:
    """Return a shipped cassette whose streams came in chunks of *size* bytes.

    All but the first chunk came *later_s* seconds after the request.
    """
    cassette = load(f"openai_assistants/{name}")
    exchanges = tuple(
        replace(
            each,
            chunks=tuple(
                Chunk(later_s if n else 0.0, data)
                for n, data in enumerate(in_sizes(each.body, size))
            ),
        )
        for each in cassette.exchanges
    )
    return replace(cassette, exchanges=exchanges)


@pytest.mark.parametrize("size", [7, 300, 5000])
@pytest.mark.parametrize("name", ["multilingual", "file_citations"])
async def test_a_run_goes_out_as_it_was_recorded(name: str, size: int) -> None:
    """Its ids are live, its chunks the recorded ones, and they hold the same."""
    bodies = []
    for recorded in (None, [recut(name, size)]):
        kind: Chunking = "event" if recorded is None else "recorded"
        chosen = recorded or [load(f"openai_assistants/{name}")]
        async with (
            rig(recorded=chosen, chunking=kind, shape="recorded", seed=3) as r,
            r.connect() as sock,
        ):
            rest = await sock.until(LAST, await start_run(sock))
            bodies.append(chunks_of(rest.partition(b"\r\n\r\n")[2]))
    events, pieces = bodies
    assert _TIMES.sub(b"", b"".join(pieces)) == _TIMES.sub(b"", b"".join(events))
    assert len({len(piece) for piece in pieces[1:-1]} - {size}) <= len(events)
    assert len(pieces) == pytest.approx(sum(map(len, events)) / size, rel=0.1, abs=2)


async def test_what_replaces_the_rest_comes_behind_a_whole_event() -> None:
    """An event that was begun is finished when the run is cancelled in its middle."""
    tape = recut("short_answer", 5000, later_s=600.0)
    async with (
        rig(recorded=[tape], chunking="recorded", speed=1.0) as r,
        r.connect() as sock,
    ):
        since = await start_run(sock)
        await sock.until(b"\r\n\r\n", since)
        (run,) = [
            e.id for e in r.journal if isinstance(e, Committed) and e.what == "run"
        ]
        thread = next(
            e.thread for e in r.journal if isinstance(e, Committed) and e.thread
        )
        async with r.connect() as other:
            await other.json("POST", f"/v1/threads/{thread}/runs/{run}/cancel", {})
        body = b"".join(
            chunks_of((await sock.until(END, since)).partition(b"\r\n\r\n")[2])
        )
    names = [name for name, _ in frames(body)]
    assert names[-2:] == ["thread.run.cancelled", "done"]
