"""A declared dialect tells the truth of what it replays, and keeps no state."""

from pathlib import Path

import pytest

from midstream.mock_server.core.event_log import EventLog
from midstream.mock_server.core.journal import Asked, Entry, RunStatus, TextPlanned
from midstream.mock_server.core.replies import Follow, Reply, Request
from midstream.mock_server.core.settings import SessionSettings
from midstream.mock_server.dialects import Route, SessionContext
from midstream.mock_server.dialects.declared import Declared
from midstream.mock_server.recordings.cassette import (
    Cassette,
    Chunk,
    Exchange,
    IncoherentError,
)
from midstream.mock_server.recordings.declared.declaration import loads
from midstream.mock_server.serving import ids

API = loads(
    """
title = "Chat"
[request]
path = "/v1/chat"
[[text]]
at = "say"
id = "id"
[[arguments]]
at = "args"
id = "call"
[[end]]
when = { over = true }
""",
    "chat.toml",
)
STREAM = {"content-type": "text/event-stream"}


def stream(*events: str, path: str = "/v1/chat") -> Exchange:
    """Return a recorded stream of *events*, a chunk each."""
    chunks = tuple(Chunk(0.0, f"data: {event}\n\n".encode()) for event in events)
    return Exchange("POST", path, {}, 200, STREAM, chunks)


SAID = stream('{"id":"m1","say":"a"}', '{"say":"b"}', '{"over":true}')
JSON = Exchange("POST", "/v1/chat", {}, 200, {}, (Chunk(0.0, b"{}"),))
BUSY = Exchange("POST", "/v1/chat", {}, 503, {}, (Chunk(0.0, b"{}"),))


def cassette(*exchanges: Exchange) -> Cassette:
    """Return a cassette of the API."""
    return Cassette("t", "verbatim", "T", "made up", exchanges).declared(API, "c.toml")


def served(*exchanges: Exchange) -> tuple[Declared, list[Entry]]:
    """Return a session that answers from *exchanges*, and its journal."""
    journal: list[Entry] = []
    context = SessionContext(
        cassettes=(cassette(*exchanges),),
        settings=SessionSettings(),
        new_id=ids.source(0),
        journal=journal.append,
    )
    return Declared(context), journal


def ask(made: Declared) -> Reply:
    """Ask for an answer."""
    return made.respond(Request(number=1, method="POST", path="/chat"), 0)


def log_of(reply: Reply) -> EventLog:
    """Return the log of *reply*."""
    assert isinstance(reply, Follow)
    return reply.log


def test_a_stream_that_is_compressed_cannot_be_judged() -> None:
    """The message says so, and does not blame the declaration."""
    headers = {**STREAM, "content-encoding": "gzip"}
    body = (Chunk(0.0, b"\x1f\x8b\x08\x00"),)
    hidden = Exchange("POST", "/v1/chat", {}, 200, headers, body)
    with pytest.raises(IncoherentError, match="its stream is compressed"):
        Declared.check(cassette(hidden))
    Declared.check(cassette(hidden, SAID))
    assert not served(hidden, SAID)[0].tells_text


def test_the_text_is_told_when_it_is_planned() -> None:
    """Before a byte is sent; how it ends is told when that comes out."""
    made, journal = served(SAID)
    log = log_of(ask(made))
    run = log.run_id
    assert journal == [TextPlanned(run=run, message="m1", part=0, texts=("a", "b"))]
    log.publish(2)
    assert len(journal) == 1
    log.publish()
    assert journal[1:] == [RunStatus(run=run, thread="", status="completed")]


def test_a_call_is_told_before_its_last_piece() -> None:
    """So the client cannot know it before the journal does."""
    calls = stream('{"call":"c1","args":"{"}', '{"args":"}"}', '{"over":true}')
    made, journal = served(calls)
    log = log_of(ask(made))
    log.publish()
    assert not journal
    log.publish()
    assert journal == [Asked(run=log.run_id, call_id="c1", name="", arguments="{}")]


def test_a_message_that_is_said_again_is_another_one() -> None:
    """The recording repeats, the truth of each answer is its own."""
    made, journal = served(SAID)
    runs = [log_of(ask(made)).run_id for _ in range(3)]
    told = [entry for entry in journal if isinstance(entry, TextPlanned)]
    assert [entry.message for entry in told] == ["m1", "m1~2", "m1~3"]
    assert [entry.run for entry in told] == runs
    assert len(set(runs)) == 3


def test_a_message_without_an_id_is_called_by_its_generation() -> None:
    """Which nothing on the wire names."""
    made, journal = served(stream('{"say":"a"}', '{"over":true}'))
    log = log_of(ask(made))
    (told,) = journal
    assert isinstance(told, TextPlanned)
    assert told.message == log.run_id


@pytest.mark.parametrize(
    ("exchanges", "tells"),
    [((SAID,), True), ((BUSY, SAID), True), ((SAID, JSON), False)],
)
def test_an_answer_that_cannot_be_read_takes_the_truth_away(
    exchanges: tuple[Exchange, ...], *, tells: bool
) -> None:
    """A client may show what it said, so nobody can be convicted; an error is none."""
    made, _ = served(*exchanges)
    assert made.tells_text is tells
    assert not made.keeps_state


def test_a_declared_request_generates() -> None:
    """Any other one only reads."""
    made, _ = served(SAID, stream("{}", path="/v1/else"))
    assert made.route("POST", "/chat") == Route("generate", "generate")
    assert made.route("POST", "/else") == Route("post_else", "other")
    assert made.route("GET", "/chat") is None


def test_a_cassette_without_such_a_stream_is_refused() -> None:
    """The message says which request would be one."""
    with pytest.raises(IncoherentError, match=r"POST of /v1/chat.*Chat"):
        Declared.check(cassette(BUSY))
    Declared.check(cassette(SAID))


def test_the_example_of_the_page_can_be_typed_in() -> None:
    """And says what the page says of it."""
    page = (Path(__file__).parents[3] / "docs" / "dialects.md").read_text("utf-8")
    made = loads(page.partition("```toml\n")[2].partition("```")[0], "page.toml")
    assert made.title == "My chat API"
    assert made.request.matches("POST", "/v1/chat/completions")
