"""A turn when all is well, and when its stream breaks."""

import pytest

from midstream.harness.record.ops import (
    Append,
    Attempt,
    ClientError,
    Final,
    FinalMessage,
    Settle,
)
from midstream.harness.reference_client.values import StreamEnded, TimedOut
from tests.harness.reference_client.helpers_wire import (
    BEGIN,
    DONE,
    MESSAGE,
    SHORT,
    TEXT,
    TOKENS,
    Piece,
    delta,
    frame,
    message,
    ok,
    pieces,
    run,
    status,
)
from tests.harness.reference_client.helpers_world import LIMITS, World, play

STREAM_ONLY = ["add_message", "create_run"]
READ_BACK = ["poll", "list_messages"]
TORN = StreamEnded("torn", "reset")


def test_an_unbroken_turn_needs_nothing_but_its_stream() -> None:
    """Four requests, text as it comes, one settlement, then the transcript."""
    played = play(World())
    assert [c.what for c in played.world.calls[:2]] == [
        "create_assistant",
        "create_thread",
    ]
    assert played.whats == STREAM_ONLY
    assert [op for op in played.ops if not isinstance(op, Attempt)] == [
        *(Append(message=MESSAGE, text=token) for token in TOKENS),
        Settle(turn=0, claim="complete", reason="completed"),
        Final(messages=(FinalMessage(message=MESSAGE, parts={0: TEXT}),)),
    ]


def test_says_what_it_attempts() -> None:
    """Each request is announced by its name."""
    played = play(World())
    attempts = [op.what for op in played.ops if isinstance(op, Attempt)]
    assert attempts == [c.what for c in played.world.calls]


def test_listeners_hear_every_event_up_to_the_end() -> None:
    """Events are passed on in order; what follows the end is not read."""
    heard = play(World()).heard
    assert heard[0] == "thread.run.created"
    assert heard[-1] == "thread.run.completed"
    assert len(heard) == len(SHORT) - 1


def test_settles_without_waiting_for_the_connection() -> None:
    """T6: with the terminal event the turn is over, though the stream is not."""
    world = World(streams=[pieces(SHORT[:-1], TimedOut())])
    played = play(world)
    assert played.claims == ["complete"]
    assert world.now_s == 0.0
    assert world.reading == [TimedOut()]


ALIVE: dict[str, list[bytes]] = {
    "T4, a comment": [p for event in SHORT for p in (b": ping\n\n", event)],
    "T5, part of a line": [p for e in SHORT for p in (e[:9], e[9:])],
}


@pytest.mark.parametrize("alive", ALIVE.values(), ids=ALIVE)
def test_any_byte_is_a_sign_of_life(alive: list[bytes]) -> None:
    """Whatever comes starts the whole idle time anew, and is no reason to poll."""
    world = World(streams=[pieces(alive)])
    assert play(world).whats == STREAM_ONLY
    assert world.idle_s == {LIMITS.idle_s}


BROKEN: dict[str, list[Piece]] = {
    "torn before the first byte": [TORN],
    "ended before the first byte (an empty body)": [],
    "torn before the run is known": pieces([b"event: thread.run"], TORN),
    "torn behind the run": pieces(SHORT[:1], TORN),
    "torn behind a delta": pieces(SHORT[:4], TORN),
    "torn inside an event": pieces([*SHORT[:4], SHORT[4][:40]], TORN),
    "ended cleanly in the middle": pieces(SHORT[:4]),
    "ended inside an event": pieces([*SHORT[:4], SHORT[4][:-1]]),
    "ended before the run did (RUN-07)": pieces(SHORT[:-2]),
    "silent in the middle (TRN-07)": pieces(SHORT[:4], TimedOut()),
    "silent from the start": [TimedOut()],
    "[DONE] without an end (SEM-02)": pieces([*SHORT[:4], DONE]),
    "a wrapped error": pieces([*SHORT[:4], frame("error", {"error": {"code": "x"}})]),
    "a flat error": pieces([*SHORT[:4], frame("error", {"message": "x"})]),
    "a bare error": pieces([*SHORT[:4], b'data: {"error":{"message":"x"}}\n\n']),
    "an error that holds the line": pieces(
        [*SHORT[:4], frame("error", {"message": "x"})], TimedOut()
    ),
    "a page of HTML": pieces([b"<h1>502</h1>\n\n<p>data: gone</p>\n\n"]),
}


