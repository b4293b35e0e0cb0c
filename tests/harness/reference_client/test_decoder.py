import random
import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from midstream.harness.reference_client import decoder as module
from midstream.harness.reference_client.decoder import Decoder, Event
from midstream.harness.reference_client.errors import EventTooLargeError
from tests.harness.reference_client.helpers_vectors import VECTORS
from tests.helpers import chunkings

SHORT_BYTES = 400


def decode(*chunks: bytes) -> list[Event]:
    """Return the events of one stream that comes as *chunks*."""
    decoder = Decoder()
    return [event for chunk in chunks for event in decoder.feed(chunk)]


def test_there_are_sixty_vectors() -> None:
    """The table is whole."""
    assert len(VECTORS) == 60


@pytest.mark.parametrize(("stream", "expected"), VECTORS.values(), ids=VECTORS)
def test_decodes_a_vector_whole(stream: bytes, expected: list[Event]) -> None:
    """A stream in one piece gives the events that the standard says."""
    assert decode(stream) == expected


@pytest.mark.parametrize(("stream", "expected"), VECTORS.values(), ids=VECTORS)
def test_decodes_a_vector_whatever_the_chunking(
    stream: bytes, expected: list[Event]
) -> None:
    """Bytes, pairs, and every cut in two give the same events as the whole."""
    if len(stream) < SHORT_BYTES:
        for name, chunks in chunkings(stream):
            assert decode(*chunks) == expected, name
        return
    draw = random.Random(0)
    for cut in [*range(1, 20), *draw.sample(range(20, len(stream)), 20)]:
        assert decode(stream[:cut], stream[cut:]) == expected, cut
    for size in (1, 2, 7):
        pieces = (stream[i : i + size] for i in range(0, len(stream), size))
        assert decode(*pieces) == expected, size


@pytest.mark.parametrize("end", ["\n\n", "\r\n\r", "\r\n\r\n", "\r\r"])
def test_an_event_is_out_with_the_byte_that_ends_it(end: str) -> None:
    """Nothing is held back: T1 (LF), T2 (CRLF) and T3 (CR)."""
    decoder = Decoder()
    *early, last = f"data: a{end}".encode()
    decoded = [decoder.feed(bytes([byte])) for byte in early]
    if end == "\r\n\r\n":  # the CR before it has ended the event already
        assert decoded[-1] == [Event("message", "a")]
        assert decoder.feed(bytes([last])) == []
    else:
        assert not any(decoded)
        assert decoder.feed(bytes([last])) == [Event("message", "a")]


@pytest.mark.parametrize(
    ("line", "retry_ms"),
    [
        ("retry: 3000", 3000),
        ("retry:0", 0),
        ("retry: 12x", None),
        ("retry: -1", None),
        ("retry: ٣", None),
        ("retry:", None),
        ("retry: " + "9" * 5000, None),
    ],
)
def test_retry_is_digits_or_nothing(line: str, retry_ms: int | None) -> None:
    """Only ASCII digits make a retry, and a number beyond all reason makes none."""
    decoder = Decoder()
    decoder.feed(f"{line}\n\n".encode())
    assert decoder.retry_ms == retry_ms


@pytest.mark.parametrize(
    "stream", [b"data: " + b"a" * 20, b": " + b"a" * 20, b"data: aaaaa\n" * 4]
)
def test_refuses_to_hoard(stream: bytes) -> None:
    """What does not end within the limit raises: a line, a comment, many lines."""
    decoder = Decoder(limit_chars=16)
    decoder.feed(stream[:12])
    with pytest.raises(EventTooLargeError, match="16 characters"):
        decoder.feed(stream[12:])


def test_the_limit_is_for_one_event() -> None:
    """Many short events and comments do not add up."""
    decoder = Decoder(limit_chars=16)
    stream = b"data: aaaa\n\n: bbbbbbbb\n" * 50
    assert sum(len(decoder.feed(bytes([byte]))) for byte in stream) == 50


@given(
    st.lists(st.sampled_from(list(b":\r\n adetv\xc3\xa9\xff\xef\xbb\xbf"))), st.data()
)
def test_chunking_never_matters(values: list[int], data: st.DataObject) -> None:
    """Any bytes at all give the same events whole and however cut."""
    stream = bytes(values)
    cuts = data.draw(st.lists(st.integers(0, len(stream))).map(sorted))
    chunks = [stream[a:b] for a, b in pairwise([0, *cuts, len(stream)])]
    assert decode(*chunks) == decode(stream)


NEVER = re.compile(r"(?!)")
PLAIN = b"event: x\ndata: y\n\n"
PARTS = [
    *(PLAIN, b"event: x\ndata: y\r\n\n", b"event: \ndata: y\n\n", b"data: y\n\n"),
    *(b"event: z\n", b"data: w\n", b"id: 7\n", b"retry: 5\n", b": c\n", b"\n", b"\r"),
]
STREAMS = st.lists(st.sampled_from(PARTS) | st.binary(max_size=3)).map(b"".join)
MANY = 1 << 22


def outcome(chunks: list[bytes], limit_chars: int) -> tuple[object, ...]:
    """Return all that comes of a stream: events by chunk, retry, a refusal."""
    decoder = Decoder(limit_chars)
    events: list[list[Event]] = []
    try:
        events.extend(decoder.feed(chunk) for chunk in chunks)
    except EventTooLargeError as error:
        return events, decoder.retry_ms, str(error)
    return events, decoder.retry_ms


@given(STREAMS, st.lists(st.integers(0, 99)), st.just(MANY) | st.integers(1, 99))
@example(b"event: z\n" + PLAIN + b"data: y\n\n", [], MANY)
@example(b"data: w\n" + PLAIN, [9], MANY)
@example(b"da" + PLAIN, [2], MANY)
@example(b"id: 7\n" + PLAIN, [], MANY)
@example(b"event: \ndata: y\n\n", [], MANY)
@example(b"event: x\rdata: w\ndata: y\n\n", [], MANY)
@example(b"event: x\ndata: y\r\n\n", [], MANY)
@example(b"data: a\r" + b"\n" + PLAIN, [8], MANY)
@example(b"\xef\xbb\xbf" + PLAIN + b"\xef\xbb\xbf" + PLAIN, [], MANY)
@example(b"\xe2" + PLAIN, [1], MANY)
@example(PLAIN, [], 1)
def test_a_block_read_at_once_is_what_its_lines_are(
    stream: bytes, cuts: list[int], limit_chars: int
) -> None:
    """The short cut for plain blocks gives what the rules give, however it is cut."""
    bounds = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    chunks = [stream[a:b] for a, b in pairwise(bounds)]
    at_once = outcome(chunks, limit_chars)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "_PLAIN", NEVER)
        assert outcome(chunks, limit_chars) == at_once


def test_plain_blocks_are_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is framed as providers do takes the short cut, also behind other lines."""
    decoder = Decoder()
    decoder.feed(b": hello\n\ndata: a\n\n")
    monkeypatch.setattr(module, "_LINE", NEVER)
    plain = b"event: x\ndata: a\n\n" * 3
    assert decoder.feed(plain) == [Event("x", "a")] * 3
