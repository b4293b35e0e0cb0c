import asyncio
import re
from typing import Any

import pytest
from aiohttp import HttpVersion10, web

from midstream.mock_server import MockServer, MockServerError, SessionSettings
from midstream.mock_server.recordings.cassette import Chunk, Exchange
from midstream.mock_server.serving.response import ResponseWriter
from tests.mock_server.helpers_cassettes import cassette_of
from tests.mock_server.serving.helpers_paper import Paper, wire

CLOSE: dict[str, Any] = {"stays": False}
OLD: dict[str, Any] = {**CLOSE, "version": HttpVersion10}
HEAD: dict[str, Any] = {"method": "HEAD"}


def head_of(paper: Paper) -> tuple[str, dict[str, str]]:
    """Return the status line that *paper* got, and the headers."""
    head, _, rest = paper.flush().partition(b"\r\n\r\n")
    assert rest == b""
    line, *lines = head.decode().split("\r\n")
    return line, dict(line.split(": ", 1) for line in lines)


async def answered(
    made: ResponseWriter, status: int, headers: dict[str, str], *pieces: bytes
) -> bool:
    """Write a whole response; return whether it ended by the rules."""
    made.head(status, headers)
    for piece in pieces:
        await made.send(piece)
    return await made.finish()


LENGTH = {"content-length": "4"}
CHUNKED = b"2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n"
BODIES: dict[str, tuple[dict[str, Any], int, dict[str, str], bytes, bool]] = {
    "chunked": ({}, 200, {}, CHUNKED, True),
    "of a known length": ({}, 200, LENGTH, b"abcd", True),
    "to an old client": (OLD, 200, {}, b"abcd", False),
    "to a client that leaves": (CLOSE, 200, {}, CHUNKED, False),
    "to HEAD": (HEAD, 200, {}, b"", True),
    "to HEAD, of a known length": (HEAD, 200, LENGTH, b"", True),
    "of no content": ({}, 204, {}, b"", True),
    "of what is not modified": ({}, 304, {}, b"", True),
}


@pytest.mark.parametrize(
    ("how", "status", "headers", "body", "stays"), BODIES.values(), ids=BODIES
)
async def test_a_body_is_framed(
    how: dict[str, Any],
    status: int,
    headers: dict[str, str],
    body: bytes,
    *,
    stays: bool,
) -> None:
    """As the version, the method, the status and the head allow, and no otherwise."""
    paper = Paper()
    made = wire(paper, **how)
    assert await answered(made, status, headers, b"ab", b"cd")
    assert paper.flush().partition(b"\r\n\r\n")[2] == body
    assert made.answered.keep_alive is stays
    assert made.offset == len(paper.received)


HEADS: dict[str, tuple[dict[str, Any], int, dict[str, str], dict[str, str]]] = {
    "chunked": (
        {},
        200,
        {},
        {
            "transfer-encoding": "chunked",
            "content-type": "application/octet-stream",
        },
    ),
    "of a known length": (
        {},
        200,
        {**LENGTH, "content-type": "a/b"},
        {**LENGTH, "content-type": "a/b"},
    ),
    "to an old client": (
        OLD,
        200,
        {},
        {"connection": "close", "content-type": "application/octet-stream"},
    ),
    "of no content": ({}, 204, {}, {}),
}


@pytest.mark.parametrize(
    ("how", "status", "given", "expected"), HEADS.values(), ids=HEADS
)
async def test_a_head_says_how_the_body_ends(
    how: dict[str, Any], status: int, given: dict[str, str], expected: dict[str, str]
) -> None:
    """By chunks, by its length or with the connection; there is a date, and no more."""
    paper = Paper()
    wire(paper, **how).head(status, given)
    line, headers = head_of(paper)
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT", headers.pop("date"))
    assert (line.split()[1], headers) == (str(status), expected)


def test_a_date_that_is_given_is_kept() -> None:
    """A recorded head is sent as it was recorded."""
    paper = Paper()
    wire(paper).head(200, {"date": "then"})
    assert head_of(paper)[1]["date"] == "then"


@pytest.mark.parametrize(("status", "line"), [(404, "404 Not Found"), (599, "599 ")])
def test_a_status_has_its_phrase_if_there_is_one(status: int, line: str) -> None:
    """RFC 9112, section 4: the space behind the status stays without a phrase."""
    paper = Paper()
    wire(paper).head(status, {})
    assert head_of(paper)[0] == f"HTTP/1.1 {line}"


async def test_less_body_than_promised_closes_the_connection() -> None:
    """Only that can end it; a client that waited for more learns of it."""
    paper = Paper()
    assert not await answered(wire(paper), 200, LENGTH, b"abc")
    assert paper.is_over


