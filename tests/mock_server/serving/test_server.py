import asyncio
from typing import Any, Literal

import pytest

from midstream.mock_server import Injection, Position, load
from midstream.mock_server.core.faults.hold_open_after_done import HoldOpenAfterDone
from midstream.mock_server.core.faults.http_status import HttpStatus
from midstream.mock_server.core.faults.retry_after import RetryAfter
from midstream.mock_server.core.journal import (
    Committed,
    FaultFired,
    Received,
    RunStatus,
    Sent,
)
from tests.helpers import until
from tests.mock_server.helpers_server import END, HEAD, KEY, Rig, rig, start_run

DELTA = "thread.message.delta"


def _statuses(r: Rig) -> list[str]:
    return [e.status for e in r.journal if isinstance(e, RunStatus)]


async def test_a_run_goes_on_when_its_client_is_gone() -> None:
    """The connection dies in the middle; the run completes all the same."""
    async with rig(speed=20.0) as r:
        async with r.connect() as sock:
            await sock.until(DELTA.encode(), await start_run(sock))
        await until(lambda: len(r.ends()) == 2)
        assert r.ends()[-1].how == "gone"
        await until(lambda: _statuses(r)[-1] == "completed")


async def test_a_run_is_cancelled_with_its_client_if_so_set() -> None:
    """With on_disconnect "cancel" it does not survive its stream."""
    async with rig(speed=20.0, on_disconnect="cancel") as r:
        async with r.connect() as sock:
            await sock.until(DELTA.encode(), await start_run(sock))
        await until(lambda: _statuses(r)[-1] == "cancelled")


async def test_a_run_plays_without_any_stream() -> None:
    """With stream false nobody follows, and the run completes."""
    async with rig() as r, r.connect() as sock:
        assistant = await sock.json("POST", "/v1/assistants", {"model": "m"})
        ask = {"messages": [{"role": "user", "content": "Well?"}]}
        body = {"assistant_id": assistant["id"], "thread": ask}
        run = await sock.json("POST", "/v1/threads/runs", body)
        await until(lambda: r.session.runs() == {run["id"]: "completed"})


async def test_hurry_ends_a_slow_run_at_once() -> None:
    """All that is left is published; the follower gets it and its end."""
    async with rig(speed=0.001) as r, r.connect() as sock:
        since = await start_run(sock)
        await sock.until(b"thread.run.created", since)
        await r.server.flush(KEY)
        await sock.until(END, since)
        assert list(r.session.runs().values()) == ["completed"]


async def test_a_run_expires_when_its_time_is_over() -> None:
    """With expire_after_s a run that takes longer ends as expired."""
    async with rig(speed=0.001, expire_after_s=0.05) as r, r.connect() as sock:
        await start_run(sock)
        await until(lambda: "expired" in _statuses(r))


async def test_effects_are_journalled_before_any_byte() -> None:
    """Received, committed, and only then the head of the response."""
    async with rig() as r, r.connect() as sock:
        await sock.json(
            "POST", "/v1/threads", {"messages": [{"role": "user", "content": "Hi"}]}
        )
        kinds = [type(e).__name__ for e in r.journal]
        assert kinds == [
            "Knowledge",
            "Received",
            "Committed",
            "Committed",
            "ResponseHead",
            "Sent",
            "ResponseEnd",
        ]
        texts = [e.text for e in r.journal if isinstance(e, Committed)]
        assert texts == ["", "Hi"]


async def test_a_fault_before_the_commit_has_no_effect() -> None:
    """The request is counted and answered, but changes nothing; the next one does."""
    injections = [Injection("s", Position(on="create_thread"), HttpStatus(status=503))]
    async with rig(injections) as r, r.connect() as sock:
        error = await sock.json("POST", "/v1/threads")
        assert error["error"]["type"] == "server_error"
        assert r.session.counts()["threads"] == 0
        await sock.json("POST", "/v1/threads")
        assert r.session.counts()["threads"] == 1
        attempts = [e.attempt for e in r.journal if isinstance(e, Received)]
        assert attempts == [1, 2]
        sent = [e.is_verbatim for e in r.journal if isinstance(e, Sent)]
        assert sent == [False, True]


async def test_a_fault_after_the_commit_has_its_effect() -> None:
    """The client is told of an error, and the thread is there."""
    fault = HttpStatus(status=500, commit="after")
    injections = [Injection("s", Position(on="create_thread"), fault)]
    async with rig(injections) as r, r.connect() as sock:
        await sock.json("POST", "/v1/threads")
        assert r.session.counts()["threads"] == 1
        assert [e.offset for e in r.journal if isinstance(e, FaultFired)] == [0]


