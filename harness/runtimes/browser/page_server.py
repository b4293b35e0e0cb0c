"""Edge: serves our page, and the file of the component on it, on loopback.

The page does not go through the broken path: only the requests to the API do.
"""

from pathlib import Path

from aiohttp import web

_OURS = Path(__file__).parent


class PageServer:
    """Serves our page and the component's file, *component*."""

    def __init__(self, component: Path) -> None:
        """Serve nothing yet."""
        self._files = {
            "/": _OURS / "page.html",
            "/page.js": _OURS / "page.js",
            "/component.js": component,
        }
        self._runner: web.ServerRunner | None = None

    async def start(self) -> str:
        """Listen on a free port and return the page's URL."""
        server = web.Server(self._answer)
        self._runner = web.ServerRunner(server, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}/"

    async def stop(self) -> None:
        """Stop listening; safe to call twice."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        path = self._files.get(request.path)
        return web.FileResponse(path) if path else web.Response(status=204)
