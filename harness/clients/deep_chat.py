"""Deep Chat in a real browser, told to stream by its request object.

`connect` is the component's object for request settings; its documentation says to set
`stream` in it.
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any, ClassVar

from midstream.harness.record.case import ClientInfo
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Op

from . import CLIENTS
from ._deep_chat import close, deep_chat_info, hold, stage


@CLIENTS.register
class DeepChat:
    """The component with ``connect = {stream: true}``."""

    name: ClassVar[str] = "deep_chat"
    cores: ClassVar[int] = 2
    properties: ClassVar[Mapping[str, Any]] = {"connect": {"stream": True}}

    def info(self) -> ClientInfo:
        """Return name, version, level and profile.

        Raises:
            UnavailableError: The component, a browser or Playwright is missing.
        """
        return deep_chat_info(self.name)

    async def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Hold *conversation* in a page of its own."""
        async with aclosing(hold(conversation, self.properties)) as ops:
            async for op in ops:
                yield op

    async def aopen(self) -> None:
        """Start the browser and load a first page, which takes longer than a run.

        Raises:
            UnavailableError: It does not start.
        """
        await stage().open()

    async def aclose(self) -> None:
        """End the browser, if it was started."""
        await close()
