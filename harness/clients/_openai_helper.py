"""The shared part of the adapters of the SDK's streaming helper; not an adapter itself.

Shown live: the text of each delta event, as a program prints it. Final: the helper's
own snapshot of the messages, which it repairs from ``thread.message.completed``.
"""

from collections.abc import AsyncGenerator, Iterable
from contextlib import suppress
from typing import Any

from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Final, FinalMessage

from ._openai import SdkTalk


class SnapshotTalk(SdkTalk):
    """Reports the helper's snapshots as the final messages, not the shown text."""

    def __init__(self, sdk: Any, conversation: Conversation) -> None:  # noqa: ANN401  # as in async_sdk
        """Start without snapshots."""
        super().__init__(sdk, conversation)
        self.snapshots: dict[str, dict[int, str]] = {}

    def keep(self, messages: Iterable[Any]) -> None:
        """Keep the snapshots that the helper made of *messages*."""
        for message in messages:
            self.snapshots[message.id] = {
                index: block.text.value
                for index, block in enumerate(message.content)
                if block.type == "text"
            }

    def final(self) -> Final:
        """Return the messages that the helper holds at the end."""
        return Final(
            messages=tuple(
                FinalMessage(message=name, parts=parts)
                for name, parts in self.snapshots.items()
            )
        )

    def opening(self, start: dict[str, Any] | None) -> Any:  # noqa: ANN401  # as in async_sdk
        """Return the helper's context manager, synchronous if the SDK client is."""
        runs = self.sdk.beta.threads.runs
        if start is None:
            return runs.stream(thread_id=self.thread_id, assistant_id=self.assistant_id)
        return runs.submit_tool_outputs_stream(thread_id=self.thread_id, **start)


class HelperTalk(SnapshotTalk):
    """Streams through the asynchronous helper."""

    async def events(self, start: dict[str, Any] | None) -> AsyncGenerator[Any, None]:
        """Yield the helper's events and keep its snapshots, whatever happens."""
        async with self.opening(start) as stream:
            try:
                async for event in stream:
                    yield event
            finally:
                with suppress(RuntimeError):  # "No messages found": nothing came
                    self.keep(await stream.get_final_messages())
