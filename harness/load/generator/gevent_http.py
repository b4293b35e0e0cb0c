"""Edge: the reference client's calls over HTTP, under gevent; no decisions.

It does for gevent what `reference_client.driving.edge` does for asyncio. It uses the
parser of geventhttpclient, which Locust brings, but not that library's way of reading a
stream, which waits until a buffer is full (docs/load.md).
"""

import time
from contextlib import suppress
from urllib.parse import urlsplit

import msgspec
from geventhttpclient.response import HTTPParseError, HTTPResponse

from midstream.harness.load.generator.gevent_socket import GeventSocket
from midstream.harness.reference_client.limits import Limits
from midstream.harness.reference_client.values import (
    Bytes,
    Call,
    Failed,
    ReadMore,
    Response,
    StreamEnded,
    StreamStarted,
    TimedOut,
)

_BODY_MAX_BYTES = 64 << 20
_LINGER_S = 0.1
_OK = 200


class _Reply(HTTPResponse):
    """A response that is being read; *pieces* is the part of its body not yet taken."""

    def __init__(self) -> None:
        super().__init__("POST")
        self.pieces: list[bytes] = []

    def _on_body(self, buf: bytearray) -> None:
        self.pieces.append(bytes(buf))

    def take(self) -> bytes:
        """Return the part of the body that came since the last call."""
        data = b"".join(self.pieces)
        self.pieces.clear()
        return data


class GeventEdge:
    """One conversation's connections, one at a time; leaves none behind."""

    def __init__(self, base_url: str, api_key: str, limits: Limits) -> None:
        """Use *base_url*; *api_key* goes into the Authorization header only."""
        parts = urlsplit(base_url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._prefix = parts.path
        self._head = (
            f"Host: {parts.netloc}\r\n"
            f"Authorization: Bearer {api_key}\r\n"
            "OpenAI-Beta: assistants=v2\r\n"
        )
        self._limits = limits
        self._line: GeventSocket | None = None
        self._stream: _Reply | None = None

    def close(self) -> None:
        """Close the connection."""
        self._stream = None
        self._drop()

    def call(self, call: Call) -> Response | StreamStarted | Failed:
        """Make a request; see `Call`."""
        self._leave_stream()
        try:
            line = self._connected()
        except OSError as error:
            return Failed("refused", is_sent=False, text=_text(error))
        reply = _Reply()
        try:
            line.send(self._request(call))
            while not reply.headers_complete:
                _feed(reply, line.receive(call.timeout_s))
            if call.is_stream and _is_event_stream(reply):
                self._stream = reply
                return StreamStarted()
            return self._whole(line, reply, call.timeout_s)
        except (OSError, EOFError, HTTPParseError, ValueError) as error:
            self._drop()
            return failure(error)

    def read(self, more: ReadMore) -> Bytes | StreamEnded | TimedOut:
        """Read on in the stream; see `ReadMore`."""
        reply, line = self._stream, self._line
        if reply is None or line is None:
            return StreamEnded("torn", "there is no stream")
        try:
            while not (reply.pieces or reply.message_complete):
                _feed(reply, line.receive(more.idle_s))
        except TimeoutError:
            return TimedOut()
        except (OSError, EOFError, HTTPParseError) as error:
            self._stream = None
            self._drop()
            return StreamEnded("torn", _text(error))
        data = reply.take()
        return Bytes(data) if data else StreamEnded("clean")

    def _connected(self) -> GeventSocket:
        """Return the connection, a new one if the old one is dead.

        Raises:
            OSError: A new one cannot be opened.
        """
        if self._line is not None and not self._line.is_alive:
            self._drop()
        if self._line is None:
            self._line = GeventSocket(self._host, self._port, self._limits.connect_s)
        return self._line

    def _request(self, call: Call) -> bytes:
        body = b"" if call.body is None else msgspec.json.encode(call.body)
        accepted = "text/event-stream" if call.is_stream else "*/*"
        head = (
            f"{call.method} {self._prefix}{call.path} HTTP/1.1\r\n"
            f"{self._head}Accept: {accepted}\r\n"
        )
        if call.body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        return head.encode() + b"\r\n" + body

    def _whole(self, line: GeventSocket, reply: _Reply, idle_s: float) -> Response:
        """Read a response to its end; each piece must come within *idle_s*.

        Raises:
            ValueError: The body is longer than `_BODY_MAX_BYTES`.
            OSError, EOFError, HTTPParseError: It breaks off, or is no HTTP.
        """
        begin = line.received
        while not reply.message_complete:
            _feed(reply, line.receive(idle_s))
            if line.received - begin > _BODY_MAX_BYTES:
                raise ValueError(f"a body is longer than {_BODY_MAX_BYTES} bytes")
        if not reply.should_keep_alive():
            self._drop()
        headers = {name.lower(): str(value) for name, value in reply.items()}
        return Response(reply.status_code, headers, reply.take(), time.time())

    def _leave_stream(self) -> None:
        """Give the last stream a moment to end, so that its connection is reused."""
        reply, self._stream = self._stream, None
        if reply is None or self._line is None:
            return
        with suppress(OSError, EOFError, HTTPParseError):
            until_s = time.monotonic() + _LINGER_S
            while not reply.message_complete and time.monotonic() < until_s:
                _feed(reply, self._line.receive(_LINGER_S))
        if not reply.message_complete or not reply.should_keep_alive():
            self._drop()

    def _drop(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None


def _feed(reply: _Reply, data: bytes) -> None:
    """Parse more of a response; empty *data* is the end of the connection.

    Raises:
        EOFError: The connection ended before the response did.
        HTTPParseError: *data* is no HTTP.
    """
    reply.feed(data)
    if not data and not reply.message_complete:
        raise EOFError("the connection ended in the middle")


def _is_event_stream(reply: _Reply) -> bool:
    kind = str(reply.get("content-type") or "").partition(";")[0].strip()
    return reply.status_code == _OK and kind == "text/event-stream"


def failure(error: Exception) -> Failed:
    """Return what *error* means for a request that was sent."""
    text = _text(error)
    match error:
        case TimeoutError():
            return Failed("timeout", is_sent=True, text=text)
        case EOFError():
            return Failed("closed", is_sent=True, text=text)
        case OSError():
            return Failed("reset", is_sent=True, text=text)
        case _:
            return Failed("garbled", is_sent=True, text=text)


def _text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
