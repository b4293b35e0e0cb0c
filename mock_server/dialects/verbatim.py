"""Any other provider: each request gets the next recorded response, byte by byte.

The chunks go out as they were recorded, at the recorded times, unless the session is
told to send an event at a time. Events are found by any legal framing (`framing`).

It counts how often each request was made and keeps no other state. A client can read
back only what was recorded, and nothing goes on when the client is gone.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec

from midstream.mock_server.core.event_log import EventLog
from midstream.mock_server.core.journal import Rejected
from midstream.mock_server.core.mounts import unmounted
from midstream.mock_server.core.pieces import recorded_pieces
from midstream.mock_server.core.replies import (
    JSON_TYPE,
    Answer,
    Follow,
    Reply,
    Request,
)
from midstream.mock_server.core.roles import RequestRole, Role
from midstream.mock_server.core.segment import Effects, Entry, Segment
from midstream.mock_server.core.settings import Chunking
from midstream.mock_server.core.shapes import WORDLESS, Shapes
from midstream.mock_server.dialects import DIALECTS, Route, SessionContext
from midstream.mock_server.recordings.cassette import Cassette, Exchange

_ROLES: Final[Mapping[str, RequestRole]] = {"POST": "generate", "GET": "read"}
Key = tuple[str, str, tuple[tuple[str, tuple[str, ...]], ...]]
"""What identifies a request: method, path below the mount, sorted query."""


@DIALECTS.register
class Verbatim:
    """Replays the responses to each request in order; the last cassette's repeat."""

    tells_text: bool = False
    keeps_state: bool = False
    roles: Mapping[str, Role] = {}
    is_keyless: ClassVar[bool] = True
    key: str = "bearer"

    def __init__(self, context: SessionContext) -> None:
        """Collect the exchanges of all cassettes, one cassette after the other."""
        self.context = context
        self._asked: Counter[Key] = Counter()
        self._recorded: dict[Key, list[Exchange]] = {}
        self._repeats: dict[Key, list[Exchange]] = {}
        for cassette in context.cassettes:
            of_cassette: dict[Key, list[Exchange]] = {}
            for exchange in cassette.exchanges:
                of_cassette.setdefault(_key_of(exchange), []).append(exchange)
            for key, exchanges in of_cassette.items():
                self._recorded.setdefault(key, []).extend(exchanges)
            self._repeats |= of_cassette

    @staticmethod
    def recognises(exchange: Exchange) -> bool:  # noqa: ARG004 (the shape of a dialect)
        """Recognise nothing: what no other dialect recognises is verbatim."""
        return False

    @staticmethod
    def check(cassette: Cassette) -> None:
        """Do nothing: a recording is replayed as it is, sense or not."""

    @staticmethod
    def shapes(cassettes: Sequence[Cassette]) -> Shapes:  # noqa: ARG004 (the shape of a dialect)
        """Return none: nobody knows what events of this API look like."""
        return WORDLESS

    def route(self, method: str, path: str) -> Route | None:
        """Return the operation: the method and the first noun of the path."""
        known = {(m, p) for m, p, _ in self._recorded}
        if (method, path) not in known:
            return None
        op = f"{method.lower()}_{path.strip('/').replace('/', '_')}"
        return Route(op, _ROLES.get(method, "other"))

    def respond(self, request: Request, now_s: float) -> Reply:  # noqa: ARG002 (a recording has no time)
        """Return the next recorded response, or a 404 that lists the recorded ones.

        Behind the last one, those of the last cassette that has any come once more.
        """
        query = tuple(sorted(request.query.items()))
        key = (request.method, request.path, query)
        turn = self._asked[key]
        self._asked[key] += 1
        exchanges = self._recorded.get(key, [])
        if not exchanges:
            return self._missing(request.number, key)
        if turn >= len(exchanges):
            repeats = self._repeats[key]
            exchanges, turn = repeats, (turn - len(exchanges)) % len(repeats)
        exchange = exchanges[turn]
        log = self.plan(exchange)
        headers = {k: v for k, v in exchange.headers.items() if k not in _FRAMING}
        if exchange.sent_as is not None:
            headers["content-encoding"] = exchange.sent_as
        return Follow(
            log=log,
            start=0,
            headers=headers,
            status=exchange.status,
            is_private=True,
            coding=exchange.sent_as,
        )

    def plan(self, exchange: Exchange) -> EventLog:
        """Return the log of a response, planned."""
        log = EventLog("", on_plan=self.context.planned)
        log.plan(self.segment(exchange))
        return log

    def segment(self, exchange: Exchange, effects: Effects = ()) -> Segment:
        """Return what a response sends; *effects* are what the journal says of it."""
        chunking = self.context.settings.chunking or "recorded"
        return _segment(exchange, chunking, effects)

    def logs(self) -> tuple[EventLog, ...]:
        """Return nothing: a recording has no runs."""
        return ()

    def runs(self) -> Mapping[str, str]:
        """Return nothing: a recording has no runs."""
        return {}

    def counts(self) -> Mapping[str, int]:
        """Return how many requests were made."""
        return {"runs": 0, "messages": 0, "exchanges": self._asked.total()}

    def cancel(self, run_id: str, now_s: float) -> None:
        """Do nothing: a recording has no runs."""

    def expire(self, run_id: str, now_s: float) -> None:
        """Do nothing: a recording has no runs."""

    def _missing(self, number: int, key: Key) -> Answer:
        message = self._explain(_shown(key))
        self.context.journal(
            Rejected(req=number, status=404, code=None, message=message)
        )
        error = {"message": message, "type": "invalid_request_error"}
        body = msgspec.json.encode({"error": {**error, "param": None, "code": None}})
        return Answer(status=404, headers={"content-type": JSON_TYPE}, body=body)

    def _explain(self, wanted: str) -> str:
        """Say what is recorded instead of the request *wanted*."""
        recorded = sorted((_shown(key), len(e)) for key, e in self._recorded.items())
        listed = ", ".join(f"{shown} ({times})" for shown, times in recorded)
        return f"No response to {wanted} is recorded; recorded: {listed}."


