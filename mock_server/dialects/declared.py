"""A recording that a TOML file explains: replayed byte by byte, and its truth is told.

Each POST that is declared is a generation. It ends when its client is gone, and nothing
of it can be read back: such an API keeps no state.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from midstream.mock_server.core.event_log import EventLog
from midstream.mock_server.core.journal import Asked, RunStatus, TextPlanned
from midstream.mock_server.core.journal import Entry as JournalEntry
from midstream.mock_server.core.segment import Effects
from midstream.mock_server.core.shapes import WORDLESS, Shapes
from midstream.mock_server.dialects import DIALECTS, Route, SessionContext
from midstream.mock_server.dialects.verbatim import Verbatim
from midstream.mock_server.recordings.cassette import (
    Cassette,
    Exchange,
    IncoherentError,
)
from midstream.mock_server.recordings.declared.reading import Reading
from midstream.mock_server.recordings.declared.spoken import SpokenDeclared

_FIRST_ERROR = 300


@DIALECTS.register
class Declared(Verbatim):
    """Tells the text, the tool calls and the end of each stream that it replays."""

    def __init__(self, context: SessionContext) -> None:
        """Collect the exchanges of all cassettes."""
        super().__init__(context)
        self._told: Counter[str] = Counter()
        if (declared := context.cassettes[0].declaration) is not None:
            self.key = declared.request.key
        exchanges = [e for c in context.cassettes for e in c.exchanges]
        self.tells_text = all(
            one.reading is not None
            for one in exchanges
            if self._is_generation(one) and one.status < _FIRST_ERROR
        )

    @staticmethod
    def check(cassette: Cassette) -> None:
        """Check that a stream in *cassette* is one of those declared.

        Raises:
            IncoherentError: None is.
        """
        declared = cassette.declaration
        if declared and not any(one.reading for one in cassette.exchanges):
            wanted = " or ".join(declared.request.paths)
            if any(one.is_compressed for one in cassette.exchanges):
                raise IncoherentError(
                    "its stream is compressed, so nobody knows its events; record it "
                    "decompressed, beside its content-encoding",
                    0,
                )
            raise IncoherentError(
                f"no stream in it answers a {declared.request.method} of {wanted}, "
                f"which {declared.title} declares; correct [request] there",
                0,
            )

    @staticmethod
    def shapes(cassettes: Sequence[Cassette]) -> Shapes:
        """Return what the declaration and the recorded texts show."""
        declared = cassettes[0].declaration
        return SpokenDeclared(declared, _texts(cassettes)) if declared else WORDLESS

    def route(self, method: str, path: str) -> Route | None:
        """Return the operation: a declared request generates."""
        route = super().route(method, path)
        if route is not None and self._is_declared(method, path):
            return Route("generate", "generate")
        if route is None:
            return None
        return Route(route.op, "read" if method == "GET" else "other")

    def plan(self, exchange: Exchange) -> EventLog:
        """Return the log of a response, planned; its truth is told."""
        reading = exchange.reading
        if reading is None:
            return super().plan(exchange)
        log = EventLog(
            self.context.new_id("gen_"),
            self.context.journal,
            on_plan=self.context.planned,
        )
        names = self._names(reading, log.run_id)
        for (message, part), tokens in reading.texts.items():
            said = TextPlanned(
                run=log.run_id, message=names[message], part=part, texts=tokens
            )
            self.context.journal(said)
        log.plan(self.segment(exchange, _effects(log.run_id, reading)))
        return log

    def _names(self, reading: Reading, run: str) -> dict[str, str]:
        """Return the names of the messages; one that is said again has another one."""
        names = {}
        for message, _ in reading.texts:
            again = self._told[message]
            names[message] = f"{message}~{again + 1}" if again else message or run
        self._told.update(name for name in names if name)
        return names

    def _is_generation(self, exchange: Exchange) -> bool:
        return self._is_declared(exchange.method, exchange.path.partition("?")[0])

    def _is_declared(self, method: str, path: str) -> bool:
        declared = self.context.cassettes[0].declaration
        return declared is not None and declared.request.matches(method, path)


def _texts(cassettes: Sequence[Cassette]) -> Iterator[bytes]:
    """Yield each recorded event that has text."""
    for exchange in (one for cassette in cassettes for one in cassette.exchanges):
        if (reading := exchange.reading) is not None:
            body = exchange.body
            for block, role in zip(reading.blocks, reading.roles, strict=True):
                if role == "text":
                    yield body[block.start : block.stop]


def _effects(run: str, reading: Reading) -> Effects:
    """Return what the journal says when the events of a stream come out."""
    found: dict[int, list[JournalEntry]] = {}
    for call in reading.calls:
        asked = Asked(
            run=run, call_id=call.id, name=call.name, arguments=call.arguments
        )
        found.setdefault(call.last, []).append(asked)
    if reading.ending is not None and reading.ended_at is not None:
        status = RunStatus(run=run, thread="", status=reading.ending)
        found.setdefault(reading.ended_at, []).append(status)
    return [(index, tuple(found[index])) for index in sorted(found)]
