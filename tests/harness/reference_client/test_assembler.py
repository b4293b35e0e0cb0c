import pytest

from midstream.harness.reference_client import assembler
from midstream.harness.reference_client.assembler import Assembler
from midstream.harness.reference_client.decoder import Decoder
from midstream.harness.reference_client.transcript import Transcript
from tests.harness.reference_client.helpers_wire import (
    BEGIN,
    DONE,
    MESSAGE,
    SHORT,
    THREAD,
    action,
    call,
    delta,
    frame,
    message,
    run,
)

RUNNING = BEGIN[0]
CREATED = BEGIN[1]
TORN_DELTA = b"event: thread.message.delta\ndata: {\n\n"


def assemble(*events: bytes) -> tuple[Assembler, dict[str, dict[int, str]]]:
    """Take *events*; return the assembler and the texts shown by message."""
    transcript = Transcript()
    seen = Assembler(thread_id=THREAD, client_key="key", transcript=transcript)
    for event in Decoder().feed(b"".join(events)):
        seen.take(event)
    return seen, {m.message: m.parts for m in transcript.final().messages}


def completed(text: str, **more: str) -> bytes:
    """Return the event that ends a message."""
    return frame("thread.message.completed", message(text, **more))


OVER = frame("thread.run.completed", run("completed"))

