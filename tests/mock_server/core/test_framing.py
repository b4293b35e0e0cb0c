"""Events are found in any legal framing, and the blocks are the body, byte by byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midstream.mock_server.core.framing import Framing, blocks, framing_of

STREAMS = {
    "one event": (b"data: a\n\n", ["message"]),
    "named": (b"event: x\ndata: a\n\ndata: b\n\n", ["x", "message"]),
    "the name behind the data": (b"data: a\nevent: x\n\n", ["x"]),
    "two names": (b"event: x\nevent: y\ndata: a\n\n", ["y"]),
    "an empty name": (b"event:\ndata: a\n\n", ["message"]),
    "CR LF": (b"event: x\r\ndata: a\r\n\r\ndata: b\r\n\r\n", ["x", "message"]),
    "CR": (b"data: a\r\rdata: b\r\r", ["message", "message"]),
    "mixed ends of lines": (b"data: a\r\n\ndata: b\n\r\n", ["message", "message"]),
    "no space": (b"event:x\ndata:a\n\n", ["x"]),
    "a colon in the data": (b"data: a: b\n\n", ["message"]),
    "several lines of data": (b"data: a\ndata: b\n\n", ["message"]),
    "data without a colon": (b"data\n\n", ["message"]),
    "id and retry": (b"id: 1\nretry: 5\ndata: a\n\n", ["message"]),
    "a comment alone": (b": ping\n\ndata: a\n\n", [None, "message"]),
    "a comment in an event": (b"data: a\n: ping\n\n", ["message"]),
    "no data": (b"event: x\nid: 1\n\ndata: a\n\n", [None, "message"]),
    "a name without data is forgotten": (b"event: x\n\ndata: a\n\n", [None, "message"]),
    "a stray blank line": (b"\ndata: a\n\n\n", [None, "message", None]),
    "cut off in a line": (b"data: a\n\ndata: {", ["message", None]),
    "cut off behind a line": (b"data: a\n\ndata: b\n", ["message", None]),
    "a byte order mark": (b"\xef\xbb\xbfdata: a\n\n", ["message"]),
    "a second one is a field": (b"\xef\xbb\xbf\n\xef\xbb\xbfdata: a\n\n", [None, None]),
    "no UTF-8": (b"event: \xff\ndata: \xfe\n\n", ["�"]),
    "nothing": (b"", []),
}
LINES = {
    "lines": (b'{"a":1}\n{"b":2}\n', ["message", "message"]),
    "CR LF": (b"{}\r\n{}\r\n", ["message", "message"]),
    "no last end": (b"{}\n{}", ["message", "message"]),
    "blank lines": (b"\n{}\n \r\n", [None, "message", None]),
    "no UTF-8": (b"\xff\xfe\n", ["message"]),
    "nothing": (b"", []),
}


@pytest.mark.parametrize(("body", "names"), STREAMS.values(), ids=STREAMS.keys())
def test_the_events_of_a_stream(body: bytes, names: list[str | None]) -> None:
    """As the HTML standard dispatches them; what it ignores has no name."""
    assert [block.name for block in blocks(body, "sse")] == names


@pytest.mark.parametrize(("body", "names"), LINES.values(), ids=LINES.keys())
def test_the_events_of_lines(body: bytes, names: list[str | None]) -> None:
    """Each line that is not blank is one."""
    assert [block.name for block in blocks(body, "ndjson")] == names


PART = st.sampled_from(
    [b"\r", b"\n", b"\r\n", b"data: ", b"event:", b":", b"\xff", b"x"]
)


@given(st.lists(PART).map(b"".join), st.sampled_from(["sse", "ndjson"]))
def test_the_blocks_are_the_body(body: bytes, framing: Framing) -> None:
    """Without a gap, in order, none of them empty."""
    found = blocks(body, framing)
    assert b"".join(body[one.start : one.stop] for one in found) == body
    assert all(one.start < one.stop for one in found)


@pytest.mark.parametrize(
    ("content_type", "framing"),
    [
        ("text/event-stream", "sse"),
        ("Text/Event-Stream; charset=utf-8", "sse"),
        ("application/x-ndjson", "ndjson"),
        ("application/jsonl;charset=utf-8", "ndjson"),
        ("application/json", None),
        ("", None),
    ],
)
def test_the_content_type_tells_the_framing(
    content_type: str, framing: Framing | None
) -> None:
    """Whatever stands behind it, in any case."""
    assert framing_of(content_type) == framing
