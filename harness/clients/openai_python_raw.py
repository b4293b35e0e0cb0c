"""The official openai SDK for Python, raw: ``runs.create(stream=True)``.

The user sees only what the loop over the events shows: no snapshot, no repair.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from midstream.harness.record.case import ClientInfo
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Op

from . import CLIENTS
from ._openai import SdkTalk, async_sdk, sdk_info


class _RawTalk(SdkTalk):
    """Iterates over the events of the raw stream."""

    async def events(self, start: dict[str, Any] | None) -> AsyncIterator[Any]:
        runs = self.sdk.beta.threads.runs
        if start is None:
            stream = await runs.create(
                self.thread_id, assistant_id=self.assistant_id, stream=True
            )
        else:
            stream = await runs.submit_tool_outputs(
                thread_id=self.thread_id, stream=True, **start
            )
        async with stream:
            async for event in stream:
                yield event


@CLIENTS.register
class OpenAIPythonRaw:
    """The SDK's raw stream, asynchronous, with the defaults it ships with."""

    def info(self) -> ClientInfo:
        """Return the installed SDK's version; level 2."""
        return sdk_info("openai_python_raw")

    async def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Hold the conversation in one thread."""
        async with async_sdk(conversation) as sdk:
            async for op in _RawTalk(sdk, conversation).hold():
                yield op
