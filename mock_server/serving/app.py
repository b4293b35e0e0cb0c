"""From an HTTP request to the steps of its response: the edge of the API listener.

Finds the session by its key, journals the request, lets the dialect answer and the
faults strike, and has the steps performed.
"""

import asyncio
import re
import time
from collections.abc import Iterator
from hashlib import sha256
from typing import TypeAlias

from aiohttp import web

from midstream.mock_server.core import journal
from midstream.mock_server.core.coding import compressing
from midstream.mock_server.core.mounts import unmounted
from midstream.mock_server.core.position import inject
from midstream.mock_server.core.replies import (
    Answer,
    Follow,
    Request,
    steps,
    trailing,
)
from midstream.mock_server.core.steps import Step
from midstream.mock_server.dialects import Route
from midstream.mock_server.dialects.openai_assistants.state.refusal import (
    RefusedError,
)

from . import cors
from .accounts import Accounts, Claimed, Query
from .clock import SessionClock
from .player import Player
from .response import ResponseWriter
from .resting import COLLECTOR_REST
from .session import Injection, Session

_PLAIN = re.compile(r"/[\w/-]*", re.ASCII).fullmatch
"""What a path looks like that has neither escapes nor a query."""
Account: TypeAlias = tuple[Session, SessionClock]
_UNKNOWN = Route("unknown")
_SERVER = {"server": "midstream"}
_DROP_S = 2.0
_TOOK = "openai-processing-ms"


class App:
    """Answers the requests of all sessions, which it finds in *accounts*."""

    def __init__(self, accounts: Accounts[Account]) -> None:
        """Begin without connections."""
        self._accounts = accounts
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
        wire, headers = ResponseWriter(request), request.headers
        if request.method == "OPTIONS":
            allowed = cors.preflight(headers)
            return await _plain(wire, Answer(status=204, headers=allowed, body=b""))
        try:
            path = _path(request)
            claimed = self._accounts.of(headers, path, _query(request))
            session, clock = claimed.account
            wire.expect(headers)
            body = await request.read()
        except RefusedError as refused:
            return await _plain(wire, refused.answer(), cors.headers(headers))
        except web.HTTPRequestEntityTooLarge:
            too_large = RefusedError("The request body is too large.", status=413)
            return await _plain(wire, too_large.answer(), cors.headers(headers))
        if not wire.connection.number:
            wire.connection.number = session.next_connection()
        number = session.next_request()
        try:
            player, todo = _begun(
                session, clock, wire, _request(number, request, claimed, body), path
            )
            del claimed, body, path  # a stream may stay open for long
            self._busy[wire] = session, asyncio.current_task()
            try:
                with COLLECTOR_REST:
                    await player.play(todo)
            finally:
                del self._busy[wire]
                _part(session, clock, player)
        except Exception as error:
            session.fail(error, number)
            if wire.has_begun:  # else aiohttp answers 500
                wire.abort_fin()
            raise
        return wire.answered


def _begun(
    session: Session,
    clock: SessionClock,
    wire: ResponseWriter,
    read: Request,
    path: str,
) -> tuple[Player, Iterator[Step]]:
    """Journal a request and let it take effect; return its response, to be played."""
    began_s = time.perf_counter()
    route = session.dialect.route(read.method, read.path) or _UNKNOWN
    attempt = session.next_attempt(route)
    conn = wire.connection.number
    session.write(_received(read, path, route, attempt, conn))
    injections = session.injections_for(route, attempt)
    reply = None
    if not any(_prevents(s) for s in injections):
        reply = session.dialect.respond(read, time.time())
        clock.attend()
    todo = iter(()) if reply is None else steps(reply)
    for each in injections:
        todo = inject(each.at, each.name, each.fault, todo)
    coding = reply.coding if isinstance(reply, Follow) else None
    if coding is not None:
        todo = compressing(coding, todo)
    if session.settings.tail_s:
        todo = trailing(todo, session.settings.tail_s)
    took_ms = int(1000 * (time.perf_counter() - began_s))
    extra = {**_SERVER, **cors.headers(read.headers), _TOOK: str(took_ms)}
    is_plain = not injections and coding is None
    player = Player(session, clock, read.number, wire, reply, extra, is_plain=is_plain)
    return player, todo


def _part(session: Session, clock: SessionClock, player: Player) -> None:
    """Let a log end with its response, if it is private or the session is set so."""
    reply = player.reply
    if not isinstance(reply, Follow):
        return
    if reply.is_private:
        clock.forget(reply.log)
    elif session.settings.on_disconnect == "cancel" and player.how != "clean":
        session.dialect.cancel(reply.log.run_id, time.time())
        clock.attend()


def _prevents(s: Injection) -> bool:
    """Say whether the request must not take effect because of *s*."""
    return s.at.event is None and not s.fault.commits


def _path(request: web.BaseRequest) -> str:
    """Return the path; a plain one, as nearly all are, needs no parsing."""
    return request.raw_path if _PLAIN(request.raw_path) else request.path


def _query(request: web.BaseRequest) -> Query:
    """Return the query, each name with all its values."""
    query: dict[str, tuple[str, ...]] = {}
    if "?" in request.raw_path:
        for name, value in request.rel_url.query.items():
            query[name] = (*query.get(name, ()), value)
    return query


def _request(
    number: int, request: web.BaseRequest, claimed: Claimed[Account], body: bytes
) -> Request:
    """Return *request*, the session's request *number*, as a value."""
    return Request(
        number=number,
        method=request.method,
        path=unmounted(claimed.path),
        query=claimed.query,
        headers=request.headers,
        body=body,
    )


def _received(
    read: Request, path: str, route: Route, attempt: int, conn: int
) -> journal.Received:
    """Return the journal's entry of a request."""
    retries = read.headers.get("x-stainless-retry-count", "")
    return journal.Received(
        req=read.number,
        conn=conn,
        op=route.op,
        role=route.role,
        scope=route.scope,
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
    wire.head(answer.status, {**_SERVER, **answer.headers, **length, **(extra or {})})
    if answer.body:
        await wire.send(answer.body)
    await wire.finish()
    return wire.answered
