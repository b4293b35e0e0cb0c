"""A careful hand-written client: httpx and httpx-sse, used as they document.

It checks every status, reads the stream through ``aconnect_sse``, handles error events
and runs that end badly, runs tools, and shows errors. It never repeats a request, and
like most such clients it takes the end of the events for the end of the answer.
"""

import json
from collections.abc import AsyncGenerator, Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from midstream.harness.errors import UnavailableError
from midstream.harness.record.case import ClientInfo, Profile
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import (
    Append,
    ClientError,
    Notice,
    Op,
    Settle,
    ToolExec,
    ToolSubmit,
)
from midstream.mock_server.recordings.cassette import ASSISTANTS

from . import CLIENTS
from ._openai import ENDINGS, MODEL

if TYPE_CHECKING:
    import httpx


@CLIENTS.register
class HttpxSse:
    """A loop over ``event_source.aiter_sse()``."""

    def info(self) -> ClientInfo:
        """Return the version of httpx-sse; level 2.

        Raises:
            UnavailableError: httpx or httpx-sse is not installed.
        """
        try:
            found = f"{version('httpx-sse')} on httpx {version('httpx')}"
        except PackageNotFoundError as error:
            raise UnavailableError(
                "the client httpx_sse needs httpx and httpx-sse; "
                "run: pip install 'midstream[httpx_sse]'"
            ) from error
        import httpx_sse  # noqa: F401, PLC0415 - slow: not within the first run

        return ClientInfo(
            name="httpx_sse",
            version=found,
            level=2,
            profile=Profile(
                recovery=("fail_fast",), attempts_max=1, timeouts=("head", "idle")
            ),
            capabilities=("tools",),
            dialects=(ASSISTANTS,),
        )

    async def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Hold the conversation in one thread."""
        import httpx  # noqa: PLC0415 - optional

        headers = {
            "Authorization": f"Bearer {conversation.api_key}",
            "OpenAI-Beta": "assistants=v2",
        }
        async with httpx.AsyncClient(
            base_url=conversation.base_url,
            headers=headers,
            timeout=conversation.idle_s,
        ) as http:
            talk = _Talk(http, conversation)
            for turn, text in enumerate(conversation.turns):
                try:
                    async for op in talk.turn(text):
                        yield op
                except (httpx.HTTPError, _RunError) as error:
                    words = f"{type(error).__name__}: {error}"
                    yield ClientError(text=words)
                    yield Notice(text=words)
                    yield Settle(turn=turn, claim="failed", reason=words)
                else:
                    yield talk.close(turn)


class _RunError(Exception):
    """The stream had an error event; its data is the message."""


class _Talk:
    """One conversation; *run* is the last state of the run that was reported."""

    def __init__(self, http: "httpx.AsyncClient", conversation: Conversation) -> None:
        self.http, self.tools = http, conversation.tools
        self.thread = ""
        self.assistant = ""
        self.run: dict[str, Any] = {}

    async def turn(self, text: str) -> AsyncGenerator[Op, None]:
        """Say *text* and yield what the user sees."""
        if not self.thread:
            self.assistant = (await self._post("/assistants", model=MODEL))["id"]
            self.thread = "/threads/" + (await self._post("/threads"))["id"]
        await self._post(f"{self.thread}/messages", role="user", content=text)
        path, body = f"{self.thread}/runs", {"assistant_id": self.assistant}
        while path:
            self.run = {}
            async for op in self._follow(path, body):
                yield op
            path, body = "", {}
            if self.run.get("status") == "requires_action":
                path = f"{self.thread}/runs/{self.run['id']}/submit_tool_outputs"
                ops, body = self._use_tools()
                for op in ops:
                    yield op

    def close(self, turn: int) -> Settle:
        """Claim what the stream suggests: without an error, the turn is complete."""
        status = self.run.get("status", "")
        claim = ENDINGS.get(status, "complete")
        return Settle(turn=turn, claim=claim, reason=status)

    async def _follow(
        self, path: str, body: dict[str, Any]
    ) -> AsyncGenerator[Op, None]:
        from httpx_sse import aconnect_sse  # noqa: PLC0415 - optional

        request = {**body, "stream": True}
        async with aconnect_sse(self.http, "POST", path, json=request) as source:
            source.response.raise_for_status()
            async for sse in source.aiter_sse():
                if sse.data == "[DONE]":
                    break
                for op in self._see(sse.event, sse.json()):
                    yield op

    def _see(self, name: str, data: Any) -> Iterator[Op]:  # noqa: ANN401 - JSON
        """Yield what one event shows."""
        if name == "error":
            raise _RunError(json.dumps(data))
        if name == "thread.message.delta":
            for block in data["delta"].get("content") or []:
                if block["type"] == "text" and (text := block["text"].get("value")):
                    yield Append(message=data["id"], part=block["index"], text=text)
        elif data.get("object") == "thread.run":
            self.run = data
            if data["status"] in ENDINGS:
                details = data.get("last_error") or data.get("incomplete_details")
                words = f"the run ended as {data['status']}: {json.dumps(details)}"
                yield Notice(text=words)

    def _use_tools(self) -> tuple[list[Op], dict[str, Any]]:
        """Return what the user sees of the tools, and the outputs to submit."""
        calls = self.run["required_action"]["submit_tool_outputs"]["tool_calls"]
        ops: list[Op] = []
        outputs = []
        for call in calls:
            name, arguments = call["function"]["name"], call["function"]["arguments"]
            ops.append(ToolExec(call_id=call["id"], name=name, arguments=arguments))
            output = self.tools.get(name, self.tools.get("*", "null"))
            outputs.append({"tool_call_id": call["id"], "output": output})
        ops.append(ToolSubmit(call_ids=tuple(call["id"] for call in calls)))
        return ops, {"tool_outputs": outputs}

    async def _post(self, path: str, **body: object) -> Any:  # noqa: ANN401 - JSON
        response = await self.http.post(path, json=body)
        response.raise_for_status()
        return response.json()
