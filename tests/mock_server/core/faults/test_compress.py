"""The fault that compresses a response."""

import zlib
from typing import Literal

import pytest

from midstream.mock_server.core.coding import Coding
from midstream.mock_server.core.errors import SettingsError
from midstream.mock_server.core.faults import fitted
from midstream.mock_server.core.faults.compress import Compress
from midstream.mock_server.core.faults.line_endings import LineEndings
from midstream.mock_server.core.faults.malformed_json import MalformedJson
from midstream.mock_server.core.shapes import WORDLESS
from midstream.mock_server.core.steps import Abort, Finish, Head, Send, Step
from tests.mock_server.core.faults.helpers_steps import (
    E0,
    E1,
    E2,
    E3,
    HEAD,
    STEPS,
    performed,
    sent,
    struck,
    waited,
)

PLAIN = sent(STEPS)
BITS: dict[Coding, int] = {"gzip": 31, "deflate": 15}


def sends(steps: list[Step]) -> list[Send]:
    """Return the sends among *steps*."""
    return [step for step in steps if isinstance(step, Send)]


@pytest.mark.parametrize("flush", ["event", "end"])
@pytest.mark.parametrize("coding", BITS)
def test_the_body_is_the_same_once_it_is_decompressed(
    coding: Coding, flush: Literal["event", "end"]
) -> None:
    """And the compressed stream has its end."""
    made = performed(Compress(coding=coding, flush=flush))
    decoder = zlib.decompressobj(BITS[coding])
    assert decoder.decompress(sent(made)) == PLAIN
    assert decoder.eof
    assert waited(made)[1:] == waited(list(STEPS))[1:]


def test_the_head_says_so_and_no_length() -> None:
    """Whatever the length was, it is another one now."""
    plain = Head(200, {"content-type": "a/b", "content-length": "9"}, {"x": 1.0})
    (head, *_) = struck(Compress(coding="deflate"), [plain, Send(b"123456789")])
    headers = {"content-type": "a/b", "content-encoding": "deflate"}
    assert head == Head(200, headers, {"x": 1.0})


def test_what_is_compressed_already_is_compressed_once_more() -> None:
    """The codings are listed in the order in which they were applied."""
    (head, *_) = struck(Compress(), [Head(200, {"content-encoding": "br"})])
    assert head == Head(200, {"content-encoding": "br, gzip"})


def test_each_event_can_be_read_as_it_comes() -> None:
    """Flushed, an event lies in the bytes up to its own last one, and is its own."""
    decoder, pieces = zlib.decompressobj(31), sends(struck(Compress()))
    for event, piece in zip((E0, E1, E2, E3), pieces, strict=False):
        assert decoder.decompress(piece.data) == event.data
        assert (piece.event, piece.name, piece.says_truth) == (event.event, "e", True)


def test_nothing_can_be_read_before_the_end() -> None:
    """Not flushed, only the format's own header goes out ahead."""
    *ahead, tail = sends(struck(Compress(flush="end")))
    decoder = zlib.decompressobj(31)
    assert decoder.decompress(b"".join(piece.data for piece in ahead)) == b""
    assert decoder.decompress(tail.data) == PLAIN
    assert (tail.event, tail.says_truth) == (3, True)
    assert not any(piece.says_truth for piece in ahead)


def test_a_cut_stream_lacks_its_end() -> None:
    """HTTP ends well; the compressed stream does not."""
    flushed, held = (
        struck(Compress(flush=flush, cut=True)) for flush in ("event", "end")
    )
    for made, got in ((flushed, PLAIN), (held, b"")):
        decoder = zlib.decompressobj(31)
        assert decoder.decompress(sent(made)) == got
        assert not decoder.eof
        assert made[-1] == Finish()
    assert Compress(cut=True).disruptive
    assert not Compress().disruptive


def test_a_response_that_breaks_off_has_no_end() -> None:
    """What was not flushed is lost with it."""
    made = struck(Compress(flush="end"), [HEAD, E0, Abort()])
    assert made[-1] == Abort()
    assert not zlib.decompressobj(31).decompress(sent(made))


def test_what_was_said_wrongly_is_not_said_rightly_by_compressing() -> None:
    """Other line ends say the same; spoilt data does not."""
    for fault, is_true in ((LineEndings(), True), (MalformedJson(), False)):
        made = struck(Compress(), struck(fault, [HEAD, E0, Finish()]))
        assert sends(made)[0].says_truth is is_true


def test_it_strikes_a_head() -> None:
    """At an event the head is gone, which says that the body is compressed."""
    with pytest.raises(SettingsError, match="compress changes the head"):
        fitted(Compress(), WORDLESS, is_at_head=False)
    assert fitted(Compress(), WORDLESS, is_at_head=True) == Compress()
