import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from midstream.harness.reference_client import edge as edge_module
from midstream.harness.reference_client.edge import Edge
from midstream.harness.reference_client.limits import Limits
from midstream.harness.reference_client.values import (
    Bytes,
    Call,
    Failed,
    ReadMore,
    Response,
    StreamEnded,
    StreamStarted,
    TimedOut,
)
from tests.harness.reference_client.helpers_raw import (
    Raw,
    Reply,
    event_stream,
    response,
    serving,
)
from tests.helpers import until

LIMITS = Limits(connect_s=5.0)
LOOK = Call(what="poll", method="GET", path="/threads/t/runs/r", timeout_s=5.0)
ASK = Call(
    what="create_run",
    method="POST",
    path="/threads/t/runs",
    body={"stream": True, "text": "wörld"},
    is_stream=True,
    timeout_s=5.0,
)


@asynccontextmanager
async def edge_to(*replies: Reply) -> AsyncGenerator[tuple[Edge, Raw], None]:
    """Open an edge to a server that gives *replies*."""
    async with serving(replies) as raw:
        edge = Edge(raw.base_url, "sk-secret", LIMITS)
        try:
            yield edge, raw
        finally:
            await edge.close()


async def test_makes_a_response_a_value() -> None:
    """Status, headers in lower case, body, and the time it came."""
    async with edge_to(Reply(response(b"{}", "X-Who: me"))) as (edge, _):
        answer = await edge.call(LOOK)
    assert isinstance(answer, Response)
    assert (answer.status, answer.body) == (200, b"{}")
    assert answer.headers["x-who"] == "me"
    assert answer.epoch_s > 1_700_000_000


async def test_sends_what_the_api_demands() -> None:
    """Key, version and type are in the head; the body is compact UTF-8 JSON."""
    async with edge_to(Reply(event_stream())) as (edge, raw):
        await edge.call(ASK)
    head, _, body = raw.requests[0].partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"POST /v1/threads/t/runs HTTP/1.1"
    assert b"Authorization: Bearer sk-secret" in lines
    assert b"OpenAI-Beta: assistants=v2" in lines
    assert b"Accept: text/event-stream" in lines
    assert b"Content-Type: application/json" in lines
    assert body == '{"stream":true,"text":"wörld"}'.encode()


async def test_reads_a_stream_to_its_clean_end() -> None:
    """Bytes as they come, then the end."""
    async with edge_to(Reply(event_stream(b"data: a\n\n"))) as (edge, _):
        assert await edge.call(ASK) == StreamStarted()
        assert await edge.read(ReadMore(5.0)) == Bytes(b"data: a\n\n")
        assert await edge.read(ReadMore(5.0)) == StreamEnded("clean")


@pytest.mark.parametrize("end", ["fin", "rst"])
async def test_tells_a_torn_stream(end: str) -> None:
    """A chunked body without its last chunk is torn, by FIN or by RST."""
    reply = Reply(event_stream(is_whole=False), "fin" if end == "fin" else "rst")
    async with edge_to(reply) as (edge, _):
        answer = await edge.call(ASK)
        if isinstance(answer, StreamStarted):  # the RST may overtake the head
            ended = await edge.read(ReadMore(5.0))
            assert isinstance(ended, StreamEnded)
            assert ended.how == "torn"
        else:
            assert isinstance(answer, Failed)
            assert answer.is_sent


async def test_an_idle_stream_times_out() -> None:
    """Silence is an answer, and the stream can be left."""
    reply = Reply(event_stream(is_whole=False), "hold")
    async with edge_to(reply) as (edge, _):
        await edge.call(ASK)
        assert await edge.read(ReadMore(0.02)) == TimedOut()


async def test_reading_no_stream_is_torn() -> None:
    """There is nothing to read before a stream has started."""
    async with edge_to() as (edge, _):
        answer = await edge.read(ReadMore(5.0))
    assert isinstance(answer, StreamEnded)
    assert answer.how == "torn"