_FRAMING = frozenset({"content-length", "transfer-encoding", "connection"})
"""Headers that belong to the recorded connection, not to the response."""


def _key_of(exchange: Exchange) -> Key:
    parts = urlsplit(exchange.path)
    query = parse_qs(parts.query, keep_blank_values=True)
    pairs = sorted((name, tuple(values)) for name, values in query.items())
    return exchange.method, unmounted(parts.path), tuple(pairs)


def _shown(key: Key) -> str:
    """Return the request as a reader writes it: method, path and query."""
    method, path, query = key
    return f"{method} {path}" + (f"?{urlencode(query, doseq=True)}" if query else "")


def _segment(exchange: Exchange, chunking: Chunking, effects: Effects) -> Segment:
    """Cut a response at the ends of its events, so that faults can find events.

    An event is due when it was complete, unless the recorded chunks are its pieces.
    """
    body, found, ends = exchange.body, exchange.blocks(), exchange.chunk_ends()
    times = [chunk.t for chunk in exchange.chunks]
    roles: Sequence[Role] = ["other"] * len(found)
    if exchange.reading is not None:
        roles = exchange.reading.roles
    entries = [
        Entry(
            name=block.name,
            role=role,
            data=body[block.start : block.stop],
            offset_s=times[bisect_left(ends, block.stop)],
            ends_segment=block is found[-1],
        )
        for block, role in zip(found, roles, strict=True)
    ]
    if chunking == "event":
        return Segment(entries, effects)
    stops, index = [block.stop for block in found], range(len(found) + 1)
    pieces = recorded_pieces(zip(times, ends, strict=True), stops, index)
    return Segment(entries, effects, pieces)
