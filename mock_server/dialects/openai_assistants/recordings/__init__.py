"""Whether a recorded Assistants conversation makes sense.

A cassette that contradicts itself would make the oracle condemn innocent clients,
so each is checked when it is read. This is the grammar of *good weather*: what a
fault makes of a stream is not judged here. Other dialects are replayed verbatim
and are not checked.
"""

import msgspec

from midstream.mock_server.core.sse import FramingError
from midstream.mock_server.recordings.cassette import ASSISTANTS, Cassette, Exchange

from .events import DisorderError, decode
from .grammar import Grammar
from .texts import Texts

__all__ = ["IncoherentError", "check"]


class IncoherentError(ValueError):
    """An exchange contradicts itself.

    *exchange* is its number, from 0; *line* is 0 for the exchange as a whole, else
    which of its chunks it is, from 1.
    """

    def __init__(self, problem: str, exchange: int, line: int = 0) -> None:
        """Keep the *problem* and its place."""
        super().__init__(problem)
        self.exchange, self.line = exchange, line


def check(cassette: Cassette) -> None:
    """Do nothing if *cassette* is coherent.

    Raises:
        IncoherentError: Malformed JSON, an event out of order, an id that changes,
            or deltas that do not add up to the completed text.
    """
    if cassette.dialect != ASSISTANTS:
        return
    texts = Texts()
    for number, exchange in enumerate(cassette.exchanges):
        if exchange.is_act:
            _check_stream(exchange, number, texts)
        elif exchange.headers.get("content-type", "").startswith("application/json"):
            _check_json(exchange, number)


def _check_json(exchange: Exchange, number: int) -> None:
    """Check that a plain response holds JSON."""
    try:
        msgspec.json.decode(exchange.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise IncoherentError(f"the body is not JSON: {error}", number) from error


def _check_stream(exchange: Exchange, number: int, texts: Texts) -> None:
    """Check order, ids and texts of one stream."""
    try:
        events, chunks = exchange.events(), exchange.event_chunks()
    except FramingError as error:
        raise IncoherentError(f"not framed as recorded: {error}", number) from error
    grammar = Grammar()
    for index, (event, chunk) in enumerate(zip(events, chunks, strict=True)):
        name = event.name or "message"
        try:
            data = decode(name, event.data)
            grammar.feed(name, data)
            texts.feed(data)
        except DisorderError as error:
            problem = f"event {index} ({name}): {error}"
            raise IncoherentError(problem, number, chunk + 1) from error
    try:
        grammar.finish()
    except DisorderError as error:
        raise IncoherentError(str(error), number, len(exchange.chunks)) from error