SHOWN: dict[str, tuple[list[bytes], dict[str, dict[int, str]]]] = {
    "deltas add up": ([*BEGIN, delta("a"), delta("b")], {MESSAGE: {0: "ab"}}),
    "parts are kept apart (SEM-18)": (
        [*BEGIN, delta("a"), delta("x", index=1), delta("b")],
        {MESSAGE: {0: "ab", 1: "x"}},
    ),
    "messages are kept apart (SEM-18)": (
        [
            *BEGIN,
            delta("a"),
            frame("thread.message.created", message(None, "msg_2")),
            delta("x", "msg_2"),
            delta("b"),
        ],
        {MESSAGE: {0: "ab"}, "msg_2": {0: "x"}},
    ),
    "a delta before created waits for it (SEM-13)": (
        [RUNNING, delta("a"), CREATED, delta("b")],
        {MESSAGE: {0: "ab"}},
    ),
    "a delta of nobody's message is not shown (SEM-12)": (
        [*BEGIN, delta("x", "msg_foreign"), delta("a")],
        {MESSAGE: {0: "a"}},
    ),
    "another run's message is not shown (SEM-12)": (
        [*BEGIN, completed("x", name="msg_2", run_id="run_2"), delta("a")],
        {MESSAGE: {0: "a"}},
    ),
    "another thread's message is not shown (SEM-12)": (
        [*BEGIN, completed("x", name="msg_2", thread_id="thread_2")],
        {MESSAGE: {}},
    ),
    "a delta after completed is ignored (SEM-14)": (
        [*BEGIN, delta("a"), completed("a"), delta("b")],
        {MESSAGE: {0: "a"}},
    ),
    "the completed message wins (SEM-15)": (
        [*BEGIN, delta("a"), delta("a"), completed("ab")],
        {MESSAGE: {0: "ab"}},
    ),
    "an incomplete message counts as well": (
        [*BEGIN, frame("thread.message.incomplete", message("a"))],
        {MESSAGE: {0: "a"}},
    ),
    "an empty answer is an answer (SEM-19)": (
        [*BEGIN, frame("thread.message.completed", message(None))],
        {MESSAGE: {}},
    ),
    "nothing counts after the end (SEM-17)": (
        [*BEGIN, OVER, delta("a"), completed("a")],
        {MESSAGE: {}},
    ),
    "an image shows no text": (
        [*BEGIN, frame("thread.message.delta", {"id": MESSAGE, "delta": {"content": [
            {"index": 0, "type": "image_file", "image_file": {"file_id": "f"}}]}}),
         delta("a", index=1)],
        {MESSAGE: {1: "a"}},
    ),
    "a refusal is shown": (
        [*BEGIN, frame("thread.message.delta", {"id": MESSAGE, "delta": {"content": [
            {"index": 0, "type": "refusal", "refusal": "no"}]}})],
        {MESSAGE: {0: "no"}},
    ),
    "of a delta with a block that has no index nothing is shown": (
        [*BEGIN, frame("thread.message.delta", {"id": MESSAGE, "delta": {"content": [
            {"index": 0, "type": "text", "text": {"value": "a"}},
            {"type": "text", "text": {"value": "b"}}]}})],
        {MESSAGE: {}},
    ),
    "after a torn delta nothing is appended, lest there be a gap": (
        [*BEGIN, delta("a"), TORN_DELTA, delta("c")],
        {MESSAGE: {0: "a"}},
    ),
    "and the completed message closes the gap": (
        [*BEGIN, TORN_DELTA, delta("c"), completed("bc")],
        {MESSAGE: {0: "bc"}},
    ),
    "a message created after a torn event is shown as it comes": (
        [
            *BEGIN,
            b"data: {\n\n",
            frame("thread.message.created", message(None, "msg_2")),
            delta("x", "msg_2"),
        ],
        {MESSAGE: {}, "msg_2": {0: "x"}},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("events", "shown"), SHOWN.values(), ids=SHOWN)
def test_shows(events: list[bytes], shown: dict[str, dict[int, str]]) -> None:
    """What the user sees is what surely belongs to the answer."""
    assert assemble(*events)[1] == shown


DOUBTS: dict[str, tuple[list[bytes], bool]] = {
    "the whole stream": (SHORT, False),
    "an unknown event": ([frame("thread.run.sparkled.x", {}), *SHORT], False),
    "an event of another kind altogether": ([frame("ping", "hello"), *SHORT], False),
    "an unnamed keep-alive": ([b"data: {}\n\n", *SHORT], False),
    "no event at all": ([], True),
    "a run without a message": ([RUNNING, OVER], True),
    "an open message": ([*BEGIN, delta("a"), OVER], True),
    "malformed JSON": ([*SHORT[:3], b"data: {]\n\n", *SHORT[3:]], True),
    "an event that lost its name": (
        [*SHORT[:3], b'data: {"object":"thread.run.step.delta"}\n\n', *SHORT[3:]],
        True,
    ),
    "a run of the wrong shape": (
        [frame("thread.run.queued", {"id": 1}), *SHORT],
        True,
    ),
    "a message of the wrong shape": (
        [*BEGIN, frame("thread.message.completed", []), *SHORT[1:]],
        True,
    ),
    "a delta without an index": (
        [*BEGIN, frame("thread.message.delta", {"id": MESSAGE, "delta": {"content": [
            {"type": "text", "text": {"value": "a"}}]}}), *SHORT[2:]],
        True,
    ),
    "a delta whose message never comes": ([delta("x", "msg_2"), *SHORT], True),
    "a message before its run is known": ([CREATED, *SHORT], True),
    "a message that a step has promised": (
        [*BEGIN, frame("thread.run.step.created", {
            "id": "step_1", "run_id": "run_1", "thread_id": THREAD, "step_details": {
                "type": "message_creation",
                "message_creation": {"message_id": "msg_2"}}}), *SHORT[1:]],
        True,
    ),
}  # fmt: skip


def test_waits_for_a_message_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """More deltas than may wait for their message are a gap, to be read later."""
    monkeypatch.setattr(assembler, "_EARLY_MAX", 2)
    early = [delta(text) for text in "abc"]
    assert assemble(RUNNING, *early[:2], CREATED)[1] == {MESSAGE: {0: "ab"}}
    seen, shown = assemble(RUNNING, *early, CREATED)
    assert shown == {MESSAGE: {}}
    assert seen.is_doubtful


@pytest.mark.parametrize(("events", "doubt"), DOUBTS.values(), ids=DOUBTS)
def test_doubts(events: list[bytes], doubt: bool) -> None:
    """Reading is needed whenever an event may be missing, and only then."""
    assert assemble(*events)[0].needs_reading is doubt


ERRORS: dict[str, tuple[bytes, str | None]] = {
    "wrapped": (frame("error", {"error": {"message": "m", "code": "c"}}), "m"),
    "flat": (frame("error", {"message": "m", "code": "c", "type": "t"}), "m"),
    "a text": (frame("error", {"error": "m"}), "m"),
    "only a code": (frame("error", {"error": {"code": 500}}), "500"),
    "not JSON": (frame("error", "oops"), "an error without a message"),
    "wrapped, without a name (SEM-05)": (b'data: {"error":{"message":"m"}}\n\n', "m"),
    "flat, without a name": (b'data: {"message":"m","code":"c"}\n\n', "m"),
    "wrapped, under another name": (frame("x", {"error": {"message": "m"}}), "m"),
    "no error, by another name": (frame("x", {"message": "m"}), None),
    "no error at all": (RUNNING, None),
}


@pytest.mark.parametrize(("event", "error"), ERRORS.values(), ids=ERRORS)
def test_errors(event: bytes, error: str | None) -> None:
    """SEM-03 to 05: an error is one however it is wrapped, and raises doubt."""
    seen, _ = assemble(event)
    assert seen.error == error
    assert seen.is_doubtful is (error is not None)


def test_trusts_the_status_and_not_the_name() -> None:
    """A "completed" event with an incomplete run is an incomplete run."""
    seen, _ = assemble(RUNNING, frame("thread.run.completed", run("incomplete")))
    assert seen.run
    assert seen.run.status == "incomplete"


@pytest.mark.parametrize(
    "stranger",
    [
        run("completed", thread_id="thread_2"),
        run("completed", metadata={"client_key": "other"}),
        {**run("completed"), "id": "run_2", "thread_id": "thread_2"},
    ],
    ids=["another thread", "another key", "another run"],
)
def test_ignores_the_runs_of_others(stranger: dict[str, object]) -> None:
    """SEM-12: a run that is not ours neither begins nor ends our turn."""
    seen, _ = assemble(frame("thread.run.completed", stranger))
    assert seen.run is None


def test_a_run_is_known_by_its_id_from_then_on() -> None:
    """A second run on our own thread does not end ours."""
    other = {**run("completed"), "id": "run_2"}
    seen, _ = assemble(RUNNING, frame("thread.run.completed", other))
    assert not seen.is_over


def test_the_first_end_stands() -> None:
    """SEM-17: of two terminal events the first counts, streamed or read."""
    seen, _ = assemble(RUNNING, OVER, frame("thread.run.failed", run("failed")), DONE)
    assert seen.run
    seen.adopt(seen.run.__class__(id="run_1", thread_id=THREAD, status="failed"))
    assert seen.run.status == "completed"


def test_delivered_calls_are_not_open_again() -> None:
    """TOL-08: a run that asks for what it has had is stale news."""
    waiting = frame("thread.run.requires_action", action(call("a"), call("b")))
    seen, _ = assemble(RUNNING, waiting)
    assert [c.id for c in seen.open_calls] == ["a", "b"]
    seen.deliver(("a", "b"))
    assert not seen.is_at_rest


def test_drafts_are_only_looked_at() -> None:
    """TOL-04: streamed fragments of a call make a draft, and no open call."""
    fragments: list[dict[str, object]] = [
        {"index": 0, "id": "call_1", "function": {"name": "f", "arguments": ""}},
        {"index": 0, "function": {"arguments": '{"a":'}},
    ]
    steps = [
        frame("thread.run.step.delta", {"id": "step_1", "delta": {"step_details": {
            "type": "tool_calls", "tool_calls": [fragment]}}})
        for fragment in fragments
    ]  # fmt: skip
    seen, _ = assemble(RUNNING, *steps)
    draft = seen.drafts["step_1", 0]
    assert (draft.id, draft.name, draft.arguments) == ("call_1", "f", '{"a":')
    assert not seen.open_calls
