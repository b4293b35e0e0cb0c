"""Small cassettes for tests, made by altering one that is right."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from midstream.mock_server.core.sse import frame
from midstream.mock_server.library import load
from midstream.mock_server.recordings.cassette import Cassette, Chunk, Exchange

Event: TypeAlias = tuple[str, Any]
"""Name and decoded data; ``done`` has None."""


def events_of(name: str, stream: int = 0) -> list[Event]:
    """Return the events of one stream of a shipped Assistants cassette."""
    exchange = load(f"openai_assistants/{name}").streams()[stream]
    return [
        (str(e.name), None if e.name == "done" else json.loads(e.data))
        for e in exchange.events()
    ]


def stream_of(events: Sequence[Event]) -> Exchange:
    """Return an exchange that streams *events*, one a chunk."""
    chunks = tuple(
        Chunk(i / 100, frame(name, "[DONE]" if data is None else json.dumps(data)))
        for i, (name, data) in enumerate(events)
    )
    headers = {"content-type": "text/event-stream; charset=utf-8"}
    return Exchange(
        "POST", "/v1/threads/t/runs", {"stream": True}, 200, headers, chunks
    )


def cassette_of(*exchanges: Exchange, dialect: str = "openai_assistants") -> Cassette:
    """Return a cassette of *exchanges*."""
    return Cassette("test", dialect, "A test", "written by hand", exchanges)


def altered(
    name: str, alter: Callable[[list[Event]], None], stream: int = 0
) -> Cassette:
    """Return a shipped cassette with the events of one stream altered in place."""
    cassette = load(f"openai_assistants/{name}")
    events = events_of(name, stream)
    alter(events)
    exchanges = list(cassette.exchanges)
    exchanges[stream] = stream_of(events)
    return replace(cassette, name="test", exchanges=tuple(exchanges))


def find(events: Sequence[Event], name: str, nth: int = 1) -> int:
    """Return the index of the *nth* event of that *name*, from 1."""
    return [i for i, (found, _) in enumerate(events) if found == name][nth - 1]