async def test_more_body_than_promised_is_not_sent() -> None:
    """It would be taken for the beginning of the next response."""
    paper = Paper()
    assert await answered(wire(paper), 200, LENGTH, b"abc", b"de", b"f")
    assert paper.flush().endswith(b"\r\n\r\nabcd")


async def test_an_empty_piece_does_not_end_a_chunked_body() -> None:
    """A chunk of no bytes would be the last one."""
    paper = Paper()
    assert await answered(wire(paper), 200, {}, b"", b"ab")
    body = paper.flush().partition(b"\r\n\r\n")[2]
    assert body == b"2\r\nab\r\n0\r\n\r\n"


async def test_a_body_needs_a_head() -> None:
    """A fault that sends none is our own mistake, and is told."""
    made = wire(Paper())
    with pytest.raises(MockServerError, match="before any head"):
        await made.send(b"ab")
    with pytest.raises(MockServerError, match="before any head"):
        await made.finish()


def test_what_is_written_behind_the_end_is_neither_sent_nor_counted() -> None:
    """A connection that is closed takes nothing more."""
    paper = Paper()
    made = wire(paper)
    made.head(200, {})
    offset = made.offset
    made.abort_fin()
    made.connection.write(b"late")
    assert made.offset == offset == len(paper.flush())


def test_what_leads_a_piece_is_known_beforehand() -> None:
    """The framing before the first byte, so that a cut falls on the right one."""
    chunked, plain = wire(Paper()), wire(Paper())
    chunked.head(200, {})
    plain.head(200, LENGTH)
    assert [chunked.lead(b"x" * size) for size in (0, 15, 16, 4096)] == [0, 3, 4, 6]
    assert plain.lead(b"x") == 0


def test_a_client_that_asks_first_is_told_to_go_on() -> None:
    """Once, and only if it asks."""
    paper = Paper()
    made = wire(paper)
    made.expect({})
    assert paper.flush() == b""
    made.expect({"expect": "100-Continue"})
    assert paper.flush() == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert made.offset == len(paper.received)


async def test_the_http_server_has_nothing_left_to_write() -> None:
    """What it is handed when all is sent knows nothing of the response."""
    paper = Paper()
    made, other = wire(paper), wire(Paper())
    await answered(made, 200, {}, b"ab")
    whole = paper.flush()
    assert isinstance(made.answered, web.StreamResponse)
    await made.answered.write_eof()
    assert paper.flush() == whole
    assert made.answered is other.answered


async def test_a_head_that_is_held_goes_out_with_what_follows() -> None:
    """It is counted at once, and nothing comes between the two."""
    paper = Paper()
    made = wire(paper)
    made.head(200, {}, is_held=True)
    offset = made.offset
    assert paper.flush() == b""
    await made.send(b"ab")
    assert paper.flush()[offset:] == b"2\r\nab\r\n"
    assert made.offset == len(paper.received)


def test_a_head_without_a_body_is_not_held() -> None:
    """There is nothing that it could wait for."""
    paper = Paper()
    wire(paper, **HEAD).head(200, {}, is_held=True)
    assert head_of(paper)[0] == "HTTP/1.1 200 OK"


async def test_a_client_that_does_not_keep_up_is_waited_for() -> None:
    """A piece waits until the transport takes more, or the client is gone."""
    paper = Paper()
    made = wire(paper)
    made.head(200, {})
    made.connection.pause()
    sending = asyncio.create_task(made.send(b"ab"))
    await asyncio.sleep(0)
    assert paper.flush().endswith(b"\r\n\r\n")
    made.connection.resume()
    await sending
    assert paper.flush().endswith(b"2\r\nab\r\n")


async def test_who_waits_for_a_client_that_goes_learns_of_it() -> None:
    """Instead of waiting for ever."""
    made = wire(Paper())
    made.head(200, {})
    made.connection.pause()
    sending = asyncio.create_task(made.send(b"ab"))
    await asyncio.sleep(0)
    made.connection.resume(ConnectionResetError("gone"))
    with pytest.raises(ConnectionResetError):
        await sending


async def test_the_head_of_a_stream_comes_without_its_events() -> None:
    """The next response follows the head at once, on the same connection."""
    kind = {"content-type": "text/event-stream"}
    stream = Exchange("HEAD", "/v1/x", None, 200, kind, (Chunk(0, b"data: a\n\n"),))
    cassette = cassette_of(stream, dialect="verbatim")
    async with MockServer() as server:
        settings = SessionSettings(speed=0)
        server.open_session("key", settings, cassettes=[cassette])
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        for method in ("HEAD", "GET"):
            lines = (f"{method} /v1/x HTTP/1.1", "host: x", "authorization: Bearer key")
            writer.write("\r\n".join((*lines, "", "")).encode())
        assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 404")
        writer.close()