async def test_both_ways_to_create_a_run_count_together() -> None:
    """A strike on the family's second attempt meets whatever creates it."""
    injections = [Injection("s", Position(on="run", attempt=2), HttpStatus(status=503))]
    async with rig(injections) as r, r.connect() as sock:
        await sock.until(END, await start_run(sock))
        path = "/v1/threads/thread_x/runs"
        error = await sock.json("POST", path, {})
        assert error["error"]["type"] == "server_error"
        received = [e for e in r.journal if isinstance(e, Received)]
        ops = [(e.op, e.role, e.attempt) for e in received][1:]
        assert ops == [
            ("create_thread_and_run", "generate", 1),
            ("create_run", "generate", 2),
        ]


async def test_a_held_response_ends_when_the_client_goes() -> None:
    """After the hold nothing comes; the server notices the client leave."""
    injections = [Injection("h", Position(event="done"), HoldOpenAfterDone())]
    async with rig(injections) as r:
        async with r.connect() as sock:
            await sock.until(b"[DONE]", await start_run(sock))
            assert len(r.ends()) == 1
        await until(lambda: len(r.ends()) == 2)
        assert r.ends()[-1].how == "gone"


async def test_closing_a_session_ends_its_streams() -> None:
    """A stream that waits is broken off, and the key is unknown from then on."""
    async with rig(speed=0.001) as r, r.connect() as sock:
        await sock.until(b"thread.run.created", await start_run(sock))
        await r.server.close_session(KEY)
        await sock.rest()
        async with r.connect() as again:
            error = await again.json("POST", "/v1/threads")
        assert error["error"]["code"] == "invalid_api_key"


async def test_the_same_seed_makes_the_same_ids() -> None:
    """Two sessions of one seed say the same; another seed says something else."""
    ids: list[Any] = []
    for seed in (1, 1, 2):
        async with rig(seed=seed) as r, r.connect() as sock:
            ids.append((await sock.json("POST", "/v1/threads"))["id"])
    assert ids[0] == ids[1] != ids[2]


RUBBISH = [b"\x00\xff\r\n\r\n", b"GET\r\n\r\n", b"POST /v1/threads HTTP/9.9\r\n\r\n"]


@pytest.mark.parametrize("data", RUBBISH)
async def test_rubbish_does_not_hurt(data: bytes) -> None:
    """What is no HTTP is refused; the next connection is served."""
    async with rig() as r:
        async with r.connect() as sock:
            sock.writer.write(data)
            await sock.rest()
        async with r.connect() as sock:
            await sock.json("POST", "/v1/threads")


async def test_a_run_is_told_at_recorded_pace() -> None:
    """At speed 50 the last event is out after a fiftieth of its time, not before."""
    last_s = load("openai_assistants/short_answer").streams()[0].events()[-1].t
    clock = asyncio.get_running_loop().time
    async with rig(speed=50.0) as r, r.connect() as sock:
        began_s = clock()
        await sock.until(END, await start_run(sock))
        assert clock() - began_s >= last_s / 50


WAITS = {"seconds": 0.5, "ms": 0.25, "date": 3.0}


@pytest.mark.parametrize(("form", "wait_s"), WAITS.items(), ids=WAITS)
async def test_what_a_client_is_told_to_wait_is_journalled(
    form: Literal["seconds", "ms", "date"], wait_s: float
) -> None:
    """In seconds, however the head says it."""
    fault = RetryAfter(wait_s=wait_s, form=form)
    injections = [Injection("w", Position(on="create_thread"), fault)]
    async with rig(injections) as r, r.connect() as sock:
        await sock.json("POST", "/v1/threads")
        (head,) = r.heads()
        assert (head.retry_after_s, head.retry_after_kind) == (wait_s, form)


async def test_a_client_that_asks_first_is_told_to_go_on() -> None:
    """100 Continue is sent, and counted among the bytes of the connection."""
    async with rig() as r, r.connect() as sock:
        sock.send("POST", "/v1/threads", {}, f"{HEAD}Expect: 100-continue\r\n")
        await sock.until(b"\r\n\r\nHTTP/1.1 200 OK")
        await sock.until(b"\n}")
        await until(r.ends)
        assert r.ends()[-1].end == len(sock.received)


async def test_a_closed_session_writes_nothing_more() -> None:
    """When close_session returns, the ends of broken-off responses are written."""
    async with rig(speed=0.001) as r, r.connect() as sock:
        await sock.until(b"thread.run.created", await start_run(sock))
        await r.server.close_session(KEY)
        assert [end.how for end in r.ends()] == ["clean", "gone"]
