"""Edge: the stream that is measured: events of about the same size, 20 ms apart.

A cassette for our server, and for those it is compared with the very bytes that our
server makes of it. 200 events have 248 bytes each on the wire, in the mean.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp
import msgspec

from midstream.mock_server import MockServer, SessionSettings
from midstream.mock_server.core.sse import frame
from midstream.mock_server.dialects.openai_assistants.synthesis.script import (
    SourcePlayer,
)
from midstream.mock_server.dialects.openai_assistants.synthesis.source import (
    Say,
    Source,
)
from midstream.mock_server.recordings.cassette import (
    ASSISTANTS,
    Cassette,
    Chunk,
    Exchange,
)
from midstream.mock_server.recordings.cassette_file import dumps

from .pace import EVENTS, due_s

TOKEN_CHARS: Final = 17
_BLANK: Final = "¶"
"""Stands for the text until it is known how much there is of it."""
_QUESTION: Final = {
    "assistant_id": "asst_1",
    "thread": {"messages": [{"role": "user", "content": "Go on."}]},
    "stream": True,
}
_PATH: Final = "/v1/threads/runs"
REQUEST: Final = (
    f"POST {_PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer sk-bench\r\n"
    "OpenAI-Beta: assistants=v2\r\nContent-Type: application/json\r\n"
    "Accept: text/event-stream\r\n"
    f"Content-Length: {len(msgspec.json.encode(_QUESTION))}\r\n\r\n"
).encode() + msgspec.json.encode(_QUESTION)
"""What makes a thread and streams a run in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A stream of *events* events, as the files of a *cassette* and of a *body*.

    *size_bytes* is the body's; on the wire comes the framing of its chunks.
    """

    events: int
    cassette: Path
    body: Path
    size_bytes: int

    @property
    def event_bytes(self) -> float:
        """The mean size of an event, without framing."""
        return self.size_bytes / self.events


def make(folder: Path, events: int = EVENTS, token_chars: int = TOKEN_CHARS) -> Unit:
    """Write the files of a unit into *folder*; each token has *token_chars*."""
    name = f"unit_{events}_{token_chars}"
    cassette = folder / f"{name}.jsonl"
    cassette.write_text(dumps(spoken(events, token_chars)))
    data = asyncio.run(_streamed(cassette))
    assert data.count(b"\n\n") == events  # noqa: S101 - our own doing
    body = folder / f"{name}.sse"
    body.write_bytes(data)
    return Unit(events=events, cassette=cassette, body=body, size_bytes=len(data))


def spoken(events: int, token_chars: int = TOKEN_CHARS) -> Cassette:
    """Return a run that says one message, in as many tokens as it takes.

    All tokens are different. Our server sends *events* events if it is asked for thread
    and run at once, and one less otherwise.
    """
    say = Say(text=_BLANK)
    source = Source(title="", seed=1, prompt="Go on.", instructions="", steps=(say,))
    (played,) = SourcePlayer(source).play()
    others = len(played.events())  # one of them is a token; our server adds one
    numbers = range(events - others)
    tokens = [f" {number:0{token_chars - 1}}" for number in numbers]
    frames: list[bytes] = []
    for event in played.events():
        is_token = event.name == "thread.message.delta"
        texts = tokens if is_token else ["".join(tokens)]
        told = (
            [event.data]
            if _BLANK not in event.data
            else [event.data.replace(_BLANK, text) for text in texts]
        )
        frames += [frame(event.name, data) for data in told]
    return Cassette(
        name=f"{ASSISTANTS}/unit",
        dialect=ASSISTANTS,
        title=f"A unit to measure with: {events} events",
        provenance="made by benchmarks/unit.py",
        exchanges=(_paced(played, frames),),
    )


def _paced(played: Exchange, frames: list[bytes]) -> Exchange:
    """Return the exchange with *frames*; the server adds event 0 before them."""
    times = (due_s(number) for number in range(1, len(frames) + 1))
    return Exchange(
        method=played.method,
        path=played.path,
        request=played.request,
        status=played.status,
        headers=played.headers,
        chunks=tuple(
            Chunk(round(t, 3), data) for t, data in zip(times, frames, strict=True)
        ),
    )


async def _streamed(cassette: Path) -> bytes:
    """Return the body of a response that streams *cassette*."""
    settings = SessionSettings(
        cassettes=(str(cassette),), speed=0, knows_any_assistant=True
    )
    headers = {"Authorization": "Bearer sk-bench", "OpenAI-Beta": "assistants=v2"}
    async with (
        MockServer(accept_any_key=True, default=settings) as server,
        aiohttp.ClientSession(headers=headers) as client,
        client.post(
            f"{server.base_url}/threads/runs", json=_QUESTION, raise_for_status=True
        ) as response,
    ):
        return await response.read()
