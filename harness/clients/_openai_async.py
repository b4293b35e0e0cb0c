"""The asynchronous openai SDK for Python, used in one of two ways; not an adapter."""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, Literal

from midstream.harness.record.case import ClientInfo
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Op

from ._openai import RETRIES, SdkTalk, async_sdk, sdk_info
from ._openai_helper import HelperTalk


class _RawTalk(SdkTalk):
    """Iterates over the events of the raw stream.

    What the loop over the events shows is all there is: no snapshot, no repair.
    """

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


class OpenAIForPython:
    """The installed SDK, with the defaults it ships with unless told otherwise."""

    def __init__(
        self, name: str, way: Literal["helper", "raw"], *, retries: int | None = None
    ) -> None:
        """Take what the adapter is called and how it uses the SDK.

        *retries* is how often it may send a request again; None: as shipped.
        """
        self.name, self.retries = name, retries
        self.talk: type[SdkTalk] = HelperTalk if way == "helper" else _RawTalk

    def info(self) -> ClientInfo:
        """Return the installed SDK's version; level 2."""
        retries = RETRIES if self.retries is None else self.retries
        return sdk_info(self.name, retries=retries)

    async def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Hold the conversation in one thread."""
        options = {} if self.retries is None else {"max_retries": self.retries}
        async with async_sdk(conversation, **options) as sdk:
            async for op in self.talk(sdk, conversation).hold():
                yield op
