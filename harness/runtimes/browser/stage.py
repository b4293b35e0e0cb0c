"""Edge: our page with the component's code on it, loaded before a run asks for it.

To load a page takes longer than to show a short answer in it, and a run's clock is no
stop-watch for that. So while one run waits for its answer, the next one's page is
loaded. Each has a context of its own, with cache, cookies and connections of its own,
and is given out once: what a run has touched, no other run gets.
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
    """A page that is ready; *news*: what it reports, and that it is gone, in order."""

    page: "Page"
    news: asyncio.Queue[dict[str, Any]]
    context: AsyncExitStack

    @property
    def is_untouched(self) -> bool:
        """Whether it is still there, and nothing has happened to it."""
        return self.news.empty() and not self.page.is_closed()


class Stage:
    """Serves the page around one component, and keeps one loaded ahead of time."""

    def __init__(self, engine: Engine, component: Path) -> None:
        """Load nothing yet; *component* is the one file of the component.

        The browser of *engine* is ended with the stage.
        """
        self._engine = engine
        self._server, self._url = PageServer(component), ""
        self._lock = asyncio.Lock()
        self._spare: asyncio.Task[Loaded] | None = None

    async def open(self) -> None:
        """Start the browser and have a first page ready; safe to call twice.

        Raises:
            UnavailableError: There is no browser, or it does not start.
        """
        await asyncio.shield(self.prepare())

    def prepare(self) -> asyncio.Task[Loaded]:
        """Begin to load the next page, unless that was begun; a good time to wait."""
        if self._spare is None:
            self._spare = asyncio.create_task(self._load())
        return self._spare

    @asynccontextmanager
    async def page(self) -> AsyncIterator[Loaded]:
        """Give a page that nobody has used; its context ends with the block.

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
                spare.exception()  # looked at, for nobody asks for it any more
        await self._engine.close()
        await self._server.stop()
        self._url = ""

    async def _take(self) -> Loaded:
        """Return the page that was loaded ahead; where it came to grief, another."""
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
        """Return a page in a new context, loaded and drawn."""
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
    """Pass on to *news* what befalls *page*."""

    def tell(what: str, text: str) -> None:
        news.put_nowait({"what": what, "text": text})

    page.on("pageerror", lambda error: tell("trouble", error.message))
    page.on("crash", lambda _: tell("gone", "the page crashed"))
    page.on("close", lambda _: tell("gone", "the page was closed"))
