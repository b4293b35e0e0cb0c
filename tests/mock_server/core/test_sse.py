import pytest
from hypothesis import given
from hypothesis import strategies as st

from midstream.mock_server.core.sse import FramingError, ends, frame, frames

LINE = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]))


def test_frame_is_the_recorded_framing() -> None:
    """An event line, a data line and a blank line, LF and one space each."""
    assert frame("done", "[DONE]") == b"event: done\ndata: [DONE]\n\n"


def test_frame_without_a_name_has_no_event_line() -> None:
    """Chat Completions sends data lines only."""
    assert frame(None, "{}") == b"data: {}\n\n"


@given(st.lists(st.tuples(st.none() | LINE.filter(bool), LINE)))
def test_frames_reads_back_what_frame_wrote(events: list[tuple[str, str]]) -> None:
    """Any sequence of events survives framing."""
    assert frames(b"".join(frame(name, data) for name, data in events)) == events


@pytest.mark.parametrize(
    ("name", "data"), [("a\nb", "x"), ("a", "x\ny"), ("a", "x\ry"), ("", "x")]
)
def test_frame_refuses_what_would_need_more_lines(name: str, data: str) -> None:
    """A line break or an empty name cannot be framed as recorded."""
    with pytest.raises(FramingError, match=r"one line each|empty"):
        frame(name, data)


NOT_RECORDED = {
    "an event that does not end": (b"event: a\ndata: b\n", 0),
    "a second event that does not end": (b"data: a\n\ndata: b", 9),
    "CRLF": (b"event: a\r\ndata: b\r\n\r\n", 0),
    "CR inside an event": (b"event: a\ndata: b\r\n\n", 0),
    "a comment": (b": ping\n\n", 0),
    "an id": (b"id: 1\nevent: a\ndata: b\n\n", 0),
    "no space after the colon": (b"event: a\ndata:b\n\n", 0),
    "no data line": (b"event: a\n\n", 0),
    "two data lines": (b"event: a\ndata: b\ndata: c\n\n", 0),
    "data before event": (b"data: b\nevent: a\n\n", 0),
    "an empty name": (b"event: \ndata: b\n\n", 0),
    "two blank lines": (b"data: a\n\n\n\n", 9),
    "bytes that are not UTF-8": (b"data: a\n\ndata: \xff\n\n", 15),
}


@pytest.mark.parametrize(
    ("body", "offset"), NOT_RECORDED.values(), ids=NOT_RECORDED.keys()
)
def test_frames_refuses_all_other_framing(body: bytes, offset: int) -> None:
    """Legal SSE that was never recorded is refused, with its place."""
    with pytest.raises(FramingError) as caught:
        frames(body)
    assert caught.value.offset == offset
    assert str(caught.value).startswith(f"byte {offset}: ")


def test_ends_are_the_offsets_behind_events() -> None:
    """The blank line belongs to its event."""
    assert ends(b"data: a\n\ndata: bc\n\n") == [9, 19]
