"""The shared part of the adapters of the official Python SDK; not an adapter itself.

The SDK runs as shipped, with its own retries and exceptions. Only the read timeout is
set, as a careful user would (the default is ten minutes). An adapter claims what the
SDK lets its user believe: "complete" if nothing was raised and the last reported run
did not end badly. A user who looks closer can do better; most do not.
"""

import json
from collections.abc import AsyncGenerator, AsyncIterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal

from midstream.harness.errors import UnavailableError
from midstream.harness.record.case import ClientInfo, Profile
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import (
    Append,
    Claim,
    ClientError,
    Final,
    FinalMessage,
    Notice,
    Op,
    Settle,
    ToolExec,
    ToolSubmit,
)
from midstream.mock_server.recordings.cassette import ASSISTANTS

MODEL = "gpt-4o"
ENDINGS: dict[str, Claim] = {
    "failed": "failed",
    "expired": "failed",
    "cancelled": "cancelled",
    "incomplete": "incomplete",
}


RETRIES = 2
"""How often the SDK sends a request again, unless told otherwise (3.54.0)."""
RETRY_AFTER_CAP_S = 120.0
"""The longest wait that it grants a server; for a longer one, it gives up (3.54.0)."""


def sdk_info(name: str, *, retries: int = RETRIES) -> ClientInfo:
    """Return the description of the adapter *name*, with the installed SDK's version.

    *retries* is how often the SDK may send a request again.

    Raises:
        UnavailableError: The SDK is not installed.
    """
    try:
        found = version("openai")
    except PackageNotFoundError as error:
        raise UnavailableError(
            f"the client {name} needs the openai SDK; "
            "run: pip install 'midstream[openai]'"
        ) from error
    _warm_up()
    return ClientInfo(
        name=name,
        version=found,
        level=2,
        profile=Profile(
            recovery=("fail_fast",),
            attempts_max=retries + 1,
            retry_after_cap_s=RETRY_AFTER_CAP_S,
            timeouts=("head", "idle"),
        ),
        capabilities=("tools",),
        dialects=(ASSISTANTS,),
    )


@cache
def _warm_up() -> None:
    """Import the SDK, with the part that it imports at its first use.

    That takes more than a second, and within a run it would pause all runs.
    """
    from openai import OpenAI  # noqa: PLC0415  # optional

    with OpenAI(api_key="unused", base_url="http://127.0.0.1/v1") as sdk:
        _ = sdk.beta.threads.runs


def async_sdk(conversation: Conversation, **options: Any) -> Any:  # noqa: ANN401  # openai is optional: no types without it
    """Return an ``AsyncOpenAI`` for *conversation*, as shipped except for *options*."""
    from openai import AsyncOpenAI  # noqa: PLC0415  # optional, and slow to import

    return AsyncOpenAI(
        base_url=conversation.base_url,
        api_key=conversation.api_key,
        timeout=conversation.idle_s,
        **options,
    )


class SdkTalk:
    """One conversation with the SDK; the adapters differ in how they get `events`."""

    def __init__(self, sdk: Any, conversation: Conversation) -> None:  # noqa: ANN401  # as in async_sdk
        """Hold *conversation* through *sdk*; `ask` and `events` call it."""
        self.sdk, self.conversation = sdk, conversation
        self.thread_id = ""
        self.assistant_id = ""
        self.shown: dict[str, dict[int, str]] = {}
        self.run: Any = None

    async def hold(self) -> AsyncGenerator[Op, None]:
        """Say every turn and yield what the user sees."""
        for turn, text in enumerate(self.conversation.turns):
            try:
                async for op in self._turn(text):
                    yield op
            except documented_errors() as error:
                words = f"{type(error).__name__}: {error}"
                yield ClientError(text=words)
                yield Notice(text=words)
                yield Settle(turn=turn, claim="failed", reason=type(error).__name__)
            else:
                for op in self._close(turn):
                    yield op
        yield self.final()

    def events(self, start: dict[str, Any] | None) -> AsyncIterator[Any]:
        """Yield the SDK's events of a new run, or of the run that *start* continues.

        *start* holds ``run_id`` and ``tool_outputs`` for submitting outputs, or is
        None for a new run.
        """
        raise NotImplementedError

    def final(self) -> Final:
        """Return the messages that the user's program holds at the end."""
        return Final(
            messages=tuple(
                FinalMessage(message=name, parts=parts)
                for name, parts in self.shown.items()
            )
        )

    async def ask(self, text: str) -> None:
        """Add the user's message to the thread, which the first turn creates."""
        beta = self.sdk.beta
        if not self.thread_id:
            self.assistant_id = (await beta.assistants.create(model=MODEL)).id
            self.thread_id = (await beta.threads.create()).id
        await beta.threads.messages.create(self.thread_id, role="user", content=text)

    async def _turn(self, text: str) -> AsyncGenerator[Op, None]:
        await self.ask(text)
        self.run = None
        async for op in self._follow(None):
            yield op
        while self.run is not None and self.run.status == "requires_action":
            start, ops = self._use_tools()
            for op in ops:
                yield op
            async for op in self._follow(start):
                yield op

    async def _follow(self, start: dict[str, Any] | None) -> AsyncGenerator[Op, None]:
        async for event in self.events(start):
            name = event.event or ""
            if name.startswith("thread.run.") and "step" not in name:
                self.run = event.data
            if name == "thread.message.delta":
                for op in self._show(event.data):
                    yield op

    def _show(self, delta: Any) -> list[Op]:  # noqa: ANN401  # as in async_sdk
        ops: list[Op] = []
        for block in delta.delta.content or []:
            if block.type == "text" and block.text and block.text.value:
                text = block.text.value
                parts = self.shown.setdefault(delta.id, {})
                parts[block.index] = parts.get(block.index, "") + text
                ops.append(Append(message=delta.id, part=block.index, text=text))
        return ops

    def _use_tools(self) -> tuple[dict[str, Any], list[Op]]:
        calls = self.run.required_action.submit_tool_outputs.tool_calls
        tools = self.conversation.tools
        ops: list[Op] = []
        outputs: list[dict[str, str]] = []
        for call in calls:
            name, arguments = call.function.name, call.function.arguments
            ops.append(ToolExec(call_id=call.id, name=name, arguments=arguments))
            output = tools.get(name, tools.get("*", json.dumps(None)))
            outputs.append({"tool_call_id": call.id, "output": output})
        ops.append(ToolSubmit(call_ids=tuple(call.id for call in calls)))
        start = {"run_id": self.run.id, "tool_outputs": outputs}
        self.run = None
        return start, ops

    def _close(self, turn: int) -> list[Op]:
        """Claim what the SDK lets its user believe."""
        status = self.run.status if self.run is not None else ""
        claim = ENDINGS.get(status, "complete")
        if claim == "complete":
            return [Settle(turn=turn, claim=claim)]
        level: Literal["error", "warning"] = "error" if claim == "failed" else "warning"
        details = self.run.last_error or self.run.incomplete_details or ""
        words = f"the run ended as {status} {details}".strip()
        return [
            Notice(text=words, level=level),
            Settle(turn=turn, claim=claim, reason=status),
        ]


def documented_errors() -> tuple[type[Exception], ...]:
    """Return the exceptions that the SDK documents, or its helper raises by design.

    Source: openai 3.54.0, README "Handling errors"; ``runs.stream`` passes the
    exceptions of its HTTP library on unchanged (measured).
    """
    import httpx2  # noqa: PLC0415  # comes with the optional SDK
    from openai import OpenAIError  # noqa: PLC0415

    return (OpenAIError, httpx2.HTTPError)
