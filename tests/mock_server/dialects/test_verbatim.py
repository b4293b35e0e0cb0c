from midstream.mock_server.core.event_log import EventLog
from midstream.mock_server.core.journal import Entry, Rejected
from midstream.mock_server.core.replies import Answer, Follow, Reply, Request
from midstream.mock_server.core.segment import Entry as EventLogEntry
from midstream.mock_server.core.settings import SessionSettings
from midstream.mock_server.dialects import Route, SessionContext
from midstream.mock_server.dialects.verbatim import Verbatim
from midstream.mock_server.recordings.cassette import Cassette, Chunk, Exchange
from midstream.mock_server.serving import ids

STREAM = {"content-type": "text/event-stream"}
CHUNKS = (Chunk(0.5, b'data: {"a"'), Chunk(1.0, b":1}\n\nevent: end\ndata: x\n\n"))
EXCHANGES = (
    Exchange("POST", "/v1/chat", {}, 200, STREAM, CHUNKS),
    Exchange("POST", "/v1/chat", {}, 200, {}, (Chunk(0.1, b"second"),)),
    Exchange("GET", "/v1/chat/1?after=2", None, 200, {}, (Chunk(0.1, b"later"),)),
)


def replayed(
    planned: list[EventLog] | None = None, more: tuple[Exchange, ...] = ()
) -> tuple[Verbatim, list[Entry]]:
    """Return a tape of three exchanges, which tells *planned*, and its journal.

    *more* exchanges are those of a second cassette.
    """
    journal: list[Entry] = []
    recorded = [EXCHANGES, more] if more else [EXCHANGES]
    context = SessionContext(
        cassettes=tuple(
            Cassette("t", "verbatim", "T", "made up", each) for each in recorded
        ),
        settings=SessionSettings(speed=2.0),
        new_id=ids.source(0),
        journal=journal.append,
        planned=(planned if planned is not None else []).append,
    )
    return Verbatim(context), journal


def ask(made: Verbatim, method: str, path: str, **query: str) -> Reply:
    """Send a request to *made*."""
    pairs = {name: (value,) for name, value in query.items()}
    request = Request(number=1, method=method, path=path, query=pairs)
    return made.respond(request, 0)


def entries(reply: Reply) -> tuple[EventLogEntry, ...]:
    """Return what the log of *reply* holds."""
    assert isinstance(reply, Follow)
    return tuple(reply.log.segment.between(0, reply.log.size))


def test_requests_of_one_path_get_the_responses_in_order() -> None:
    """First come, first recorded."""
    made, _ = replayed()
    bodies = []
    for _ in range(2):
        reply = ask(made, "POST", "/chat")
        bodies.append(b"".join(entry.data for entry in entries(reply)))
    assert bodies == [CHUNKS[0].data + CHUNKS[1].data, b"second"]


def test_the_last_cassette_answers_all_further_turns() -> None:
    """With all its responses to a request, in their order, again and again."""
    more = (
        Exchange("POST", "/v1/chat", {}, 503, {}, (Chunk(0.0, b"busy"),)),
        Exchange("POST", "/v1/chat", {}, 200, {}, (Chunk(0.0, b"there"),)),
    )
    made, _ = replayed(more=more)
    replies = [ask(made, "POST", "/chat") for _ in range(8)]
    assert [r.status for r in replies] == [200, 200, 503, 200, 503, 200, 503, 200]
    later = [ask(made, "GET", "/chat/1", after="2").status for _ in range(3)]
    assert later == [200, 200, 200]


def test_a_stream_is_cut_into_its_events() -> None:
    """Entries end with events, carry their names, and are due when complete."""
    made = entries(ask(replayed()[0], "POST", "/chat"))
    assert [(e.offset_s, e.name) for e in made] == [(1.0, "message"), (1.0, "end")]
    assert [entry.ends_segment for entry in made] == [False, True]


def test_what_is_no_stream_is_one_entry_without_a_name() -> None:
    """It is due when the recorded server had sent it."""
    made, _ = replayed()
    ask(made, "POST", "/chat")
    (entry,) = entries(ask(made, "POST", "/chat"))
    assert (entry.data, entry.name, entry.offset_s) == (b"second", None, 0.1)


def test_each_response_is_a_log_of_its_own() -> None:
    """Which is to be played, and ends with the response."""
    planned: list[EventLog] = []
    made, _ = replayed(planned)
    replies = [ask(made, "POST", "/chat"), ask(made, "GET", "/chat/1", after="2")]
    assert [r.log for r in replies if isinstance(r, Follow)] == planned
    assert all(isinstance(r, Follow) and r.is_private for r in replies)


def test_the_query_belongs_to_what_is_asked() -> None:
    """Another query is another request."""
    made, _ = replayed()
    assert ask(made, "GET", "/chat/1", after="2").status == 200
    assert ask(made, "GET", "/chat/1", after="3").status == 404


def test_what_is_not_recorded_is_refused_with_what_is() -> None:
    """The 404 lists what the cassette holds, and the journal has it."""
    made, journal = replayed()
    reply = ask(made, "POST", "/else")
    assert isinstance(reply, Answer)
    assert b"recorded: GET /chat/1?after=2 (1), POST /chat (2)" in reply.body
    (rejected,) = journal
    assert isinstance(rejected, Rejected)


def test_posts_are_the_family_that_runs() -> None:
    """So that scenarios name a start of a run alike in every dialect."""
    made, _ = replayed()
    assert made.route("POST", "/chat") == Route("post_chat", "generate")
    assert made.route("GET", "/chat/1") == Route("get_chat_1", "read")
    assert made.route("DELETE", "/chat") is None
