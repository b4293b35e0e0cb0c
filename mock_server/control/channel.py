"""Edge: the control channel, one WebSocket for each load generator.

A channel's sessions are closed with it. Journal entries are sent as they are written,
one message for all entries of one turn of the loop. They may arrive before, with or
shortly after the bytes that they describe: their times give the order.
"""

import asyncio
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

import msgspec
from aiohttp import WSMsgType, web

from midstream.mock_server.core.errors import MockServerError, UnknownSessionError
from midstream.mock_server.core.journal import Entry, Sink
from midstream.mock_server.serving.server import MockServer
from midstream.mock_server.serving.session import Session

from .gathering import Gathering
from .messages import (
    News,
    Numbering,
    Open,
    Order,
    Over,
    Refused,
    SessionOpened,
    Sync,
    Synced,
)

_WAITING_MAX = 500_000
"""How many news may wait to be sent before the load generator counts as dead."""


class Control:
    """Serves the channels of load generators, any number at once."""

    def __init__(self, server: MockServer) -> None:
        """Open and close the sessions of *server*."""
        self._server = server

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one channel until it closes."""
        socket = web.WebSocketResponse(max_msg_size=1 << 20, compress=False)
        await socket.prepare(request)
        await _Channel(self._server, socket, request.transport).serve()
        return socket


class _Channel:
    """The channel of one load generator."""

    def __init__(
        self,
        server: MockServer,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport | None,
    ) -> None:
        self._server, self._socket, self._transport = server, socket, transport
        self._keys: set[str] = set()
        self._shutting: set[asyncio.Task[None]] = set()
        self._numbering = Numbering()
        self._gathered: dict[str, Gathering] = {}
        self._waiting: list[News] = []
        self._has_news = asyncio.Event()

    async def serve(self) -> None:
        """Carry out orders until the channel closes, then close its sessions."""
        sending = asyncio.create_task(self._send())
        decoder = msgspec.json.Decoder(Order)
        try:
            async for message in self._socket:
                if message.type is WSMsgType.TEXT:
                    self._obey(decoder.decode(message.data))
        except msgspec.MsgspecError as error:
            await self._socket.close(code=1007, message=str(error)[:120].encode())
        finally:
            sending.cancel()
            await asyncio.gather(*self._shutting)
            for key in self._keys:
                with suppress(MockServerError):
                    await self._server.close_session(key)

    def _obey(self, order: Order) -> None:
        if isinstance(order, Open):
            with self._refusing(order.key):
                self._open(order)
        elif isinstance(order, Sync):
            with self._refusing(order.key):
                self._sync(order)
        else:  # responses may take a moment to end; others need not wait for that
            task = asyncio.create_task(self._shut(order.key))
            self._shutting.add(task)
            task.add_done_callback(self._shutting.discard)

    @contextmanager
    def _refusing(self, key: str) -> Iterator[None]:
        """Answer with `Refused` if the order cannot be carried out."""
        try:
            yield
        except MockServerError as error:
            self._say([Refused(key=key, text=str(error))])

    def _open(self, order: Open) -> None:
        self._server.open_session(
            order.key,
            order.settings,
            injections=[inject.inject() for inject in order.injections],
            journal=self._sink(order),
        )
        self._keys.add(order.key)
        self._say([SessionOpened(key=order.key, t_ns=time.monotonic_ns())])

    def _sync(self, order: Sync) -> None:
        """Read the runs, which journals what they have published; then answer."""
        self._owned(order.key).runs()
        self._tell_gathered(order.key)
        self._say([Synced(key=order.key, number=order.number)])

    def _tell_gathered(self, key: str) -> None:
        """Tell what was written so far of responses that go on."""
        if key in self._gathered:
            self._gathered[key].tell()

    def _owned(self, key: str) -> Session:
        """Return a session that this channel has opened.

        Raises:
            UnknownSessionError: The channel has opened no session for this key.
        """
        if key not in self._keys:
            raise UnknownSessionError
        return self._server.session(key)

    async def _shut(self, key: str) -> None:
        """Let the runs publish the rest, so that the journal is complete, and close."""
        with self._refusing(key):
            session = self._owned(key)
            await self._server.flush(key)
            runs = dict(session.runs())
            await self._server.close_session(key)
            self._tell_gathered(key)
            self._gathered.pop(key, None)
            self._keys.discard(key)
            self._say([Over(key=key, runs=runs)])

    def _sink(self, order: Open) -> Sink:
        """Return what tells the load generator of a session's journal.

        Where no fault is looked for, the writes of a response are told as one.
        """
        key = order.key

        def note(entry: Entry) -> None:
            self._say(self._numbering.news(key, time.monotonic_ns(), entry))

        if order.injections:
            return note
        gathered = self._gathered[key] = Gathering(note)
        return gathered.write

    def _say(self, news: Iterable[News]) -> None:
        """Queue *news* for sending; abort the connection if too many news wait.

        The check is made here because sending to a peer that does not read never
        returns. Nor would closing, so the connection is aborted.
        """
        self._waiting.extend(news)
        self._has_news.set()
        if len(self._waiting) > _WAITING_MAX:
            self._waiting.clear()
            if self._transport is not None:
                self._transport.abort()

    async def _send(self) -> None:
        """Send the queued news whenever there are some."""
        encoder = msgspec.json.Encoder()
        with suppress(ConnectionError):
            while True:
                await self._has_news.wait()
                self._has_news.clear()
                news, self._waiting = self._waiting, []
                await self._socket.send_str(encoder.encode(news).decode())
        await self._socket.close()
