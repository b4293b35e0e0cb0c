"""Writes events into exchanges."""

from collections.abc import Mapping

import msgspec

from midstream.mock_server.core.sse import frame
from midstream.mock_server.recordings.cassette import Chunk, Exchange

from .draw import Pace
from .objects import Obj

_HEADERS = {
    "content-type": "text/event-stream; charset=utf-8",
    "openai-version": "2020-10-01",
}


class ExchangeWriter:
    """Collects events, each as one chunk at the pace's time, exchange by exchange."""

    def __init__(self, pace: Pace) -> None:
        """Start without exchanges; *pace* gives the times."""
        self._pace = pace
        self._chunks: list[Chunk] = []
        self._exchanges: list[Exchange] = []

    def emit(self, name: str, obj: Obj) -> None:
        """Write an event: compact JSON, raw UTF-8, as recorded."""
        self._write(frame(name, msgspec.json.encode(obj).decode()))

    def end_exchange(self, path: str, request: Mapping[str, object]) -> None:
        """Write ``done`` and close the exchange, a POST of *request* to *path*."""
        self._write(frame("done", "[DONE]"))
        chunks = tuple(self._chunks)
        self._exchanges.append(Exchange("POST", path, request, 200, _HEADERS, chunks))
        self._chunks = []
        self._pace.begin_exchange()

    def exchanges(self) -> tuple[Exchange, ...]:
        """Return the exchanges closed so far."""
        return tuple(self._exchanges)

    def _write(self, data: bytes) -> None:
        self._chunks.append(Chunk(self._pace.t, data))
