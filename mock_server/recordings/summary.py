"""Says in words what a cassette holds, as far as its dialect knows."""

from bisect import bisect_left
from collections.abc import Iterator

from .cassette import Cassette, Exchange
from .declared.reading import Reading

_SHOWN_CHARS = 60


def summary(cassette: Cassette) -> Iterator[str]:
    """Yield the lines that describe *cassette*: each exchange, and what it says."""
    knows = "" if cassette.tells_text else "; what its streams say is unknown"
    yield f"{cassette.name}: {cassette.title}"
    yield f"  dialect     {cassette.speaks}{knows}"
    yield f"  provenance  {cassette.provenance}"
    if cassette.tokens:
        yield f"  text        {_text(cassette.tokens)}"
    for number, exchange in enumerate(cassette.exchanges, 1):
        asked = f"{exchange.method} {exchange.path}: {exchange.status}"
        yield f"  {number:<4}{asked}, {_shape(exchange)}"
        if exchange.reading is not None:
            yield from (f"      {line}" for line in _said(exchange.reading))


def _shape(exchange: Exchange) -> str:
    """Return how many events and chunks there are, and how these are cut."""
    chunks, blocks = len(exchange.chunks), exchange.blocks()
    if exchange.is_compressed:
        size = f"{len(exchange.body)} bytes in {_count(chunks, 'chunk')}"
        return f"{size}, compressed ({exchange.coding}), so its events are not known"
    coded = f", sent compressed ({exchange.sent_as})" if exchange.sent_as else ""
    if exchange.framing is None:
        return f"{len(exchange.body)} bytes in {_count(chunks, 'chunk')}{coded}"
    events = sum(block.name is not None for block in blocks)
    stops = [block.stop for block in blocks]
    inside = sum(
        stops[bisect_left(stops, end)] != end
        for end in exchange.chunk_ends()
        if end <= stops[-1]
    )
    cut = f", {inside} of them end inside an event" if inside else ""
    return f"{_count(events, 'event')} in {_count(chunks, 'chunk')}{cut}{coded}"


def _said(reading: Reading) -> Iterator[str]:
    """Yield what a stream says, and what is odd in it."""
    for (message, part), pieces in reading.texts.items():
        of = " of ".join(filter(None, (f"part {part}" if part else "", message)))
        yield f"text       {_text(pieces)}" + (f" ({of})" if of else "")
    thoughts = sum(map(len, reading.reasoning.values()))
    if thoughts:
        yield f"reasoning  {_count(thoughts, 'piece')}"
    for call in reading.calls:
        yield f"call       {call.id} {call.name} {_shortened(call.arguments)}"
    if reading.ending is not None:
        yield f"ends       {reading.ending}, in event {reading.ended_at}"
    for oddity in dict.fromkeys(reading.oddities):
        yield f"odd        {oddity}"


def _text(pieces: tuple[str, ...]) -> str:
    return f"{_count(len(pieces), 'token')}: {_shortened(''.join(pieces))}"


def _shortened(text: str) -> str:
    shown = text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}…"
    return ascii(shown) if not shown.isprintable() else repr(shown)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