@pytest.mark.parametrize("stream", BROKEN.values(), ids=BROKEN)
def test_reads_back_what_a_broken_stream_owes(stream: list[Piece]) -> None:
    """Whatever becomes of the stream, reading completes the text, and once."""
    played = play(World(streams=[stream]))
    assert played.claims == ["complete"]
    assert "".join(played.appended()) == TEXT
    assert not played.replaced()
    assert played.whats[-2:] in (READ_BACK, ["list_runs", "list_messages"])
    assert played.world.commits["create_run"] == 1
    assert any(isinstance(op, ClientError) for op in played.ops)


def test_leaves_a_stream_that_reports_an_error() -> None:
    """Nothing is read from a stream behind its error event."""
    stream = pieces([*SHORT[:4], frame("error", {"message": "x"})], TimedOut())
    world = World(streams=[stream])
    play(world)
    assert world.now_s == 0.0


def test_leaves_a_stream_that_never_ends_an_event() -> None:
    """An endless event is given up at the limit, not hoarded."""
    endless = b"data: " + b"x" * 300
    world = World(streams=[pieces([*SHORT[:4], endless], TimedOut())])
    played = play(world, event_chars=256)
    assert played.text == TEXT
    assert world.reading == [TimedOut()]


def test_polls_until_the_run_has_ended() -> None:
    """RUN-08: a run in progress is looked at again, an interval apart."""
    runs = [run("in_progress"), run("in_progress"), run("completed")]
    world = World(streams=[pieces(SHORT[:4], TORN)], runs=runs)
    played = play(world)
    assert played.whats == [*STREAM_ONLY, "poll", "poll", "poll", "list_messages"]
    assert world.now_s == 1.0


def test_polls_at_the_pace_the_server_sets() -> None:
    """openai-poll-after-ms goes before the client's own interval."""
    slow = ok(run("in_progress"), **{"openai-poll-after-ms": "1500"})
    world = World(streams=[[]], react={"poll": [slow]})
    world.runs = [run("in_progress"), run("completed")]
    play(world)
    assert world.now_s == 1.5


def test_reads_every_page() -> None:
    """A list goes on behind its last message until it says that there is no more."""
    first = {"data": [message(TEXT)], "has_more": True}
    second = {"data": [message("more", "msg_2")]}
    pages = {"list_messages": [ok(first), ok(second), ok({"data": []})]}
    played = play(World(streams=[pieces(SHORT[:3])], react=pages))
    assert played.shown == {(MESSAGE, 0): TEXT, ("msg_2", 0): "more"}
    assert ["after=" in c.path for c in played.world.calls[-3:]] == [False, True, True]


def test_reads_again_when_the_list_lags() -> None:
    """RUN-08: a completed run without messages is not believed at once."""
    played = play(World(streams=[pieces(SHORT[:4])], lags=2))
    assert played.text == TEXT
    assert played.claims == ["complete"]
    assert played.whats.count("list_messages") == 3


def test_does_not_claim_what_is_never_listed() -> None:
    """A streamed message that no list confirms is not called complete."""
    played = play(World(streams=[pieces(SHORT[:4])], lags=99))
    assert played.claims == ["failed"]
    assert "lacks" in played.notices


def test_an_answer_may_be_empty() -> None:
    """SEM-19: a run may complete without a message; the list is asked, boundedly."""
    stream = [BEGIN[0], frame("thread.run.completed", run("completed"))]
    played = play(World(streams=[pieces(stream)], truth=[]))
    assert played.claims == ["complete"]
    assert played.ops[-1] == Final(messages=())


