"""Edge: our page with the component's code, loaded before a run needs it.

Loading a page takes longer than showing a short answer, and must not count as part of a
run. So while one run waits for its answer, the page of the next one is loaded. Each
page has its own context, with its own cache, cookies and connections, and is used once.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .engine import Engine, library
from .page_server import PageServer

if TYPE_CHECKING:
    from playwright.async_api import Page


@dataclass(frozen=True, slots=True)
class Loaded:
    """A page that is ready; *news* receives its reports, and its end, in order."""

    page: "Page"
    news: asyncio.Queue[dict[str, Any]]
    context: AsyncExitStack

    @property
    def is_untouched(self) -> bool:
        """Whether the page still exists, and nothing has happened on it."""
        return self.news.empty() and not self.page.is_closed()


class Stage:
    """Serves the page around one component, and keeps one page loaded in advance."""

    def __init__(self, engine: Engine, component: Path) -> None:
        """Load nothing yet; *component* is the component's file.

        `close` also ends the browser of *engine*.
        """
        self._engine = engine
        self._server, self._url = PageServer(component), ""
        self._lock = asyncio.Lock()
        self._spare: asyncio.Task[Loaded] | None = None

    async def open(self) -> None:
        """Start the browser and load a first page; safe to call twice.

        Raises:
            UnavailableError: There is no browser, or it does not start.
        """
        await asyncio.shield(self.prepare())

    def prepare(self) -> asyncio.Task[Loaded]:
        """Start loading the next page, unless it is loading; return the task."""
        if self._spare is None:
            self._spare = asyncio.create_task(self._load())
        return self._spare

    @asynccontextmanager
    async def page(self) -> AsyncIterator[Loaded]:
        """Give a page that no run has used; its context is closed after the block.

        Raises:
            UnavailableError: There is no browser, or it does not start.
        """
        loaded = await self._take()
        async with loaded.context:
            yield loaded

    async def close(self) -> None:
        """End pages, browser and server; safe to call twice."""
        spare, self._spare = self._spare, None
        if spare is not None:
            spare.cancel()
            await asyncio.wait({spare})
            if not spare.cancelled():
                spare.exception()  # retrieved, so that asyncio does not warn
        await self._engine.close()
        await self._server.stop()
        self._url = ""

    async def _take(self) -> Loaded:
        """Return the page that was loaded in advance, or a new one if that failed."""
        spare, self._spare = self._spare, None
        if spare is None:
            return await self._load()
        with suppress(library().Error):  # the browser has died meanwhile
            loaded = await spare
            if loaded.is_untouched:
                return loaded
            await loaded.context.aclose()
        return await self._load()

    async def _load(self) -> Loaded:
        """Load the page in a new context."""
        async with self._lock:
            self._url = self._url or await self._server.start()
        async with AsyncExitStack() as stack:
            page = await stack.enter_async_context(self._engine.page())
            news: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
            _listen(page, news)
            await page.expose_binding(
                "midstreamReport", lambda _, n: news.put_nowait(n)
            )
            await page.goto(self._url)
            return Loaded(page, news, stack.pop_all())


def _listen(page: "Page", news: asyncio.Queue[dict[str, Any]]) -> None:
    """Put errors, crash and end of *page* into *news*."""

    def tell(what: str, text: str) -> None:
        news.put_nowait({"what": what, "text": text})

    page.on("pageerror", lambda error: tell("trouble", error.message))
    page.on("crash", lambda _: tell("gone", "the page crashed"))
    page.on("close", lambda _: tell("gone", "the page was closed"))
