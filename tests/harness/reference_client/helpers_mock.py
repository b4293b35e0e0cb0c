"""Conversations of the reference client with the mock server."""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from midstream.harness.record.ops import Append, Final, Notice, Op, Replace, Settle
from midstream.harness.reference_client.driving.client import ReferenceClient
from midstream.harness.reference_client.limits import Limits
from midstream.mock_server import Injection, MockServer, SessionSettings, load
from midstream.mock_server.core.journal import Committed, Entry, Received

KEY = "sk-test"
LIMITS = Limits(idle_s=5.0, total_s=30.0, poll_s=0.01, backoff_base_s=0.01)


@dataclass
class Talk:
    """A server with one session, and what it wrote down."""

    base_url: str
    journal: list[Entry] = field(default_factory=list)

    def client(self, **options: Any) -> ReferenceClient:  # noqa: ANN401 - all options
        """Return a client for the session."""
        return ReferenceClient(
            self.base_url, KEY, **{"limits": LIMITS, "seed": 1, **options}
        )

    async def hold(self, *turns: str, **options: Any) -> list[Op]:  # noqa: ANN401
        """Hold a conversation and return what the user saw."""
        talk = self.client(**options).converse(turns or ("Why are there tides?",))
        return [op async for op in talk]

    def commits(self) -> list[str]:
        """Return what the server made or did, in order."""
        return [e.what for e in self.journal if isinstance(e, Committed)]

    def received(self) -> list[tuple[str, str, str]]:
        """Return operation, path and hash of the body of each request, in order."""
        entries = [e for e in self.journal if isinstance(e, Received)]
        return [(e.op, e.path, e.body_hash) for e in entries]


@asynccontextmanager
async def talking(
    *cassettes: str, injections: Sequence[Injection] = ()
) -> AsyncGenerator[Talk, None]:
    """Serve *cassettes* of Assistants, as fast as possible."""
    names = tuple(f"openai_assistants/{c}" for c in cassettes or ("short_answer",))
    settings = SessionSettings(cassettes=names, speed=0)
    async with MockServer() as server:
        talk = Talk(server.base_url)
        server.open_session(
            KEY, settings, injections=injections, journal=talk.journal.append
        )
        yield talk


def truth(cassette: str) -> list[str]:
    """Return the texts of a cassette's answer, in order, read from its deltas."""
    texts: dict[tuple[str, int], str] = {}
    for act in load(f"openai_assistants/{cassette}").streams():
        for event in act.events():
            if event.name == "thread.message.delta":
                _add(texts, event.data)
    return list(texts.values())


def _add(texts: dict[tuple[str, int], str], data: str) -> None:
    delta = json.loads(data)
    for block in delta["delta"]["content"]:
        if block["type"] == "text":
            place = delta["id"], block["index"]
            texts[place] = texts.get(place, "") + block["text"].get("value", "")


def shown(ops: Sequence[Op]) -> list[str]:
    """Return the texts that were shown live, in order of their appearance."""
    texts: dict[tuple[str, int], str] = {}
    for op in ops:
        if isinstance(op, Append):
            place = op.message, op.part
            texts[place] = texts.get(place, "") + op.text
        elif isinstance(op, Replace):
            texts[op.message, op.part] = op.text
    return list(texts.values())


def final(ops: Sequence[Op]) -> list[str]:
    """Return the texts of the transcript."""
    last = ops[-1]
    assert isinstance(last, Final)
    return [text for m in last.messages for text in m.parts.values()]


def claims(ops: Sequence[Op]) -> list[str]:
    """Return the claims, in order of turns."""
    return [op.claim for op in ops if isinstance(op, Settle)]


def notices(ops: Sequence[Op]) -> list[str]:
    """Return what the user was told besides the answer."""
    return [op.text for op in ops if isinstance(op, Notice)]
