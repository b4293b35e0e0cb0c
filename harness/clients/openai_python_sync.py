"""The official openai SDK for Python, synchronous: what most programs use.

It has the helper and the claims of `openai_python`, and runs in a thread.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from midstream.harness.record.case import ClientInfo
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Op

from . import CLIENTS
from ._openai import sdk_info
from ._openai_thread import Hangup, ThreadTalk


@CLIENTS.register
class OpenAIPythonSync:
    """The SDK's streaming helper, synchronous, with the defaults it ships with."""

    def info(self) -> ClientInfo:
        """Return the installed SDK's version; level 2."""
        return sdk_info("openai_python_sync")

    async def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Hold the conversation in one thread of the API, and one Python thread."""
        from openai import DefaultHttpxClient, OpenAI  # noqa: PLC0415  # optional, slow

        line = Hangup()
        sdk = OpenAI(
            base_url=conversation.base_url,
            api_key=conversation.api_key,
            timeout=conversation.idle_s,
            http_client=DefaultHttpxClient(event_hooks=line.hooks()),
        )
        talk = ThreadTalk(sdk, conversation, line)
        try:
            async with aclosing(talk.hold()) as ops:
                async for op in ops:
                    yield op
        finally:
            await talk.close()
