"""Recordings whose header says that their bodies are compressed."""

import gzip
import json
import zlib
from base64 import b64encode

import pytest

from midstream.mock_server import library
from midstream.mock_server.core.errors import CassetteError
from midstream.mock_server.recordings import cassette_file
from midstream.mock_server.recordings.cassette import Cassette, Exchange
from midstream.mock_server.recordings.redaction import refuse_secrets
from midstream.mock_server.recordings.summary import summary

TEXT = b'data: {"a": 1}\n\ndata: [DONE]\n\n'
SECRET = b'data: {"key": "sk-abcdefghijklmnopqrstuvwx"}\n\n'


def made(coding: str, *bodies: bytes) -> Cassette:
    """Return a verbatim recording of *bodies*, chunks of one response."""
    lines: list[object] = [
        {"kind": "cassette", "format": 1, "dialect": "verbatim", "title": "t"}
        | {"provenance": "made up"},
        {"kind": "exchange", "method": "POST", "path": "/v1/a", "request": None}
        | {"status": 200}
        | {
            "headers": {"content-type": "text/event-stream", "content-encoding": coding}
        },
        *({"kind": "chunk", "t": 0.0, **_said(body)} for body in bodies),
    ]
    data = "".join(json.dumps(line) + "\n" for line in lines)
    return library.loads(data.encode(), "c", "c.jsonl")


def _said(body: bytes) -> dict[str, str]:
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"b64": b64encode(body).decode()}


def only(cassette: Cassette) -> Exchange:
    """Return its one exchange."""
    (exchange,) = cassette.exchanges
    return exchange


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(TEXT, mtime=0)),
        ("X-GZIP", gzip.compress(TEXT, mtime=0)),
        ("deflate", zlib.compress(TEXT)),
        ("br", b"\x0b\x02\x80abc\x03"),
        ("zstd", b"\x28\xb5\x2f\xfd"),
        ("gzip, br", b"\x0b\x02\x80abc\x03"),
    ],
    ids=["gzip", "x-gzip", "deflate", "br", "zstd", "two"],
)
def test_what_is_compressed_is_one_block_without_events(
    coding: str, body: bytes
) -> None:
    """It is replayed as it is; `cassette check` says why it has no events."""
    cassette = made(coding, body[:3], body[3:])
    exchange = only(cassette)
    assert exchange.is_compressed
    assert (exchange.framing, exchange.sent_as) == (None, None)
    assert [block.name for block in exchange.blocks()] == [None]
    said = coding.lower().removeprefix("x-")
    assert f"compressed ({said}), so its events" in "\n".join(summary(cassette))


@pytest.mark.parametrize("coding", ["gzip", "deflate", "x-gzip"])
def test_what_is_text_is_compressed_when_it_is_sent(coding: str) -> None:
    """Its events are known, and it is written back as it was."""
    cassette = made(coding, TEXT)
    exchange = only(cassette)
    assert not exchange.is_compressed
    assert exchange.sent_as == coding.removeprefix("x-")
    assert len(exchange.blocks()) == 2
    assert "2 events in 1 chunk, sent compressed" in "\n".join(summary(cassette))
    assert library.loads(cassette_file.dumps(cassette).encode(), "c") == cassette


def test_identity_is_no_coding() -> None:
    """It says that nothing is compressed."""
    assert only(made("identity", TEXT)).coding is None


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, br"])
def test_text_that_nothing_can_compress_is_refused(coding: str) -> None:
    """With the line, and what would be right."""
    problem = f"c.jsonl:2: the body is text, .*'{coding}'.*take the header out"
    with pytest.raises(CassetteError, match=problem):
        made(coding, TEXT)


def test_a_secret_is_found_inside() -> None:
    """Compression hides nothing; what cannot be looked into is not written."""
    hidden = made("gzip", gzip.compress(SECRET))
    with pytest.raises(CassetteError, match="response body seems to hold an API key"):
        refuse_secrets(hidden)
    refuse_secrets(made("gzip", gzip.compress(TEXT)))
    with pytest.raises(CassetteError, match="cannot be searched for secrets"):
        refuse_secrets(made("br", b"\x0b\x02\x80abc\x03"))
