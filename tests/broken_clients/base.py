"""A correct client that gives up at the first trouble, and says so.

Each broken client overrides one method of it, so that its one flaw is all that can
make it guilty. Honest on its own: it must be acquitted.
"""

import json
from collections.abc import AsyncGenerator
from typing import Any, ClassVar

import aiohttp

from midstream.harness.record.case import ClientInfo, Profile
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import (
    Append,
    Notice,
    Op,
    Replace,
    Settle,
    ToolExec,
    ToolSubmit,
)
from midstream.harness.reference_client.decoder import Decoder

TERMINAL = {"completed", "failed", "incomplete", "cancelled", "expired"}
CLAIMS = {"completed": "complete", "cancelled": "cancelled", "incomplete": "incomplete"}


class BrokenStreamError(Exception):
    """The stream did not say how the run ended."""


TROUBLE = (aiohttp.ClientError, TimeoutError, ValueError, BrokenStreamError)


class Talk:
    """One conversation: its connection, its thread, and what it shows."""

    def __init__(self, http: aiohttp.ClientSession, conversation: Conversation) -> None:
        self.http, self.conversation = http, conversation
        self.thread = self.assistant = self.run = self.status = ""
        self.calls: list[dict[str, Any]] = []
        self.shown: dict[str, str] = {}

    async def call(self, method: str, path: str, **body: object) -> Any:  # noqa: ANN401  # JSON
        """Make one plain request and return its JSON."""
        url = self.conversation.base_url + path
        sent = body if method == "POST" else None
        async with self.http.request(method, url, json=sent) as response:
            response.raise_for_status()
            return await response.json()


class FailFast:
    """Streams, decodes and repairs rightly; recovers from nothing."""

    name: ClassVar[str] = "fail_fast"
    profile: ClassVar[Profile] = Profile(recovery=("fail_fast",), display="may_replace")

    def info(self) -> ClientInfo:
        """Return name and level; it can use tools."""
        return ClientInfo(
            name=self.name,
            version="1",
            level=2,
            profile=self.profile,
            capabilities=("tools",),
        )

    async def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Hold the conversation; each turn ends in one honest claim."""
        headers = {
            "Authorization": f"Bearer {conversation.api_key}",
            "OpenAI-Beta": "assistants=v2",
        }
        timeout = aiohttp.ClientTimeout(total=None, sock_read=conversation.idle_s)
        async with aiohttp.ClientSession(headers=headers, timeout=timeout) as http:
            talk = Talk(http, conversation)
            for turn, text in enumerate(conversation.turns):
                try:
                    async for op in self.turn(talk, text):
                        yield op
                except TROUBLE as error:
                    async for op in self.trouble(talk, turn, error):
                        yield op
                else:
                    for op in self.settle(talk, turn):
                        yield op

    async def turn(self, talk: Talk, text: str) -> AsyncGenerator[Op, None]:
        """Say *text* and follow the run to its end, tools included."""
        if not talk.thread:
            talk.assistant = (await talk.call("POST", "/assistants", model="m"))["id"]
            talk.thread = (await talk.call("POST", "/threads"))["id"]
        path = f"/threads/{talk.thread}"
        await talk.call("POST", f"{path}/messages", role="user", content=text)
        body = {"assistant_id": talk.assistant, "stream": True}
        async for op in self.follow(talk, f"{path}/runs", body):
            yield op
        while talk.status == "requires_action":
            for op in self.use_tools(talk):
                yield op
            outputs = [{"tool_call_id": c["id"], "output": "17"} for c in talk.calls]
            yield ToolSubmit(call_ids=tuple(c["id"] for c in talk.calls))
            submit = f"{path}/runs/{talk.run}/submit_tool_outputs"
            body = {"tool_outputs": outputs, "stream": True}
            async for op in self.follow(talk, submit, body):
                yield op

    def use_tools(self, talk: Talk) -> list[Op]:
        """Run each tool once."""
        return [
            ToolExec(
                call_id=call["id"],
                name=call["function"]["name"],
                arguments=call["function"]["arguments"],
            )
            for call in talk.calls
        ]

    async def follow(
        self, talk: Talk, path: str, body: object
    ) -> AsyncGenerator[Op, None]:
        """POST *body* and show what is streamed, to a terminal run event."""
        talk.status = ""
        url = talk.conversation.base_url + path
        async with talk.http.post(url, json=body) as response:
            response.raise_for_status()
            decoder = self.decoder()
            async for chunk in response.content.iter_any():
                for event in decoder.feed(chunk):
                    for op in self.read(talk, event.kind, event.data):
                        yield op
                if talk.status in {*TERMINAL, "requires_action"}:
                    return
        self.ended(talk)

    def decoder(self) -> Decoder:
        """Return a fresh decoder for one response."""
        return Decoder()

    def ended(self, talk: Talk) -> None:
        """Refuse an end without a terminal event."""
        raise BrokenStreamError(f"the stream of {talk.thread} ended too early")

    def read(self, talk: Talk, kind: str, data: str) -> list[Op]:
        """Turn one event into what the user sees of it."""
        if kind == "error":
            raise BrokenStreamError(data)
        if not kind.startswith("thread."):
            return []
        event = json.loads(data)
        if event.get("object") == "thread.run":
            talk.run, talk.status = event["id"], event["status"]
            action = event.get("required_action") or {}
            talk.calls = action.get("submit_tool_outputs", {}).get("tool_calls", [])
        if kind == "thread.message.delta":
            return self.delta(talk, event)
        if kind in {"thread.message.completed", "thread.message.incomplete"}:
            return self.snapshot(talk, event)
        return []

    def delta(self, talk: Talk, event: dict[str, Any]) -> list[Op]:
        """Show the text of a delta."""
        ops: list[Op] = []
        for block in event["delta"]["content"]:
            if block["type"] != "text":
                continue
            name, part, text = event["id"], block["index"], block["text"]["value"]
            key = f"{name}/{part}"
            talk.shown[key] = talk.shown.get(key, "") + text
            ops.append(Append(message=name, part=part, text=text))
        return ops

    def snapshot(self, talk: Talk, event: dict[str, Any]) -> list[Op]:
        """Correct what is shown by the finished message."""
        ops: list[Op] = []
        for part, block in enumerate(event["content"]):
            if block["type"] != "text":
                continue
            text = block["text"]["value"]
            if talk.shown.get(f"{event['id']}/{part}", "") != text:
                talk.shown[f"{event['id']}/{part}"] = text
                ops.append(Replace(message=event["id"], part=part, text=text))
        return ops

    def settle(self, talk: Talk, turn: int) -> list[Op]:
        """Claim what the run's status says."""
        claim = CLAIMS.get(talk.status, "failed")
        ops: list[Op] = [Settle(turn=turn, claim=claim)]  # type: ignore[arg-type]  # the values are claims
        if claim == "complete":
            return ops
        return [Notice(text=f"the run ended as {talk.status}"), *ops]

    async def trouble(
        self, talk: Talk, turn: int, error: Exception
    ) -> AsyncGenerator[Op, None]:
        """Say that it failed."""
        yield Notice(text=f"{type(error).__name__} in {talk.thread}: {error}")
        yield Settle(turn=turn, claim="failed")
