"""The official openai SDK for Python, its helper, with its automatic retries off.

Source: docs/wire.md, Recovery algorithm, point 1: "Send POSTs that create something
without automatic retries". All requests of this adapter are such POSTs.
"""

from collections.abc import AsyncGenerator

from midstream.harness.record.case import ClientInfo
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Op

from . import CLIENTS
from ._openai import async_sdk, sdk_info
from ._openai_helper import HelperTalk


@CLIENTS.register
class OpenAIPythonTuned:
    """The SDK's asynchronous streaming helper, which never repeats a request itself."""

    def info(self) -> ClientInfo:
        """Return the installed SDK's version; level 2, one attempt."""
        return sdk_info("openai_python_tuned", retries=0)

    async def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Hold the conversation in one thread."""
        async with async_sdk(conversation, max_retries=0) as sdk:
            async for op in HelperTalk(sdk, conversation).hold():
                yield op
