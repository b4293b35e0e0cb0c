"""Deep Chat in a page of a real browser; `deep_chat_rows` has the adapters.

The component runs unchanged in a real page; `runtimes/browser/page.js` types into it as
a user does and reports what a reader sees. If the component takes input again and shows
no error bubble, its user believes that the answer is complete, so that is the claim. If
it never takes input again, the turn is never settled.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from importlib.metadata import PackageNotFoundError, version
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from midstream.harness.errors import UnavailableError
from midstream.harness.record.case import ClientInfo, Profile
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Op
from midstream.harness.runtimes import node
from midstream.harness.runtimes.browser import engine, find
from midstream.harness.runtimes.browser.stage import Stage
from midstream.mock_server.recordings.cassette import ASSISTANTS

from ._deep_chat_talk import DeepChatTalk

PACKAGE, VERSION = "deep-chat", "2.4.2"
"""The release under test; 2.5.1 removed the Assistants API from Deep Chat."""

_BUNDLE = "node_modules/deep-chat/dist/deepChat.bundle.js"
_ATTEMPTS_MAX = 2
"""One of the component's, and one of the browser's own on a dead connection."""
_TAIL_S = 0.3
"""Enough for a page on a busy machine to show the last delta before the end."""
_STAGES: WeakKeyDictionary[asyncio.AbstractEventLoop, Stage] = WeakKeyDictionary()
"""One stage for each event loop, which all clients use."""


class DeepChat:
    """The component in pages of a browser, told to stream by its *properties*."""

    cores: ClassVar[int] = 2

    def __init__(self, name: str, properties: Mapping[str, Any]) -> None:
        """Set the adapter's name and the component's properties."""
        self.name, self.properties = name, properties

    def info(self) -> ClientInfo:
        """Return name, version, level and profile.

        Raises:
            UnavailableError: Component, browser or Playwright is not installed; says
                how to install it.
        """
        node.installed(f"{PACKAGE}-{VERSION}")
        try:
            version("playwright")
        except PackageNotFoundError as error:
            raise UnavailableError(
                f"the client {self.name} needs Playwright; "
                "run: pip install 'midstream[browser]'"
            ) from error
        browser = find.version(find.find_or_explain())
        return ClientInfo(
            name=self.name,
            version=f"{VERSION} in {browser}",
            level=2,
            profile=Profile(recovery=("fail_fast",), attempts_max=_ATTEMPTS_MAX),
            capabilities=("tools", "messages", "attempts"),
            dialects=(ASSISTANTS,),
            tail_s=_TAIL_S,
        )

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


async def hold(
    conversation: Conversation, properties: Mapping[str, Any]
) -> AsyncGenerator[Op, None]:
    """Hold *conversation* with a component of *properties*; yield what it shows."""
    pages = stage()
    async with pages.page() as loaded:
        talk = DeepChatTalk(loaded, conversation)
        await talk.open(properties)
        for turn, text in enumerate(conversation.turns):
            async for op in talk.turn(turn, text):
                pages.prepare()  # a good time: this page mostly waits now
                yield op
        for op in talk.rest():
            yield op
        yield talk.final()


def stage() -> Stage:
    """Return the stage of the running event loop, the same at every call.

    Raises:
        UnavailableError: The component is not installed; says how to install it.
    """
    loop = asyncio.get_running_loop()
    if loop not in _STAGES:
        bundle = node.installed(f"{PACKAGE}-{VERSION}") / _BUNDLE
        _STAGES[loop] = Stage(engine.shared(), bundle)
    return _STAGES[loop]


async def close() -> None:
    """End the browser of the running event loop, if there is one."""
    loop = asyncio.get_running_loop()
    if loop in _STAGES:
        await _STAGES.pop(loop).close()
