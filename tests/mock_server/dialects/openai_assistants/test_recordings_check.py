from collections.abc import Callable
from typing import Any

import pytest

from midstream.mock_server.core.errors import CassetteError
from midstream.mock_server.dialects.openai_assistants.recordings import check
from midstream.mock_server.dialects.openai_assistants.recordings.citations import (
    check_citations,
)
from midstream.mock_server.dialects.openai_assistants.recordings.events import (
    DisorderError,
)
from midstream.mock_server.library import load, loads, names
from midstream.mock_server.recordings.cassette import Exchange, IncoherentError
from midstream.mock_server.recordings.cassette_file import dumps
from tests.mock_server.helpers_cassettes import (
    Event,
    altered,
    cassette_of,
    events_of,
    find,
    stream_of,
)

DELTA = "thread.message.delta"
STEP = "thread.run.step"


def _drop(name: str, nth: int = 1) -> Callable[[list[Event]], None]:
    def alter(events: list[Event]) -> None:
        del events[find(events, name, nth)]

    return alter


def _move(name: str, by: int) -> Callable[[list[Event]], None]:
    def alter(events: list[Event]) -> None:
        index = find(events, name)
        events.insert(index + by, events.pop(index))

    return alter


def _repeat(name: str) -> Callable[[list[Event]], None]:
    def alter(events: list[Event]) -> None:
        events.insert(find(events, name), events[find(events, name)])

    return alter


def _set(name: str, **fields: Any) -> Callable[[list[Event]], None]:  # noqa: ANN401
    def alter(events: list[Event]) -> None:
        events[find(events, name)][1].update(fields)

    return alter


def _rename(name: str, new: str) -> Callable[[list[Event]], None]:
    def alter(events: list[Event]) -> None:
        index = find(events, name)
        events[index] = new, events[index][1]

    return alter


def _wait_in_a_message_step(events: list[Event]) -> None:
    _rename("thread.run.completed", "thread.run.requires_action")(events)
    _drop(f"{STEP}.completed")(events)


INCOHERENT: dict[str, tuple[str, Callable[[list[Event]], None], str]] = {
    "no done": ("short_answer", _drop("done"), "does not end with done"),
    "done twice": ("short_answer", _repeat("done"), "done"),
    "no end of the run": (
        "short_answer",
        _drop("thread.run.completed"),
        "event that ends the run",
    ),
    "an event after the run's end": (
        "short_answer",
        _move("thread.run.completed", -1),
        r"step step_\w+ is still open",
    ),
    "a run that ends twice": (
        "short_answer",
        _repeat("thread.run.completed"),
        "thread.run.completed",
    ),
    "a run created late": (
        "short_answer",
        _move("thread.run.created", 2),
        "thread.run.created .*head",
    ),
    "a lost delta": ("short_answer", _drop(DELTA, 3), r"character \d+: "),
    "a doubled delta": ("short_answer", _repeat(DELTA), r"character \d+: "),
    "swapped deltas": ("short_answer", _move(DELTA, 1), "character 0: "),
    "a foreign delta": (
        "short_answer",
        _set(DELTA, id="msg_other"),
        "message msg_other is not open",
    ),
    "a message that never ends": (
        "short_answer",
        _drop("thread.message.completed"),
        r"message msg_\w+ is still open",
    ),
    "a message nobody announced": (
        "short_answer",
        _set("thread.message.created", id="msg_other"),
        "no open step creates message msg_other",
    ),
    "a message created twice": (
        "short_answer",
        _repeat("thread.message.created"),
        r"message msg_\w+ is still open",
    ),
    "a message without its step": (
        "short_answer",
        _drop(f"{STEP}.created"),
        r"step step_\w+ is not open",
    ),
    "a step created twice": (
        "short_answer",
        _repeat(f"{STEP}.created"),
        r"step step_\w+ is still open",
    ),
    "a step that ends before its message": (
        "short_answer",
        _move(f"{STEP}.completed", -1),
        r"message msg_\w+ is still open",
    ),
    "another run": (
        "short_answer",
        _set("thread.run.completed", id="run_other"),
        r"run run_other, .*run_\w+$",
    ),
    "another thread": (
        "short_answer",
        _set("thread.message.completed", thread_id="thread_other"),
        r"thread thread_other, .*thread_\w+$",
    ),
    "a status nobody knows": (
        "short_answer",
        _set("thread.run.queued", status="resting"),
        "no run has status 'resting'",
    ),
    "an object of another kind": (
        "short_answer",
        _set("thread.run.queued", object="thread"),
        r"specification: .*`object`|\$\.object",
    ),
    "an event nobody knows": (
        "short_answer",
        _rename("thread.run.queued", "thread.run.sparkled"),
        "sparkled.*no event of this name",
    ),
    "a step of a message left open while the run waits": (
        "short_answer",
        _wait_in_a_message_step,
        r"step step_\w+ is still open",
    ),
    "a lost fragment of code": (
        "code_interpreter",
        _drop(f"{STEP}.delta", 3),
        r"character \d+: ",
    ),
    "a lost fragment of arguments": (
        "parallel_tools",
        _drop(f"{STEP}.delta", 3),
        r"call call_\w+: .* character \d+: ",
    ),
    "a call nobody announced": (
        "function_tool",
        _drop(f"{STEP}.delta"),
        r"no step has announced call call_\w+",
    ),
}