def test_ignores_messages_of_other_runs_in_the_list() -> None:
    """A server that ignores the filter does not mix answers up."""
    other = message("x", "msg_9", run_id="run_9")
    user = message("y", "msg_0", role="user")
    played = play(World(streams=[[]], truth=[user, other, message(TEXT)]))
    assert played.shown == {(MESSAGE, 0): TEXT}


REPAIRED: dict[str, list[bytes]] = {
    "a repeated delta (SEM-09)": [*SHORT[:4], SHORT[3], *SHORT[4:]],
    "swapped deltas (SEM-10)": [*SHORT[:2], SHORT[3], SHORT[2], *SHORT[4:]],
    "a lost delta": [*SHORT[:3], *SHORT[4:]],
}


@pytest.mark.parametrize("stream", REPAIRED.values(), ids=REPAIRED)
def test_replaces_openly_what_it_showed_wrong(stream: list[bytes]) -> None:
    """Deltas carry no number; the completed message repairs them by a replacement."""
    played = play(World(streams=[pieces(stream)]))
    assert played.replaced() == [TEXT]
    assert played.text == TEXT
    assert played.claims == ["complete"]


def test_a_cut_behind_wrong_deltas_is_repaired_from_the_list() -> None:
    """What is shown and no prefix of the truth is replaced, not continued."""
    played = play(World(streams=[pieces([*SHORT[:4], SHORT[3]], TORN)]))
    assert played.replaced() == [TEXT]
    assert played.text == TEXT


@pytest.mark.parametrize("event", [b"data: {]\n\n", delta("x", "msg_9")])
def test_confirms_what_it_doubts(event: bytes) -> None:
    """An unreadable event, or one of nobody's, costs a list and nothing else."""
    played = play(World(streams=[pieces([*SHORT[:3], event, *SHORT[3:]])]))
    assert played.whats == [*STREAM_ONLY, "list_messages"]
    assert played.text == TEXT
    assert not played.replaced()


def test_without_streaming_it_polls_and_shows_the_end() -> None:
    """{"stream": False} creates, looks, and lists."""
    played = play(World(runs=[run("queued"), run("completed")]), stream=False)
    assert played.whats == [*STREAM_ONLY, "poll", "list_messages"]
    assert played.appended() == [TEXT]
    assert played.world.calls[3].body == {
        "assistant_id": "x",
        "stream": False,
        "metadata": {"client_key": played.world.keys["create_run"]},
    }


def test_a_server_that_ignores_stream_is_polled() -> None:
    """A run in place of a stream is good enough."""
    queued = ok(run("queued"))
    played = play(World(react={"create_run": [queued]}))
    assert played.whats == [*STREAM_ONLY, *READ_BACK]
    assert played.text == TEXT


def test_a_second_turn_follows_on_the_same_thread() -> None:
    """Turns have keys of their own, and the transcript keeps both answers."""
    second = [e.replace(b"_1", b"_2").replace(b"thread_2", b"thread_1") for e in SHORT]
    world = World(streams=[pieces(SHORT), pieces(second)])
    played = play(world, turns=("one", "two"))
    assert played.claims == ["complete", "complete"]
    assert [m.message for m in _messages(played.ops[-1])] == [MESSAGE, "msg_2"]
    keys = [c.body["metadata"]["client_key"] for c in world.calls[2:] if c.body]
    assert len(set(keys)) == 4


def _messages(op: object) -> tuple[FinalMessage, ...]:
    """Return the messages of a final operation."""
    assert isinstance(op, Final)
    return op.messages


def test_a_wrong_content_type_is_not_trusted() -> None:
    """A 200 that is neither stream nor run proves nothing; the run is looked up."""
    page = status(200)
    played = play(World(react={"create_run": [page]}))
    assert played.whats[:4] == [*STREAM_ONLY, "list_runs", "create_run"]
    assert played.text == TEXT
