"""A declaration finds text, calls and ends; small streams made by hand."""

import json
from typing import Any

import pytest

from midstream.mock_server.recordings.declared.declaration import Declaration, loads
from midstream.mock_server.recordings.declared.reading import Reading, read

HEAD = '[request]\npath = "/v1/chat"\n'
CHAT = """
[[text]]
at = "choices[].delta.content"
id = "id"
[[reasoning]]
at = "choices[].delta.thought"
[[arguments]]
at = "choices[].delta.calls[].args"
id = "choices[].delta.calls[].id"
name = "choices[].delta.calls[].name"
[[end]]
when = { "choices[].finish" = ["stop", "calls"] }
[[incomplete]]
when = { "choices[].finish" = "length" }
[[error]]
when = { error = "*" }
"""


def declared(text: str = CHAT) -> Declaration:
    """Return the declaration of an API for chats."""
    return loads(HEAD + text, "t.toml")


def stream(*events: Any, tail: bytes = b"") -> bytes:  # noqa: ANN401 (JSON, or text)
    """Return an event stream; what is no text is JSON."""
    shown = (e if isinstance(e, str) else json.dumps(e) for e in events)
    return b"".join(f"data: {one}\n\n".encode() for one in shown) + tail


def choice(index: int = 0, finish: str | None = None, **delta: Any) -> dict[str, Any]:  # noqa: ANN401 (JSON)
    """Return an event with one choice."""
    return {
        "id": "m1",
        "choices": [{"index": index, "delta": delta, "finish": finish}],
    }


def told(*events: Any, text: str = CHAT, tail: bytes = b"") -> Reading:  # noqa: ANN401 (JSON, or text)
    """Return what the stream of *events* says."""
    return read(stream(*events, tail=tail), declared(text))


def test_text_is_told_in_pieces_by_message_and_part() -> None:
    """Empty pieces and null are none; thoughts are no text."""
    found = told(
        choice(content=""),
        choice(thought="hm"),
        choice(content="a"),
        choice(1, content="x"),
        choice(content="b"),
        choice(content=None, finish="stop"),
        choice(1, finish="stop"),
        "[DONE]",
    )
    assert found.texts == {("m1", 0): ("a", "b"), ("m1", 1): ("x",)}
    assert found.reasoning == {("m1", 0): ("hm",)}
    assert found.roles == (
        "other", "reasoning", "text", "text", "text", "terminal", "terminal", "last",
    )  # fmt: skip
    assert (found.ending, found.ended_at, found.oddities) == ("completed", 6, ())


ENDINGS: dict[str, tuple[list[Any], str | None]] = {
    "well": ([choice(finish="stop")], "completed"),
    "cut short": ([choice(finish="length")], "incomplete"),
    "one of two cut short": (
        [choice(finish="length"), choice(1, finish="stop")],
        "incomplete",
    ),
    "an error": ([{"error": {"code": 1}}], "failed"),
    "an error behind an end": ([choice(finish="stop"), {"error": "x"}], "failed"),
    "an error that is null": ([{"error": None}], None),
    "nothing": ([choice(content="a")], None),
    "another reason": ([choice(finish="else")], None),
}


@pytest.mark.parametrize(("events", "ending"), ENDINGS.values(), ids=ENDINGS.keys())
def test_the_worst_end_counts(events: list[Any], ending: str | None) -> None:
    """An error, then a cut, then a good end; none if nothing says so."""
    found = told(*events)
    assert found.ending == ending
    assert ("nothing says how it ends" in found.oddities) is (ending is None)


def test_calls_are_told_by_their_numbers() -> None:
    """Ids and names come first; pieces of arguments belong to the same numbers."""
    found = told(
        choice(calls=[{"index": 0, "id": "c0", "name": "f", "args": ""}]),
        choice(calls=[{"index": 0, "args": '{"a"'}]),
        choice(calls=[{"index": 1, "id": "c1", "name": "g", "args": "{}"}]),
        choice(calls=[{"index": 0, "args": ":1}"}]),
        choice(finish="calls"),
    )
    assert [(c.id, c.name, c.arguments) for c in found.calls] == [
        ("c0", "f", '{"a":1}'),
        ("c1", "g", "{}"),
    ]
    assert [(c.first, c.last) for c in found.calls] == [(0, 3), (2, 2)]
    assert found.roles[:2] == ("tool_call", "tool_arguments")


