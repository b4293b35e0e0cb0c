"""The official openai SDK for Python, through its streaming helper ``runs.stream``.

As shipped, it sends a lost request again, up to two times.
"""

from collections.abc import AsyncGenerator

from midstream.harness.record.case import ClientInfo
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Op

from . import CLIENTS
from ._openai import async_sdk, sdk_info
from ._openai_helper import HelperTalk


@CLIENTS.register
class OpenAIPython:
    """The SDK's streaming helper, asynchronous, with the defaults it ships with."""

    def info(self) -> ClientInfo:
        """Return the installed SDK's version; level 2."""
        return sdk_info("openai_python")

    async def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Hold the conversation in one thread."""
        async with async_sdk(conversation) as sdk:
            async for op in HelperTalk(sdk, conversation).hold():
                yield op
