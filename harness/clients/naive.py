"""The client that many people write first, from a tutorial. It must fail.

Each of its habits is common: it decodes every chunk by itself, splits it into lines,
skips lines that do not parse, and takes the end of the body for the end of the answer.
On any exception it waits a second and asks again, up to three times, appending to the
text that it has shown.
"""

import asyncio
import json
from collections.abc import AsyncGenerator
from importlib.metadata import version
from typing import Any

import aiohttp

from midstream.harness.record.case import ClientInfo, Profile
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Append, ClientError, Notice, Op, Settle
from midstream.mock_server.recordings.cassette import ASSISTANTS

from . import CLIENTS

TRIES = 3
WAIT_S = 1.0


@CLIENTS.register
class Naive:
    """A loop over ``iter_any`` and ``line.startswith("data: ")``."""

    def info(self) -> ClientInfo:
        """Return its aiohttp's version; level 2, no tools."""
        return ClientInfo(
            dialects=(ASSISTANTS,),
            name="naive",
            version=f"aiohttp {version('aiohttp')}",
            level=2,
            profile=Profile(
                recovery=("restart",), attempts_max=TRIES, timeouts=("head", "idle")
            ),
        )

    async def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Hold the conversation as a first draft does."""
        timeout = aiohttp.ClientTimeout(total=None, sock_read=conversation.idle_s)
        headers = {
            "Authorization": f"Bearer {conversation.api_key}",
            "OpenAI-Beta": "assistants=v2",
        }
        async with aiohttp.ClientSession(timeout=timeout, headers=headers) as http:
            talk = _NaiveTalk(http, conversation.base_url)
            for turn, text in enumerate(conversation.turns):
                async for op in talk.turn(turn, text):
                    yield op


class _NaiveTalk:
    """One conversation; its only state is its thread."""

    def __init__(self, http: aiohttp.ClientSession, base_url: str) -> None:
        self.http, self.base_url = http, base_url
        self.thread = ""
        self.assistant = ""

    async def turn(self, turn: int, text: str) -> AsyncGenerator[Op, None]:
        """Ask, and ask again if anything goes wrong."""
        for left in reversed(range(TRIES)):
            try:
                async for op in self._ask(text):
                    yield op
            except (aiohttp.ClientError, TimeoutError, ValueError, KeyError) as error:
                yield ClientError(text=f"{type(error).__name__}: {error}")
                if not left:
                    yield Notice(text="Something went wrong.")
                    yield Settle(turn=turn, claim="failed", reason=str(error))
                await asyncio.sleep(WAIT_S)
            else:
                yield Settle(turn=turn, claim="complete")
                return

    async def _ask(self, text: str) -> AsyncGenerator[Op, None]:
        if not self.thread:
            self.assistant = (await self._post("/assistants", model="gpt-4o"))["id"]
            self.thread = (await self._post("/threads"))["id"]
        await self._post(f"/threads/{self.thread}/messages", role="user", content=text)
        body = {"assistant_id": self.assistant, "stream": True}
        url = f"{self.base_url}/threads/{self.thread}/runs"
        async with self.http.post(url, json=body) as response:
            async for chunk in response.content.iter_any():
                for line in chunk.decode("utf-8").split("\n"):
                    for op in _read(line):
                        yield op

    async def _post(self, path: str, **body: object) -> Any:  # noqa: ANN401  # JSON
        async with self.http.post(self.base_url + path, json=body) as response:
            return await response.json()


def _read(line: str) -> list[Op]:
    if not line.startswith("data: "):
        return []
    try:
        event = json.loads(line.removeprefix("data: "))
        name, blocks = event["id"], event["delta"]["content"]
        return [
            Append(message=name, part=block["index"], text=block["text"]["value"])
            for block in blocks
        ]
    except (ValueError, KeyError, TypeError):
        return []  # not a text delta, or not JSON: ignored