def test_another_id_at_the_same_place_is_another_call() -> None:
    """Some servers number all calls 0."""
    calls = [
        choice(calls=[{"index": 0, "id": f"c{n}", "name": "f", "args": "{}"}])
        for n in range(3)
    ]
    assert [call.id for call in told(*calls).calls] == ["c0", "c1", "c2"]


def test_arguments_that_are_an_object_are_whole() -> None:
    """Each is a call of its own, by its place in the list."""
    found = told(
        choice(calls=[{"name": "f", "args": {"a": 1}}, {"name": "g", "args": {}}]),
        choice(calls=[{"name": "h", "args": {"b": 2}}]),
    )
    assert [(call.name, call.arguments) for call in found.calls] == [
        ("f", '{"a":1}'),
        ("g", "{}"),
        ("h", '{"b":2}'),
    ]


ODD: dict[str, tuple[list[Any], bytes, str]] = {
    "twice": ([choice(finish="stop"), choice(finish="stop")], b"", "again in 1"),
    "an id that changes": (
        [choice(content="a"), {**choice(content="b"), "id": "m2"}],
        b"",
        "becomes m2 in event 1",
    ),
    "no JSON": (["{", choice(finish="stop")], b"", "event 0 is no JSON"),
    "text behind the end": (
        [choice(finish="stop"), choice(content="b")],
        b"",
        "event 1 has text behind the end",
    ),
    "an event cut off": ([choice(finish="stop")], b"data: {", "block 1 is no event"),
    "bare bytes": ([choice(finish="stop")], b'{"error": 1}\n', "block 1 is no event"),
    "arguments that are cut": (
        [choice(calls=[{"index": 0, "id": "c0", "args": '{"a'}])],
        b"",
        "arguments of c0 are no JSON",
    ),
}


@pytest.mark.parametrize(("events", "tail", "oddity"), ODD.values(), ids=ODD.keys())
def test_oddities_are_named(events: list[Any], tail: bytes, oddity: str) -> None:
    """And never refused."""
    assert any(oddity in one for one in told(*events, tail=tail).oddities)


def test_comments_and_fields_without_data_are_not_odd() -> None:
    """They are legal, and no events."""
    found = told(choice(finish="stop"), tail=b": ping\n\nretry: 5\n\n\n")
    assert found.oddities == ()


BLOCKS = """
[[text]]
when = { kind = "piece" }
unless = { "parts[].thought" = true }
at = "parts[].text"
part = "number"
[[reasoning]]
when = { "parts[].thought" = true }
at = "parts[].text"
[[end]]
when = { "$data" = "bye" }
[[end]]
when = { "$event" = "over" }
"""


def test_a_condition_is_asked_of_the_same_item() -> None:
    """Text and thoughts may stand side by side in one list."""
    event = {
        "kind": "piece",
        "number": 3,
        "parts": [{"thought": True, "text": "hm"}, {"text": "a"}],
    }
    found = told(event, {**event, "kind": "other"}, "bye", text=BLOCKS)
    assert found.texts == {("", 3): ("a",)}
    assert found.reasoning == {("", 0): ("hm", "hm")}
    assert found.ending == "completed"


def test_an_event_may_be_known_by_its_name() -> None:
    """Or by data that is no JSON."""
    body = stream({}) + b"event: over\ndata: {}\n\n"
    assert read(body, declared(BLOCKS)).ended_at == 1


CALLS = """
[[text]]
at = "text"
[[arguments]]
begin = { "block.type" = "tool" }
when = { type = "piece" }
at = "json"
id = "block.id"
name = "block.name"
part = "place"
[[end]]
when = { type = "end" }
"""


def test_only_what_begins_as_a_call_of_the_client_is_one() -> None:
    """A server may run tools of its own, and tell their arguments alike."""
    found = told(
        {"place": 0, "block": {"type": "server_tool", "id": "s1", "name": "web"}},
        {"place": 0, "type": "piece", "json": '{"q":1}'},
        {"place": 1, "block": {"type": "tool", "id": "c1", "name": "f"}},
        {"place": 1, "type": "piece", "json": '{"a":1}'},
        {"type": "end"},
        text=CALLS,
    )
    assert [(c.id, c.name, c.arguments) for c in found.calls] == [
        ("c1", "f", '{"a":1}')
    ]
    assert found.roles[1] == "other"
