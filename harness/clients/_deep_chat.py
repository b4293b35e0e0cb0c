"""What the two adapters of Deep Chat share; not an adapter itself.

The component runs unaltered in a real page; `harness/browser/page.js` speaks to it as a
user does and reports what a reader sees. An answer that stands under no error bubble
when the component takes input again was called complete: that is what its user
believes. One that never takes input again is never settled here either.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from harness import node
from harness.browser import engine, find
from harness.browser.page_server import PageServer
from harness.case import ClientInfo, Profile
from harness.errors import UnavailableError
from harness.ops import (
    Append,
    Attempt,
    Final,
    FinalMessage,
    Notice,
    Op,
    Replace,
    Settle,
    ToolExec,
    ToolSubmit,
    Trouble,
)

from . import Conversation

if TYPE_CHECKING:
    from playwright.async_api import Page, Request

PACKAGE, VERSION = "deep-chat", "2.4.2"
"""The release under test; 2.5.1 removed the Assistants API from Deep Chat."""

MODEL = "gpt-4o"
_BUNDLE = "node_modules/deep-chat/dist/deepChat.bundle.js"
_TAIL_S = 0.3
"""Enough for a page on a busy machine to have drawn the last delta before the end."""
_LANDING_S = 1.0
"""How long a request of an idle component may take to be over, as the browser says."""


def deep_chat_info(name: str) -> ClientInfo:
    """Return what the adapter called *name* says of component and browser.

    Raises:
        UnavailableError: Component, browser or Playwright is not there; says how to
            get it.
    """
    node.installed(f"{PACKAGE}-{VERSION}")
    try:
        version("playwright")
    except PackageNotFoundError as error:
        raise UnavailableError(
            f"the client {name} needs Playwright: pip install 'midstream[browser]'"
        ) from error
    browser = find.version(find.find_or_explain())
    return ClientInfo(
        name=name,
        version=f"{VERSION} in {browser}",
        level=2,
        profile=Profile(recovery=("fail_fast",)),
        capabilities=("tools", "messages"),
        tail_s=_TAIL_S,
    )


async def hold(
    conversation: Conversation, properties: Mapping[str, Any]
) -> AsyncGenerator[Op, None]:
    """Hold *conversation* with a component of *properties*; yield what it shows."""
    bundle = node.installed(f"{PACKAGE}-{VERSION}") / _BUNDLE
    server = PageServer(bundle)
    try:
        url = await server.start()
        async with engine.shared().page() as page:
            talk = Talk(page, conversation)
            await talk.open(url, properties)
            for turn, text in enumerate(conversation.turns):
                async for op in talk.turn(turn, text):
                    yield op
            yield talk.final()
    finally:
        await server.stop()


async def open_browser() -> None:
    """Start the browser of the running event loop and draw a first page in it.

    Raises:
        UnavailableError: Component, browser or Playwright is missing or broken.
    """
    server = PageServer(node.installed(f"{PACKAGE}-{VERSION}") / _BUNDLE)
    try:
        async with engine.shared().page() as page:
            await page.goto(await server.start())
    finally:
        await server.stop()


async def close() -> None:
    """End the browser of the running event loop, if there is one."""
    await engine.shared().close()


class Talk:
    """One conversation in one page."""

    def __init__(self, page: "Page", conversation: Conversation) -> None:
        """Hold *conversation* in *page*, which is empty."""
        self._page, self._conversation = page, conversation
        self._news: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._in_flight: set[Request] = set()
        self._landed = asyncio.Event()
        self._calls: deque[dict[str, str]] = deque()
        self._shown: dict[int, str] = {}

    async def open(self, url: str, properties: Mapping[str, Any]) -> None:
        """Load the page at *url* and put the component on it."""
        page, conversation = self._page, self._conversation
        page.on("request", self._sent)
        page.on("requestfinished", self._over)
        page.on("requestfailed", self._over)
        page.on("pageerror", lambda error: self._tell("trouble", text=error.message))
        page.on("crash", lambda _: self._tell("gone", text="the page crashed"))
        page.on("close", lambda _: self._tell("gone", text="the page was closed"))
        await page.expose_binding("midstreamReport", self._hear)
        await page.goto(url)
        settings = {
            "properties": dict(properties),
            "baseUrl": conversation.base_url,
            "key": conversation.api_key,
            "model": MODEL,
            "tools": dict(conversation.tools),
        }
        await page.evaluate("settings => begin(settings)", settings)

    async def turn(self, turn: int, text: str) -> AsyncGenerator[Op, None]:
        """Say *text* and yield what is seen until the component is idle again.

        Raises:
            RuntimeError: The page is gone.
        """
        await self._page.evaluate("text => say(text)", text)
        while True:
            news = await self._news.get()
            if news["what"] == "gone":
                raise RuntimeError(news["text"])
            if news["what"] != "idle":
                for op in self._ops(news):
                    yield op
            elif await self._is_over():
                for op in self._unsubmitted():
                    yield op
                yield _settled(turn, has_error=news["hasError"])
                return

    def final(self) -> Final:
        """Return the answers as they stand in the end."""
        return Final(
            messages=tuple(
                FinalMessage(message=_name(answer), parts={0: text})
                for answer, text in sorted(self._shown.items())
            )
        )

    def _ops(self, news: dict[str, Any]) -> Iterator[Op]:
        """Yield what *news* of the page or the browser means."""
        match news["what"]:
            case "text":
                yield self._text(news["answer"], news["text"], news["isReplaced"])
            case "error":
                yield Notice(text=news["text"])
            case "trouble":
                yield Trouble(text=news["text"])
            case "tools":
                self._calls.extend(news["calls"])
            case "request":
                yield Attempt(what=_operation(news["method"], news["url"]))
                if news["url"].endswith("/submit_tool_outputs"):
                    yield from self._submitted(json.loads(news["body"] or "{}"))
            case other:
                raise RuntimeError(f"the page reports {other!r}, which is nothing")

    def _text(self, answer: int, text: str, is_replaced: bool) -> Op:
        shown = "" if is_replaced else self._shown.get(answer, "")
        self._shown[answer] = shown + text
        kind = Replace if is_replaced else Append
        return kind(message=_name(answer), text=text)

    def _submitted(self, body: dict[str, Any]) -> Iterator[Op]:
        """Yield what was executed and is submitted.

        The component does not tell its handler which calls it executes; the request
        that follows names them, in the same order.
        """
        ids = tuple(output["tool_call_id"] for output in body.get("tool_outputs", ()))
        for call_id in ids:
            if self._calls:
                call = self._calls.popleft()
                yield ToolExec(call_id=call_id, **call)
        yield ToolSubmit(call_ids=ids)

    def _unsubmitted(self) -> Iterator[Op]:
        """Yield the tools that were executed for nothing, under names of our own."""
        for number, call in enumerate(self._calls, 1):
            yield ToolExec(call_id=f"unsubmitted-{number}", **call)
        self._calls.clear()

    async def _is_over(self) -> bool:
        """Say whether the component is idle and waits for no response.

        Between two streams of a turn it looks idle for a moment. If it is not over,
        the page will say so again when it is.
        """
        if self._in_flight:
            self._landed.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._landed.wait(), _LANDING_S)
        return bool(await self._page.evaluate("confirm()"))

    def _hear(self, _source: object, news: dict[str, Any]) -> None:
        self._news.put_nowait(news)

    def _tell(self, what: str, **rest: str | None) -> None:
        self._news.put_nowait({"what": what, **rest})

    def _sent(self, request: "Request") -> None:
        """Take note of a request that the component makes.

        The browser tells this once a request; when it sends one again by itself, on a
        connection that was dead, nobody on this side learns of it.
        """
        if request.url.startswith(self._conversation.base_url):
            self._in_flight.add(request)
            body, method = request.post_data, request.method
            self._tell("request", url=request.url, method=method, body=body)

    def _over(self, request: "Request") -> None:
        self._in_flight.discard(request)
        if not self._in_flight:
            self._landed.set()


def _settled(turn: int, *, has_error: bool) -> Settle:
    """Return what the component lets its user believe."""
    if has_error:
        return Settle(turn=turn, claim="failed", reason="an error bubble")
    return Settle(turn=turn, claim="complete")


def _name(answer: int) -> str:
    """Return our name for an answer: the component does not keep the server's ids."""
    return f"answer-{answer + 1}"


def _operation(method: str, url: str) -> str:
    """Return what a request is for, in the server's words where there are any."""
    last = urlsplit(url).path.rstrip("/").rpartition("/")[2]
    known = {
        "assistants": "create_assistant",
        "messages": "add_message",
        "runs": "create_run",
        "submit_tool_outputs": "submit_tool_outputs",
    }
    return known.get(last, last) if method == "POST" else f"get {last}"
