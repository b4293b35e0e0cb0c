"""The admin listener: journals to read, sessions to reset; for this machine only.

Loopback, a random token, Host and Origin checked, no CORS: a web page that the user
happens to visit must not be able to talk to it (DNS rebinding, cross-site requests).
"""

import secrets
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self, TypeAlias

import msgspec
from aiohttp import web

from midstream.mock_server.core.journal import Entry
from midstream.mock_server.serving.lateness import Standstill
from midstream.mock_server.serving.server import MockServer

from .channel import Control

_HOST = "127.0.0.1"
_SHUTDOWN_S = 0.2
_UNAUTHORIZED = (
    "send the header 'Authorization: Bearer TOKEN'; serve prints the token\n"
)
_NO_SESSION = "no session is open for this key; a request to the API opens one\n"
Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
"""What answers a request that the guard has accepted."""


class Admin:
    """An async context manager that listens while it is entered.

    ``GET /health``, ``GET /journal?key=…``, ``POST /reset?key=…``, and the WebSocket
    ``/control`` (`channel`), each with ``Authorization: Bearer`` and the token.
    """

    def __init__(self, server: MockServer, port: int = 0) -> None:
        """Look after *server*, which keeps its journals from now on."""
        self.token = secrets.token_urlsafe(24)
        self._server, self._port = server, port
        self._runner: web.AppRunner | None = None
        self._standstill = Standstill()
        server.keep_journals()

    async def __aenter__(self) -> Self:
        """Listen on loopback."""
        app = web.Application(middlewares=[self._guard])
        app.router.add_get("/health", self._health)
        app.router.add_get("/journal", self._journal)
        app.router.add_post("/reset", self._reset)
        app.router.add_get("/control", Control(self._server).serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_S)
        await self._runner.setup()
        await web.TCPSite(self._runner, _HOST, self._port).start()
        self._port = self._runner.addresses[0][1]
        self._standstill.begin()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening."""
        self._standstill.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        """The URL it listens on."""
        return f"http://{_HOST}:{self._port}"

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        """Refuse requests for another host, from another site, or without the token."""
        own = {f"{_HOST}:{self._port}", f"localhost:{self._port}"}
        origin = request.headers.get("origin")
        if request.host not in own:
            raise web.HTTPForbidden(
                text=f"the Host header must be {_HOST}:{self._port}\n"
            )
        if origin is not None and origin.removeprefix("http://") not in own:
            raise web.HTTPForbidden(text="a page of another site may not ask\n")
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not secrets.compare_digest(given.encode(), self.token.encode()):
            raise web.HTTPUnauthorized(text=_UNAUTHORIZED)
        return await handler(request)

    async def _health(self, request: web.Request) -> web.Response:  # noqa: ARG002 (aiohttp's signature)
        """Report sessions, CPU seconds, and lateness since the last call.

        Lateness is reported of events and of the event loop itself, which can stand
        still when no event is due.
        """
        late = self._server.take_lateness()
        return web.json_response(
            {
                "status": "ok",
                "sessions": len(self._server.sessions()),
                "cpu_s": time.process_time(),
                "due": late.count,
                "late_p99_s": late.percentile_s(99),
                "late_max_s": late.worst_s,
                "standstill_s": self._standstill.take_s(),
            }
        )

    async def _journal(self, request: web.Request) -> web.Response:
        """Send a session's journal as JSON Lines."""
        entries = self._server.journal_of(_key(request))
        if entries is None:
            raise web.HTTPNotFound(text=_NO_SESSION)
        return web.Response(body=_lines(entries), content_type="application/x-ndjson")

    async def _reset(self, request: web.Request) -> web.Response:
        """Close a session, so that its key starts again with an empty account."""
        if self._server.journal_of(_key(request)) is None:
            raise web.HTTPNotFound(text=_NO_SESSION)
        await self._server.close_session(_key(request))
        return web.Response(status=204)


def _key(request: web.Request) -> str:
    if "key" not in request.query:
        raise web.HTTPBadRequest(text="name the session: add ?key=API_KEY\n")
    return request.query["key"]


def _lines(entries: list[Entry]) -> bytes:
    return b"".join(msgspec.json.encode(entry) + b"\n" for entry in entries)