@pytest.mark.parametrize(
    ("name", "alter", "told"), INCOHERENT.values(), ids=INCOHERENT.keys()
)
def test_a_contradiction_is_refused(
    name: str, alter: Callable[[list[Event]], None], told: str
) -> None:
    """Each rule of the grammar, and the sum of deltas, is broken once."""
    with pytest.raises(IncoherentError, match=told):
        check(altered(name, alter))


def test_the_line_of_a_contradiction_is_told() -> None:
    """Line 1 is the header, 2 the exchange, and the first event's chunk is line 3."""
    broken = altered("short_answer", _repeat("done"))
    at = 2 + len(events_of("short_answer")) + 1
    with pytest.raises(CassetteError, match=rf"^f:{at}: event {at - 3} \(done\): "):
        loads(dumps(broken).encode(), name="f")


def test_fragments_are_summed_over_both_streams() -> None:
    """The step that completes in the second stream was written in the first."""

    def alter(events: list[Event]) -> None:
        call = events[0][1]["step_details"]["tool_calls"][0]
        call["function"]["arguments"] = "{}"

    with pytest.raises(IncoherentError, match=r"event 0 .*character \d+: ") as caught:
        check(altered("function_tool", alter, stream=1))
    assert caught.value.exchange == 1


def test_a_status_may_differ_from_the_events_name() -> None:
    """The real server sent thread.run.completed with status incomplete."""
    check(altered("short_answer", _set("thread.run.completed", status="incomplete")))


def test_a_stream_may_begin_with_its_thread() -> None:
    """POST /threads/runs tells of the thread first."""
    thread = events_of("short_answer")[0][1]["thread_id"]
    head = "thread.created", {"id": thread, "object": "thread"}
    check(altered("short_answer", lambda events: events.insert(0, head)))


def test_a_stream_may_end_with_an_error_event() -> None:
    """Any prefix, then error, then done or nothing."""
    error = "error", {"error": {"message": "gone"}}
    begun = events_of("short_answer")[:12]
    check(cassette_of(stream_of([*begun, error])))
    check(cassette_of(stream_of([*begun, error, ("done", None)])))
    with pytest.raises(IncoherentError, match="event of a run"):
        check(cassette_of(stream_of([error])))


def _body(content: bytes, kind: str) -> Exchange:
    headers = {"content-type": kind}
    stream = stream_of([("done", None)])
    chunk = type(stream.chunks[0])(0, content)
    return Exchange("GET", "/v1/threads/t", None, 200, headers, (chunk,))


def test_a_plain_answer_must_be_json() -> None:
    """Half an object is no answer."""
    check(cassette_of(_body(b'{"a": 1}', "application/json")))
    with pytest.raises(IncoherentError, match="JSON"):
        check(cassette_of(_body(b'{"a": ', "application/json")))


def test_a_stream_must_be_framed_as_recorded() -> None:
    """CRLF is a fault, and faults are not recorded."""
    with pytest.raises(IncoherentError, match="byte 0: "):
        check(cassette_of(_body(b"data: a\r\n\r\n", "text/event-stream")))


def test_other_dialects_are_not_judged() -> None:
    """A verbatim recording is replayed as it is, sense or not."""
    body = _body(b"data: a\r\n\r\n", "text/event-stream")
    cassette = cassette_of(body, dialect="verbatim")
    assert loads(dumps(cassette).encode(), name=cassette.name) == cassette


def test_a_citation_must_point_at_its_mark() -> None:
    """Off by one is found; what is right is counted."""
    assert check_citations(load("openai_assistants/file_citations")) == 2

    def alter(events: list[Event]) -> None:
        block = events[find(events, "thread.message.completed")][1]["content"][0]
        block["text"]["annotations"][1]["start_index"] -= 1

    with pytest.raises(DisorderError, match=r"【4:1.*points at"):
        check_citations(altered("file_citations", alter))


@pytest.mark.parametrize("name", names())
def test_every_shipped_cassette_is_coherent(name: str) -> None:
    """What we ship passes its own check."""
    check(load(name))
