"""The official openai SDK for Python, through its streaming helper ``runs.stream``.

Shown live: the text of each delta event, as a program prints it. Final: the helper's
own snapshot of the messages, which it repairs from ``thread.message.completed``.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from typing import Any

from harness.case import ClientInfo
from harness.ops import Final, FinalMessage, Op

from . import CLIENTS, Conversation
from ._openai import Talk, sdk_info


class _HelperTalk(Talk):
    """Streams through the helper and keeps its snapshots."""

    def __init__(self, sdk: Any, conversation: Conversation) -> None:  # noqa: ANN401  # as in Talk
        super().__init__(sdk, conversation)
        self.snapshots: dict[str, dict[int, str]] = {}

    async def events(self, start: dict[str, Any] | None) -> AsyncIterator[Any]:
        runs = self.sdk.beta.threads.runs
        if start is None:
            opening = runs.stream(
                thread_id=self.thread_id, assistant_id=self.assistant_id
            )
        else:
            opening = runs.submit_tool_outputs_stream(thread_id=self.thread_id, **start)
        async with opening as stream:
            try:
                async for event in stream:
                    yield event
            finally:
                await self._keep(stream)

    async def _keep(self, stream: Any) -> None:  # noqa: ANN401  # as in Talk
        """Keep the helper's snapshots; it has none when nothing came."""
        with suppress(RuntimeError):  # "No messages found"
            for message in await stream.get_final_messages():
                self.snapshots[message.id] = {
                    index: block.text.value
                    for index, block in enumerate(message.content)
                    if block.type == "text"
                }

    def final(self) -> Final:
        return Final(
            messages=tuple(
                FinalMessage(message=name, parts=parts)
                for name, parts in self.snapshots.items()
            )
        )


@CLIENTS.register
class OpenAIPython:
    """The SDK's streaming helper, asynchronous, with the defaults it ships with."""

    def info(self) -> ClientInfo:
        """Return the installed SDK's version; level 2."""
        return sdk_info("openai_python")

    async def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Hold the conversation in one thread."""
        from openai import AsyncOpenAI  # noqa: PLC0415  # optional, and slow to import

        async with AsyncOpenAI(
            base_url=conversation.base_url,
            api_key=conversation.api_key,
            timeout=conversation.idle_s,
        ) as sdk:
            async for op in _HelperTalk(sdk, conversation).hold():
                yield op
