"""Checks that a recorded Assistants conversation makes sense.

A cassette that contradicts itself would make the oracle condemn innocent clients,
so each is checked when it is read. The check is for undisturbed streams only: it is
never applied to what a fault makes of a stream.
"""

import msgspec

from midstream.mock_server.core.sse import FramingError
from midstream.mock_server.recordings.cassette import (
    Cassette,
    Exchange,
    IncoherentError,
)

from .events import DisorderError, decode
from .grammar import Grammar
from .texts import TextSums


def check(cassette: Cassette) -> None:
    """Check that *cassette* is coherent.

    Raises:
        IncoherentError: Malformed JSON, an event out of order, an id that changes,
            or deltas that do not add up to the completed text.
    """
    texts = TextSums()
    for number, exchange in enumerate(cassette.exchanges):
        if exchange.is_successful_stream:
            _check_stream(exchange, number, texts)
        elif exchange.headers.get("content-type", "").startswith("application/json"):
            _check_json(exchange, number)


def _check_json(exchange: Exchange, number: int) -> None:
    try:
        msgspec.json.decode(exchange.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise IncoherentError(f"the body is not JSON: {error}", number) from error


def _check_stream(exchange: Exchange, number: int, texts: TextSums) -> None:
    try:
        events, chunks = exchange.events(), exchange.event_chunks()
    except FramingError as error:
        raise IncoherentError(f"the event stream: {error}", number) from error
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
