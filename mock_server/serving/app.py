"""From an HTTP request to the steps of its response: the edge of the API listener.

Finds the session by its key, journals the request, lets the dialect answer and the
faults strike, and has the steps performed.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from hashlib import sha256

from aiohttp import web

from midstream.mock_server.core import journal
from midstream.mock_server.core.position import inject
from midstream.mock_server.core.replies import (
    Answer,
    Follow,
    Reply,
    Request,
    steps,
    streaming,
    trailing,
)
from midstream.mock_server.core.steps import Step
from midstream.mock_server.dialects import Route
from midstream.mock_server.dialects.openai_assistants.state.refusal import (
    RefusedError,
    missing_key,
    wrong_key,
)

from . import cors
from .connection import Connections, ResponseWriter
from .express import AnyPacer, ExpressPacer
from .player import Player
from .session import Injection, Session

_MOUNTS = ("/v1", "/openai/v1", "/openai")
_UNKNOWN = Route("unknown", "unknown")
_SERVER = {"server": "midstream"}
_DROP_S = 2.0
_TOOK = "openai-processing-ms"


class App:
    """Answers the requests of all sessions; *find* returns a key's session."""

    def __init__(self, find: Callable[[str], tuple[Session, AnyPacer] | None]) -> None:
        """Begin without connections."""
        self._find = find
        self._connections = Connections()
        self._busy: dict[
            ResponseWriter, tuple[Session, asyncio.Task[object] | None]
        ] = {}

    async def drop(self, session: Session) -> None:
        """Break off all responses of *session* and wait until they have ended."""
        busy = {w: task for w, (of, task) in self._busy.items() if of is session}
        for wire in busy:
            wire.break_off()
        tasks = {task for task in busy.values() if task is not None}
        if tasks:
            await asyncio.wait(tasks, timeout=_DROP_S)

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer *request*."""
        wire = ResponseWriter(request, self._connections.of(request))
        headers = {name.lower(): value for name, value in request.headers.items()}
        if request.method == "OPTIONS":
            allowed = cors.preflight(headers)
            return await _plain(wire, Answer(status=204, headers=allowed, body=b""))
        try:
            session, pacer = self._account(headers)
            await wire.expect(headers)
            body = await request.read()
        except RefusedError as refused:
            return await _plain(wire, refused.answer(), cors.headers(headers))
        except web.HTTPRequestEntityTooLarge:
            too_large = RefusedError("The request body is too large.", status=413)
            return await _plain(wire, too_large.answer(), cors.headers(headers))
        if not wire.connection.number:
            wire.connection.number = session.next_connection()
        read = _request(session, request, headers, body)
        await self._respond(session, pacer, wire, read, request.path)
        return wire.response or web.StreamResponse()

    def _account(self, headers: dict[str, str]) -> tuple[Session, AnyPacer]:
        """Return the session that the request's key names.

        Azure's clients send ``api-key`` instead of ``Authorization: Bearer``.

        Raises:
            RefusedError: No key, or one of no session.
        """
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        key = bearer.strip() if scheme.lower() == "bearer" else ""
        key = key or headers.get("api-key", "")
        if not key:
            raise missing_key()
        found = self._find(key)
        if found is None:
            raise wrong_key(key)
        return found

    async def _respond(
        self,
        session: Session,
        pacer: AnyPacer,
        wire: ResponseWriter,
        read: Request,
        path: str,
    ) -> None:
        """Journal a request, let it take effect and perform its response."""
        began_s = time.perf_counter()
        route = session.dialect.route(read.method, read.path) or _UNKNOWN
        attempt = session.next_attempt(route.family)
        session.write(_received(read, path, route, attempt, wire.connection.number))
        injections_for = session.injections_for(route, attempt)
        reply = None
        if not any(_prevents(s) for s in injections_for):
            reply = session.dialect.respond(read, time.time())
            pacer.attend()
        express = (
            pacer if isinstance(pacer, ExpressPacer) and not injections_for else None
        )
        todo = _steps(reply, express)
        for s in injections_for:
            todo = inject(s.at, s.name, s.fault, todo)
        if session.settings.tail_s:
            todo = trailing(todo, session.settings.tail_s)
        took_ms = int(1000 * (time.perf_counter() - began_s))
        extra = {**_SERVER, **cors.headers(read.headers), _TOOK: str(took_ms)}
        performance = Player(
            session, read.number, wire, reply, extra=extra, express=express
        )
        self._busy[wire] = session, asyncio.current_task()
        try:
            await performance.play(todo)
        finally:
            del self._busy[wire]
            _part(session, pacer, reply, performance)


def _steps(reply: Reply | None, express: ExpressPacer | None) -> Iterator[Step]:
    """Return the steps of *reply*; without one, a fault makes them."""
    if reply is None:
        return iter(())
    if express is not None and isinstance(reply, Follow):
        return streaming(reply)
    return steps(reply)


def _part(
    session: Session, pacer: AnyPacer, reply: Reply | None, performance: Player
) -> None:
    """Cancel the run of a stream that broke off, if the session is set so."""
    if session.settings.on_disconnect == "continue" or performance.how == "clean":
        return
    if isinstance(reply, Follow):
        session.dialect.cancel(reply.log.run_id, time.time())
        pacer.attend()


def _prevents(s: Injection) -> bool:
    """Say whether the request must not take effect because of *s*."""
    return s.at.event is None and not s.fault.commits


def _request(
    session: Session, request: web.BaseRequest, headers: dict[str, str], body: bytes
) -> Request:
    """Return *request* as a value."""
    query: dict[str, tuple[str, ...]] = {}
    if request.query_string:
        for name, value in request.rel_url.query.items():
            query[name] = (*query.get(name, ()), value)
    return Request(
        number=session.next_request(),
        method=request.method,
        path=_unmounted(request.path),
        query=query,
        headers=headers,
        body=body,
    )


def _unmounted(path: str) -> str:
    """Return *path* below the mount point of the API; Azure's is ``/openai``."""
    for mount in _MOUNTS:
        if path.startswith(f"{mount}/"):
            return path.removeprefix(mount).rstrip("/") or "/"
    return path


def _received(
    read: Request, path: str, route: Route, attempt: int, conn: int
) -> journal.Received:
    """Return the journal's entry of a request."""
    retries = read.headers.get("x-stainless-retry-count", "")
    return journal.Received(
        req=read.number,
        conn=conn,
        op=route.op,
        family=route.family,
        method=read.method,
        path=path,
        attempt=attempt,
        body_bytes=len(read.body),
        body_hash=sha256(read.body).hexdigest()[:16],
        retry_count=int(retries) if retries.isdecimal() else None,
        idempotency_key=read.headers.get("idempotency-key"),
    )


async def _plain(
    wire: ResponseWriter, answer: Answer, extra: dict[str, str] | None = None
) -> web.StreamResponse:
    """Send an answer that belongs to no session; no journal, no faults."""
    length = {"content-length": str(len(answer.body))} if answer.body else {}
    await wire.head(
        answer.status, {**_SERVER, **answer.headers, **length, **(extra or {})}
    )
    if answer.body:
        await wire.send(answer.body)
    await wire.finish()
    wire.close_count()
    return wire.response or web.StreamResponse()
