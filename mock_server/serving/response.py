"""One response on one connection: its head, its framing, its end.

HTTP is written here, byte by byte, so that offsets are exact by construction; aiohttp
reads the requests. It knows neither steps nor sessions.
"""

import time
from collections.abc import Mapping
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Final, cast

from aiohttp import HttpVersion11, web

from midstream.mock_server.core.errors import MockServerError

from .connection import Connection

_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_LAST_CHUNK: Final = b"0\r\n\r\n"
_OCTETS: Final = "application/octet-stream"
_NO_CONTENT, _NOT_MODIFIED, _OK = 204, 304, 200


class ResponseWriter(web.StreamResponse):
    """The response to one request, as it goes out on its connection.

    aiohttp is handed it when all is sent, and then has nothing left to write.
    """

    def __init__(self, request: web.BaseRequest) -> None:
        """Prepare to answer *request*; nothing is sent yet.

        Raises:
            ConnectionError: The client is gone already.
        """
        super().__init__()
        if request.transport is None:
            raise ConnectionResetError("the client is gone")
        self.connection = cast(Connection, request.transport)
        self._is_modern = request.version >= HttpVersion11
        self.is_bodiless = request.method == "HEAD"
        self._keeps_open = bool(request.keep_alive)
        self._is_chunked = self._has_head = False
        self._missing: int | None = None

    async def prepare(self, request: web.BaseRequest) -> None:
        """Do nothing: the head is sent."""

    async def write_eof(self, data: bytes = b"") -> None:
        """Do nothing: the body is sent."""

    @property
    def keep_alive(self) -> bool:
        """Whether the connection may serve another request."""
        return self._keeps_open

    @property
    def is_chunked(self) -> bool:
        """Whether each piece of the body is framed as a chunk."""
        return self._is_chunked

    @property
    def has_begun(self) -> bool:
        """Whether the head was sent."""
        return self._has_head

    @property
    def offset(self) -> int:
        """How many bytes were written on the connection since it opened."""
        return self.connection.written

    def lead(self, data: bytes) -> int:
        """Return how many bytes of framing will precede *data*."""
        return len(b"%x\r\n" % len(data)) if data and self._is_chunked else 0

    def frame(self, data: bytes) -> bytes:
        """Return *data* as it is written: as a chunk, if the body is in chunks.

        RFC 9112, section 7.1: "chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF".
        """
        return b"%x\r\n%b\r\n" % (len(data), data) if self._is_chunked else data

    def expect(self, headers: Mapping[str, str]) -> None:
        """Tell a client that asks first to send its body."""
        if headers.get("expect", "").lower() == "100-continue":
            self.connection.write(_CONTINUE)

    def head(self, status: int, headers: Mapping[str, str]) -> None:
        """Send status and headers at once, not with the first bytes of the body."""
        is_empty = status < _OK or status in (_NO_CONTENT, _NOT_MODIFIED)
        self.is_bodiless = self.is_bodiless or is_empty
        lines = {"date": _date(int(time.time())), **headers}
        length = headers.get("content-length")
        if length is not None:
            self._missing = int(length)
        elif is_empty:
            pass
        elif self._is_modern:
            self._is_chunked = not self.is_bodiless
            lines["transfer-encoding"] = "chunked"
        else:
            self._keeps_open = False  # only closing can end the body
        if not is_empty:
            lines.setdefault("content-type", _OCTETS)
        if not self._keeps_open:
            lines["connection"] = "close"
        elif not self._is_modern:
            lines["connection"] = "keep-alive"
        self._has_head = True
        self.connection.write(_head(status, lines))

    async def send(self, data: bytes) -> None:
        """Send *data* as one piece.

        Raises:
            ConnectionError: The client is gone.
        """
        if not self._has_head:
            raise MockServerError("a step sends a body before any head")
        if self.is_bodiless or not data:
            return
        if self._missing is not None:
            data = data[: self._missing]
            self._missing -= len(data)
        await self.connection.drain()
        self.connection.write(self.frame(data))

    async def finish(self) -> bool:
        """End the response; say whether it ended by the rules.

        With less body than the head promised, only closing can end it.
        """
        if not self._has_head:
            raise MockServerError("a response ends before any head")
        if self._missing and not self.is_bodiless:
            self.abort_fin()
            return False
        await self.connection.drain()
        if self._is_chunked:
            self.connection.write(_LAST_CHUNK)
        return True

    def abort_fin(self) -> None:
        """Close by FIN, behind all that was written."""
        self.connection.close()

    def break_off(self) -> None:
        """Close without sending what is still buffered."""
        self.connection.abort()

    async def abort_rst(self) -> None:
        """Close by RST, behind all that was written."""
        await self.connection.abort_rst()


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    """Return the status line and *headers* as HTTP/1.1 writes them."""
    lines = [f"HTTP/1.1 {status} {_phrase(status)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


@lru_cache(maxsize=2)
def _date(now_s: int) -> str:
    return formatdate(now_s, usegmt=True)
