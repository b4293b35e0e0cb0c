"""What a run held is gone with it: no collector has to look for it."""

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import pytest

from midstream.mock_server import Injection, MockServer, Position, SessionSettings
from midstream.mock_server.core.event_log import EventLog
from midstream.mock_server.core.faults.abort import AbortFault
from midstream.mock_server.core.faults.rechunk import Rechunk
from midstream.mock_server.core.steps import Span
from midstream.mock_server.dialects.openai_assistants.state.state import Run
from midstream.mock_server.serving.player import Player
from midstream.mock_server.serving.response import ResponseWriter
from midstream.mock_server.serving.session import Session
from midstream.mock_server.serving.span import SpanWriter
from tests.helpers import until
from tests.mock_server.helpers_server import END, KEY, Rig, start_run
from tests.mock_server.serving.helpers_paper import Paper, Tape, Turns

HELD = (EventLog, Run, Session, SpanWriter, Player, ResponseWriter)
DELTA = "thread.message.delta"
FAULTS = {
    "none": [],
    "one that changes nothing": [
        Injection("f", Position(event=DELTA), Rechunk(size=10_000))
    ],
    "an abort": [Injection("f", Position(event=DELTA, nth=3), AbortFault("fin"))],
}


@contextmanager
def no_collector() -> Iterator[None]:
    """Let nothing be freed but what nobody refers to any more.

    What is there already is set aside: it is a lot to look through.
    """
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def held() -> list[str]:
    """Return the kinds of what a run has left behind, of all made without collector."""
    return sorted(type(o).__name__ for o in gc.get_objects() if isinstance(o, HELD))


@asynccontextmanager
async def serving(injections: list[Injection], **settings: Any) -> AsyncIterator[Rig]:  # noqa: ANN401 (of any type)
    """Return a server with one session, which nothing of the test refers to."""
    async with MockServer() as server:
        session = server.open_session(
            KEY, SessionSettings(**{"speed": 0.0, **settings}), injections=injections
        )
        rig = Rig(server, session, [])
        del session
        yield rig


async def close(r: Rig) -> None:
    """Close the session, and let go of it."""
    await r.server.close_session(KEY)
    del r.session


async def left() -> list[str]:
    """Return what is left, once tasks and connections that are over have ended."""
    with suppress(TimeoutError):
        await until(lambda: not held(), 2.0)
    return held()


@pytest.mark.parametrize("life_s", [None, 60.0], ids=["", "which may expire"])
@pytest.mark.parametrize("injections", FAULTS.values(), ids=FAULTS)
async def test_a_closed_session_leaves_nothing(
    injections: list[Injection], life_s: float | None
) -> None:
    """Its runs, logs and responses refer to no one who refers back to them."""
    with no_collector():
        async with serving(injections, expire_after_s=life_s) as r:
            async with r.connect() as sock:
                await start_run(sock)
                await until(lambda: "completed" in r.session.runs().values())
            await close(r)
            assert await left() == []


async def test_a_client_that_goes_leaves_nothing() -> None:
    """A stream that was broken off by its client is let go of like any other."""
    with no_collector():
        async with serving([], speed=5.0) as r:
            async with r.connect() as sock:
                await sock.until(DELTA.encode(), await start_run(sock))
            await until(lambda: "completed" in r.session.runs().values())
            await close(r)
            assert await left() == []


async def test_a_session_closed_in_mid_stream_leaves_nothing() -> None:
    """Neither what plays nor what is written holds on to it."""
    with no_collector():
        async with serving([], speed=1.0) as r, r.connect() as sock:
            await sock.until(DELTA.encode(), await start_run(sock))
            await close(r)
            await sock.rest()
            assert await left() == []


async def test_a_response_leaves_nothing_but_the_run() -> None:
    """While the session is open, only what can be read back is kept."""
    with no_collector():
        async with serving([]) as r, r.connect() as sock:
            for _ in range(3):
                await sock.until(END, await start_run(sock))
            await until(lambda: "in_progress" not in r.session.runs().values())
            answering = {"Player", "ResponseWriter", "SpanWriter"}
            await until(lambda: not answering & {*held()})
            assert sorted({*held()}) == ["EventLog", "Run", "Session"]
            assert held().count("Run") == 3
            assert held().count("EventLog") == 3


async def test_a_client_found_to_be_gone_leaves_nothing() -> None:
    """The error that tells of it does not hold on to who raised it."""
    with no_collector():
        tape, paper = Tape(wheel := Turns()), Paper()
        task = tape.follow(paper, Span(tape.start(), 0))
        await asyncio.sleep(0)
        paper.theirs.close()
        wheel.turn()
        with suppress(ConnectionError):
            await task
        tape.clock.close()
        del task, tape
        assert await left() == []
