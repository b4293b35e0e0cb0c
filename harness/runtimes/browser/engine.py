"""Edge: one headless Chromium for all runs of an event loop, a fresh context for each.

A context has cookies, cache and connections of its own, so runs share nothing but the
process. The browser starts at first use; it ends with `close`, and also when we are
killed: it hangs on a pipe of ours and quits when that breaks.
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
    # Runs go on side by side; a page in the back must be as fast as one in front.
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
    # Nothing leaves this machine; Deep Chat would fetch a font from elsewhere.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    # Page and API are two origins. With this there are no preflights, so the first
    # request that a fault meets is one the component made, on a fresh connection.
    "--disable-web-security",
)
_GOODBYE_S = 5.0


class Engine:
    """A browser that starts when the first page is asked for."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._lock = asyncio.Lock()
        self._stack = AsyncExitStack()
        self._browser: Browser | None = None

    @asynccontextmanager
    async def page(self) -> AsyncIterator["Page"]:
        """Give an empty page in a context of its own, which ends with the block.

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
            with suppress(library().Error):  # a browser that died has none
                await context.close()

    async def close(self) -> None:
        """End the browser and what drives it; safe to call twice."""
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
                handle_sigint=False,  # ^C is ours: runs are torn down first
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
        UnavailableError: It is not installed; says how to.
    """
    try:
        return import_module("playwright.async_api")
    except ImportError as error:
        raise UnavailableError(
            "Playwright is not installed: pip install 'midstream[browser]'"
        ) from error


_ENGINES: WeakKeyDictionary[asyncio.AbstractEventLoop, Engine] = WeakKeyDictionary()


def shared() -> Engine:
    """Return the engine of the running event loop, the same at every call."""
    return _ENGINES.setdefault(asyncio.get_running_loop(), Engine())
