"""An API of our own making, its recordings, and clients of it."""

import json
from base64 import b64encode
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any

import aiohttp

from midstream.harness.clients import Client
from midstream.harness.record.case import ClientInfo
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Append, Notice, Op, Settle, ToolExec
from midstream.harness.runs.campaign import RunOutcome
from tests.e2e.helpers_runs import one

PATH = "/v1/oracle/ask"
SSE = {"content-type": "text/event-stream"}
BUSY = {"retry-after": "0.2", "content-type": "application/json"}
WORDS = ("The ", "lamp ", "is ", "lit.")
CLAIM = "end"


def piece(text: str) -> str:
    """Return an event that says *text*, in an API of our own making."""
    return f"data: {json.dumps({'say': text})}\n\n"


ANSWER = (200, SSE, [*map(piece, WORDS), f"data: {CLAIM}\n\n"])
REFUSAL = (503, BUSY, ['{"wait": true}'])


def cassette(path: Path, *answers: tuple[int, Mapping[str, str], list[Any]]) -> None:
    """Write a recording of *answers* to the one request that there is.

    A chunk is text, or bytes that are none.
    """
    lines: list[dict[str, Any]] = [
        {"kind": "cassette", "format": 1, "dialect": "verbatim", "title": "A lamp"}
        | {"provenance": "made up"}
    ]
    for status, headers, texts in answers:
        asked = {"kind": "exchange", "method": "POST", "path": PATH, "request": None}
        lines.append({**asked, "status": status, "headers": headers})
        lines += [{"kind": "chunk", "t": 0.0, **_said(text)} for text in texts]
    path.write_text("".join(map(_line, lines)), encoding="utf-8")


def _said(chunk: str | bytes) -> dict[str, str]:
    if isinstance(chunk, str):
        return {"text": chunk}
    return {"b64": b64encode(chunk).decode()}


def _line(entry: dict[str, Any]) -> str:
    return json.dumps(entry) + "\n"


class Asker:
    """Shows what it is told; asks once more where it is refused; honest."""

    lies = False

    def __init__(self, *dialects: str) -> None:
        """Speak these *dialects*; any, if none is said."""
        self._dialects = dialects

    def info(self) -> ClientInfo:
        """Say that it tells what it shows, and the tools that it runs."""
        return ClientInfo(
            name="asker",
            version="1",
            level=2,
            capabilities=("tools",),
            dialects=self._dialects,
        )

    async def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Ask for an answer to each turn."""
        key = {"authorization": f"Bearer {conversation.api_key}"}
        url = conversation.base_url.removesuffix("/v1") + PATH
        async with aiohttp.ClientSession(headers=key) as http:
            for turn, _ in enumerate(conversation.turns):
                async for op in self._turn(http, url, turn):
                    yield op

    async def _turn(
        self, http: aiohttp.ClientSession, url: str, turn: int
    ) -> AsyncGenerator[Op, None]:
        is_whole = False
        for _ in range(2):
            async with http.post(url, json={}) as response:
                async for line in response.content:
                    said = line.decode().removeprefix("data: ").strip()
                    is_whole |= said == CLAIM
                    if "say" in said:
                        yield Append(message="m", text=json.loads(said)["say"])
            if response.status != REFUSAL[0]:
                break
        if not is_whole and not self.lies:
            yield Notice(text="There is no end to it.")
        done = is_whole or self.lies
        yield Settle(turn=turn, claim="complete" if done else "failed")


class Liar(Asker):
    """Calls a part of an answer the whole."""

    lies = True


class Toolsmith(Asker):
    """Runs a tool, which only the recording knows that it asks for."""

    async def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Run it once, before it shows the answer."""
        yield ToolExec(call_id="call_1", name="light", arguments="{}")
        async for op in super().converse(conversation):
            yield op


API = """
title = "Lamp"
[request]
path = "/v1/oracle/ask"
[[text]]
at = "say"
[[arguments]]
at = "call.arguments"
id = "call.id"
name = "call.name"
[[end]]
when = { "$data" = "end" }
[[error]]
when = { wait = true }
"""
DECLARED = 'dialect = "api.toml"\n'
EARLY_END = """
phase = "P5"
fault_class = "unrecoverable"
[[faults]]
kind = "early_end"
at = { event = "message", nth = 2 }
"""
CALM = 'phase = "none"\nfault_class = "ignorable"\n'


def ran(
    client: Client, answers: list[Any], more: str, folder: Path, api: str = API
) -> RunOutcome:
    """Run *client* on a scenario of its own, in a folder where we are not."""
    folder.mkdir()
    cassette(folder / "lamp.jsonl", *answers)
    (folder / "api.toml").write_text(api, encoding="utf-8")
    (folder / "lamp.toml").write_text(
        'description = "A lamp."\nexpectation = "Light."\nsources = ["made up"]\n'
        'cassettes = ["lamp.jsonl"]\nbudget_s = 5.0\n'
        f"{more}",
        encoding="utf-8",
    )
    return one(client, str(folder / "lamp.toml"), folder / "runs")
