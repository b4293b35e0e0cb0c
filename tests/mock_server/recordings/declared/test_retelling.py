"""Recorded events that say other text, and all else as it was recorded."""

import json

import pytest

from midstream.mock_server.recordings.declared.declaration import Declaration, loads
from midstream.mock_server.recordings.declared.retelling import letters, text_place

API = """
[request]
path = "/v1/chat"
[[text]]
at = "choices[].delta.content"
id = "id"
[[reasoning]]
at = "choices[].delta.thought"
[[arguments]]
at = "calls[].arguments"
id = "calls[].id"
[[end]]
when = { "$data" = "[DONE]" }
"""
CHAT = loads(API, "chat.toml")
LINES = loads(API + '[stream]\nframing = "ndjson"', "lines.toml")
BARE = loads(API.replace("choices[].delta.content", "$data"), "bare.toml")


def says(text: str, **more: object) -> str:
    """Return the data of an event that says *text*."""
    said = {"id": "m_1", "choices": [{"index": 0, "delta": {"content": text}}]}
    return json.dumps(said | more, ensure_ascii=False, separators=(",", ":"))


FRAMES: dict[str, tuple[Declaration, str, list[str]]] = {
    "a line of data": (CHAT, "data: {0}\n\n", ["data: {0}\n\n"] * 2),
    "a name, an id, a comment, CR LF": (
        CHAT,
        ": x\r\nevent: a\r\ndata:{0}\r\nid: 7\r\n\r\n",
        [": x\r\nevent: a\r\ndata:{0}\r\nid: 7\r\n\r\n"] * 2,
    ),
    "CR alone": (
        CHAT,
        "event: a\rdata: {0}\r\r",
        ["event: a\rdata: {0}\r\r"] * 2,
    ),
    "a byte order mark": (
        CHAT,
        "\ufeffdata: {0}\n\n",
        ["\ufeffdata: {0}\n\n", "data: {0}\n\n"],
    ),
    "a line of JSON": (LINES, "{0}\n", ["{0}\n"] * 2),
    "a line of JSON, CR LF": (LINES, " {0} \r\n", [" {0} \r\n"] * 2),
}


@pytest.mark.parametrize(("api", "frame", "frames"), FRAMES.values(), ids=FRAMES)
def test_each_letter_is_framed_as_the_text_was(
    api: Declaration, frame: str, frames: list[str]
) -> None:
    """A byte order mark is one only at the very beginning."""
    raw = frame.replace("{0}", says("h🌍")).encode()
    made = [piece.decode() for piece in letters(raw, api)]
    assert made == [
        each.replace("{0}", says(letter))
        for each, letter in zip(frames, "h🌍", strict=True)
    ]


def test_data_in_several_lines_becomes_one() -> None:
    """The JSON is written anew, on one line."""
    raw = f"data: {says('ab')[:1]}\ndata: {says('ab')[1:]}\nid: 1\n\n".encode()
    expected = [f"data: {says(x)}\nid: 1\n\n".encode() for x in "ab"]
    assert list(letters(raw, CHAT)) == expected


def test_data_that_is_the_text_is_replaced() -> None:
    """Where the API's events hold no JSON."""
    made = letters(b"event: t\ndata: hi\n\n", BARE)
    assert made == [b"event: t\ndata: h\n\n", b"event: t\ndata: i\n\n"]


TWO = json.dumps({"choices": [{"delta": {"content": c}} for c in "ab"]})
WHOLE = {
    "a thought beside it": says("ab", choices=[{"delta": {"thought": "x"}}]),
    "two texts": TWO,
    "a tool call": says("ab", calls=[{"id": "c", "arguments": "{}"}]),
    "the header of a tool call": says("ab", calls=[{"id": "c"}]),
    "no text": "{}",
    "no JSON": "[DONE]",
}


@pytest.mark.parametrize("data", WHOLE.values(), ids=WHOLE)
def test_what_says_more_is_left_whole(data: str) -> None:
    """In pieces, the rest of it would be said several times."""
    raw = f"data: {data}\n\n".encode()
    assert letters(raw, CHAT) == [raw]
    assert text_place(raw, CHAT) is None


@pytest.mark.parametrize(
    "raw", [b": x\n\n", b"data: {\n\ndata: {\n\n", b"", b"data: a\ndata: b\n\n"]
)
def test_what_cannot_be_one_event_of_letters_is_left_whole(raw: bytes) -> None:
    """A comment, two events, nothing, and a line break that no JSON holds."""
    assert letters(raw, BARE) == [raw]


def test_a_copy_has_another_text_and_another_id() -> None:
    """Its id is replaced where it stands in the same event."""
    place = text_place(f"data: {says('ab')}\n\n".encode(), CHAT)
    assert place is not None
    assert place.text == "ab"
    made = place.saying("other", "m_2")
    expected = says("other").replace("m_1", "m_2")
    assert made == f"data: {expected}\n\n".encode()


def test_a_copy_without_an_id_gets_none() -> None:
    """Where the API has none in that event."""
    data = '{"choices":[{"delta":{"content":"a"}}]}'
    place = text_place(f"data: {data}\n\n".encode(), CHAT)
    assert place is not None
    expected = data.replace('"a"', '"b"')
    assert place.saying("b", "m_2") == f"data: {expected}\n\n".encode()