FAILURES: dict[str, tuple[Reply, str]] = {
    "closed before a head": (Reply(end="fin"), "closed"),
    "closed inside the head": (Reply(b"HTTP/1.1 200 OK\r\nContent-", "fin"), "closed"),
    "closed inside the body": (Reply(response(b"{}")[:-1], "fin"), "reset"),
    "no HTTP": (Reply(b"SSH-2.0-OpenSSH\r\n\r\n", "fin"), "garbled"),
    "nothing in time": (Reply(end="hold"), "timeout"),
    "a body that stops": (Reply(response(b"{}")[:-1], "hold"), "timeout"),
}


@pytest.mark.parametrize(("reply", "kind"), FAILURES.values(), ids=FAILURES)
async def test_failures_of_what_was_sent(reply: Reply, kind: str) -> None:
    """Once a request has left, no failure proves that it had no effect."""
    timeout_s = 0.05 if kind == "timeout" else 5.0
    async with edge_to(reply) as (edge, _):
        answer = await edge.call(replace(LOOK, method="POST", timeout_s=timeout_s))
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.is_sent) == (kind, True)


async def test_a_reset_before_the_head_may_have_had_an_effect() -> None:
    """RST instead of an answer is ambiguous, whatever aiohttp calls it."""
    async with edge_to(Reply(end="rst")) as (edge, _):
        answer = await edge.call(ASK)
    assert isinstance(answer, Failed)
    assert answer.kind in {"closed", "reset"}
    assert answer.is_sent


async def test_a_refused_connection_surely_sent_nothing() -> None:
    """Nobody listens: the one failure that is definite."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    edge = Edge(f"http://127.0.0.1:{port}/v1", "key", LIMITS)
    answer = await edge.call(ASK)
    await edge.close()
    assert isinstance(answer, Failed)
    assert (answer.kind, answer.is_sent) == ("refused", False)


async def test_a_post_is_never_repeated_below_us() -> None:
    """A dead kept-alive connection fails a POST: whether to repeat is ours to say."""
    replies = (Reply(response(b"{}")), Reply(end="fin"), Reply(response(b"{}")))
    async with edge_to(*replies) as (edge, raw):
        await edge.call(LOOK)
        answer = await edge.call(ASK)
    assert isinstance(answer, Failed)
    assert len(raw.requests) == 2


async def test_does_not_follow_redirects() -> None:
    """A redirect is an answer; the key does not travel elsewhere."""
    reply = Reply(response(b"", "Location: /v1/y", status="307 Temporary Redirect"))
    async with edge_to(reply) as (edge, _):
        answer = await edge.call(ASK)
    assert isinstance(answer, Response)
    assert answer.status == 307


@pytest.mark.parametrize(
    "header", ["Content-Type: application/json", "Content-Type: text/html", "X: y"]
)
async def test_only_an_event_stream_is_a_stream(header: str) -> None:
    """A 200 of any other type is read whole."""
    async with edge_to(Reply(response(b"data: a\n\n", header))) as (edge, _):
        answer = await edge.call(ASK)
    assert isinstance(answer, Response)
    assert answer.body == b"data: a\n\n"


async def test_a_finished_stream_leaves_its_connection_alive(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What follows the event that ended our interest is read, then reused."""
    monkeypatch.setattr(edge_module, "_LINGER_S", 5.0)
    replies = (Reply(event_stream(b"a", b"b")), Reply(response(b"{}")))
    async with edge_to(*replies) as (edge, raw):
        await edge.call(ASK)
        await edge.call(LOOK)
    assert raw.connections == 1


async def test_a_stream_that_goes_on_is_closed() -> None:
    """A stream that does not end soon costs its connection, and not our time."""
    replies = (
        Reply(event_stream(b"a", is_whole=False), "hold"),
        Reply(response(b"{}")),
    )
    async with edge_to(*replies) as (edge, raw):
        await edge.call(ASK)
        assert isinstance(await edge.call(LOOK), Response)
        assert raw.connections == 2


async def test_leaves_no_connection_behind() -> None:
    """Closing ends a kept-alive connection and a held stream."""
    async with serving([Reply(event_stream(is_whole=False), "hold")]) as raw:
        edge = Edge(raw.base_url, "key", LIMITS)
        await edge.call(ASK)
        assert raw.open_connections == 1
        await edge.close()
        await until(lambda: raw.open_connections == 0)
