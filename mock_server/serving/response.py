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


class Answered(web.StreamResponse):
    """What aiohttp is handed when a response is sent: nothing is left to write.

    It knows nothing of the response, so all share two of them: aiohttp's own response
    costs as much to make as a run's thread and message.
    """

    def __init__(self, *, keeps_open: bool) -> None:
        """*keeps_open*: the connection may serve another request."""
        super().__init__()
        self._keeps_open = keeps_open

    async def prepare(self, request: web.BaseRequest) -> None:
        """Do nothing: the head is sent."""

    async def write_eof(self, data: bytes = b"") -> None:
        """Do nothing: the body is sent."""

    @property
    def keep_alive(self) -> bool:
        """Whether the connection may serve another request."""
        return self._keeps_open


_STAYS: Final = Answered(keeps_open=True)
_CLOSES: Final = Answered(keeps_open=False)


class ResponseWriter:
    """The response to one request, as it goes out on its connection.

    Attributes:
        connection: What it goes out on.
        is_bodiless: Whether it has a head alone.
        is_chunked: Whether each piece of the body is framed as a chunk.
    """

    __slots__ = (
        "_has_head", "_is_modern", "_keeps_open", "_missing", "connection",
        "is_bodiless", "is_chunked",
    )  # fmt: skip

    def __init__(self, request: web.BaseRequest) -> None:
        """Prepare to answer *request*; nothing is sent yet.

        Raises:
            ConnectionError: The client is gone already.
        """
        if request.transport is None:
            raise ConnectionResetError("the client is gone")
        self.connection = cast(Connection, request.transport)
        self._is_modern = request.version >= HttpVersion11
        self.is_bodiless = request.method == "HEAD"
        self._keeps_open = bool(request.keep_alive)
        self.is_chunked = self._has_head = False
        self._missing: int | None = None

    @property
    def answered(self) -> Answered:
        """What aiohttp is handed once all is sent."""
        return _STAYS if self._keeps_open else _CLOSES

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
        return len(b"%x\r\n" % len(data)) if data and self.is_chunked else 0

    def frame(self, data: bytes) -> bytes:
        """Return *data* as it is written: as a chunk, if the body is in chunks.

        RFC 9112, section 7.1: "chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF".
        """
        return b"%x\r\n%b\r\n" % (len(data), data) if self.is_chunked else data

    def expect(self, headers: Mapping[str, str]) -> None:
        """Tell a client that asks first to send its body."""
        if headers.get("expect", "").lower() == "100-continue":
            self.connection.write(_CONTINUE)

    def head(
        self, status: int, headers: Mapping[str, str], *, is_held: bool = False
    ) -> None:
        """Send status and headers at once, not with the first bytes of the body.

        *is_held*: send them with those if there are any; they follow at once.
        """
        is_empty = status < _OK or status in (_NO_CONTENT, _NOT_MODIFIED)
        self.is_bodiless = self.is_bodiless or is_empty
        lines = {"date": _date(int(time.time())), **headers}
        length = headers.get("content-length")
        if length is not None:
            self._missing = int(length)
        elif is_empty:
            pass
        elif self._is_modern:
            self.is_chunked = not self.is_bodiless
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
        is_held = is_held and self.is_chunked and self.connection.can_push()
        send = self.connection.hold if is_held else self.connection.write
        send(_head(status, lines))

    async def send(self, data: bytes) -> None:
        """Send *data* as one piece, once the client keeps up.

        Raises:
            ConnectionError: The client is gone.
        """
        await self.connection.drain()
        self.write(data)

    def write(self, data: bytes) -> None:
        """Send *data* as one piece at once."""
        if not self._has_head:
            raise MockServerError("a step sends a body before any head")
        if self.is_bodiless or not data:
            return
        if self._missing is not None:
            data = data[: self._missing]
            self._missing -= len(data)
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
        if self.is_chunked:
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


@lru_cache(maxsize=64)
def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


@lru_cache(maxsize=2)
def _date(now_s: int) -> str:
    return formatdate(now_s, usegmt=True)
