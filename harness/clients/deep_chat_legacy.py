"""Deep Chat in a real browser, told to stream the way it was before release 2.0.

`stream` stood on the component itself then. 2.4.2 still takes it there, and says on
the console that the property has been moved to the connect object.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from harness.case import ClientInfo
from harness.ops import Op

from . import CLIENTS, Conversation
from ._deep_chat import close, deep_chat_info, hold, open_browser

PROPERTIES = {"stream": True}


@CLIENTS.register
class DeepChatLegacy:
    """The component with ``stream = true`` at its root."""

    def info(self) -> ClientInfo:
        """Return name, version, level and profile.

        Raises:
            UnavailableError: The component, a browser or Playwright is missing.
        """
        return deep_chat_info("deep_chat_legacy")

    async def converse(self, conversation: Conversation) -> AsyncGenerator[Op, None]:
        """Hold *conversation* in a page of its own."""
        async with aclosing(hold(conversation, PROPERTIES)) as ops:
            async for op in ops:
                yield op

    async def aopen(self) -> None:
        """Start the browser, which takes longer than a run.

        Raises:
            UnavailableError: It does not start.
        """
        await open_browser()

    async def aclose(self) -> None:
        """End the browser, if it was started."""
        await close()
