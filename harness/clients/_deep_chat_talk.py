"""One conversation with Deep Chat, in one page; not an adapter itself.

Turns the reports of page and browser into operations that the component's user sees.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import (
    Append,
    Attempt,
    ClientError,
    Final,
    FinalMessage,
    Notice,
    Op,
    Replace,
    Settle,
    ToolExec,
    ToolSubmit,
)
from midstream.harness.runtimes.browser.stage import Loaded

if TYPE_CHECKING:
    from playwright.async_api import Request

MODEL = "gpt-4o"
_LANDING_S = 1.0
"""How long a request may take to end, according to the browser, after idleness."""


class DeepChatTalk:
    """One conversation in one page."""

    def __init__(self, loaded: Loaded, conversation: Conversation) -> None:
        """Hold *conversation* in the page of *loaded*."""
        self._page, self._news = loaded.page, loaded.news
        self._conversation = conversation
        self._in_flight: set[Request] = set()
        self._landed = asyncio.Event()
        self._calls: deque[dict[str, str]] = deque()
        self._shown: dict[int, str] = {}

    async def open(self, properties: Mapping[str, Any]) -> None:
        """Put the component on the page, with *properties*."""
        page, conversation = self._page, self._conversation
        page.on("request", self._sent)
        page.on("requestfinished", self._over)
        page.on("requestfailed", self._over)
        settings = {
            "properties": dict(properties),
            "baseUrl": conversation.base_url,
            "key": conversation.api_key,
            "model": MODEL,
            "tools": dict(conversation.tools),
        }
        await page.evaluate("settings => begin(settings)", settings)

    async def turn(self, turn: int, text: str) -> AsyncGenerator[Op, None]:
        """Say *text* and yield what the user sees until the component is idle again.

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

    def rest(self) -> Iterator[Op]:
        """Yield the attempts that were made after the last turn."""
        while not self._news.empty():
            news = self._news.get_nowait()
            if news["what"] == "request":
                yield from self._ops(news)

    def final(self) -> Final:
        """Return the answers as they are shown at the end."""
        return Final(
            messages=tuple(
                FinalMessage(message=_name(answer), parts={0: text})
                for answer, text in sorted(self._shown.items())
            )
        )

    def _ops(self, news: dict[str, Any]) -> Iterator[Op]:
        """Yield the operations for *news* of the page or the browser."""
        match news["what"]:
            case "text":
                yield self._text(news["answer"], news["text"], news["isReplaced"])
            case "error":
                yield Notice(text=news["text"])
            case "trouble":
                yield ClientError(text=news["text"])
            case "tools":
                self._calls.extend(news["calls"])
            case "request":
                yield Attempt(what=_operation(news["method"], news["url"]))
                if news["url"].endswith("/submit_tool_outputs"):
                    yield from self._submitted(json.loads(news["body"] or "{}"))
            case other:
                raise RuntimeError(f"the page sent an unknown report, {other!r}")

    def _text(self, answer: int, text: str, is_replaced: bool) -> Op:
        shown = "" if is_replaced else self._shown.get(answer, "")
        self._shown[answer] = shown + text
        kind = Replace if is_replaced else Append
        return kind(message=_name(answer), text=text)

    def _submitted(self, body: dict[str, Any]) -> Iterator[Op]:
        """Yield the executed calls, and their submission.

        The component does not tell its handler the ids of the calls; the request that
        follows names them, in the same order.
        """
        ids = tuple(output["tool_call_id"] for output in body.get("tool_outputs", ()))
        for call_id in ids:
            if self._calls:
                call = self._calls.popleft()
                yield ToolExec(call_id=call_id, **call)
        yield ToolSubmit(call_ids=ids)

    def _unsubmitted(self) -> Iterator[Op]:
        """Yield the executed calls that were never submitted, with ids of our own."""
        for number, call in enumerate(self._calls, 1):
            yield ToolExec(call_id=f"unsubmitted-{number}", **call)
        self._calls.clear()

    async def _is_over(self) -> bool:
        """Say whether the turn is over: the component is idle, and no request is open.

        Between two streams of a turn it looks idle for a moment. If the turn is not
        over, the page reports idleness again later.
        """
        if self._in_flight:
            self._landed.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._landed.wait(), _LANDING_S)
        return bool(await self._page.evaluate("confirm()"))

    def _sent(self, request: "Request") -> None:
        """Report a request that the component makes.

        The browser reports each request once; if it repeats a request by itself, on a
        dead connection, that is not reported.
        """
        if request.url.startswith(self._conversation.base_url):
            self._in_flight.add(request)
            news = {"url": request.url, "method": request.method}
            self._news.put_nowait(
                {"what": "request", **news, "body": request.post_data}
            )

    def _over(self, request: "Request") -> None:
        self._in_flight.discard(request)
        if not self._in_flight:
            self._landed.set()


def _settled(turn: int, *, has_error: bool) -> Settle:
    """Return the claim that the component suggests to its user."""
    if has_error:
        return Settle(turn=turn, claim="failed", reason="an error bubble")
    return Settle(turn=turn, claim="complete")


def _name(answer: int) -> str:
    """Return our name for an answer, since the component drops the server's ids."""
    return f"answer-{answer + 1}"


def _operation(method: str, url: str) -> str:
    """Return the operation of a request, by the server's name if it has one."""
    last = urlsplit(url).path.rstrip("/").rpartition("/")[2]
    known = {
        "assistants": "create_assistant",
        "messages": "add_message",
        "runs": "create_run",
        "submit_tool_outputs": "submit_tool_outputs",
    }
    return known.get(last, last) if method == "POST" else f"get {last}"
