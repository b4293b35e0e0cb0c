"""Edge: one headless Chromium for all runs of an event loop, with a context for each.

A context has its own cookies, cache and connections, so runs share only the process.
The browser starts at its first use. It ends with `close`, and also when this process is
killed, because it quits when its pipe to us breaks.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from midstream.harness.errors import UnavailableError

from .find import find_or_explain

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

ARGUMENTS = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--mute-audio",
    "--no-proxy-server",
    # Several runs go on at once; a page in the background must not be slower.
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
    # Nothing leaves this machine; Deep Chat would download a font.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    # Page and API have two origins. This option avoids preflight requests, so the first
    # request that a fault hits is one of the component, on a new connection.
    "--disable-web-security",
)
_GOODBYE_S = 5.0


class Engine:
    """A browser that starts with its first page."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._lock = asyncio.Lock()
        self._stack = AsyncExitStack()
        self._browser: Browser | None = None

    @asynccontextmanager
    async def page(self) -> AsyncIterator["Page"]:
        """Give an empty page in its own context, which is closed after the block.

        Raises:
            UnavailableError: There is no browser, or it does not start.
        """
        async with self._lock:
            if self._browser is None or not self._browser.is_connected():
                self._browser = await self._launch()
        context = await self._browser.new_context()
        try:
            yield await context.new_page()
        finally:
            with suppress(library().Error):  # the browser may have died
                await context.close()

    async def close(self) -> None:
        """End the browser and its driver; safe to call twice."""
        async with self._lock:
            self._browser = None
            stack, self._stack = self._stack.pop_all(), AsyncExitStack()
            with suppress(TimeoutError, library().Error):
                await asyncio.wait_for(stack.aclose(), _GOODBYE_S)

    async def _launch(self) -> "Browser":
        playwright, path = library(), find_or_explain()
        driver = await self._stack.enter_async_context(playwright.async_playwright())
        try:
            browser: Browser = await driver.chromium.launch(
                executable_path=path,
                args=list(ARGUMENTS),
                chromium_sandbox=os.geteuid() != 0,
                handle_sigint=False,  # we handle Ctrl-C: runs are torn down first
                handle_sigterm=False,
                handle_sighup=False,
            )
        except playwright.Error as error:
            await self._stack.aclose()
            raise UnavailableError(f"{path} does not start: {error.message}") from error
        self._stack.push_async_callback(browser.close)
        return browser


def library() -> Any:  # noqa: ANN401  # a module; it is optional and slow to import
    """Return Playwright's module ``async_api``.

    Raises:
        UnavailableError: It is not installed; says how to install it.
    """
    try:
        return import_module("playwright.async_api")
    except ImportError as error:
        raise UnavailableError(
            "Playwright is not installed; run: pip install 'midstream[browser]'"
        ) from error


_ENGINES: WeakKeyDictionary[asyncio.AbstractEventLoop, Engine] = WeakKeyDictionary()


def shared() -> Engine:
    """Return the engine of the running event loop, the same at every call."""
    return _ENGINES.setdefault(asyncio.get_running_loop(), Engine())
