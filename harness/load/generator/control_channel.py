"""Edge: a load generator's end of a server's control channel (`mock_server.control`).

A greenlet reads the server's messages: it passes journal entries to the session's
listener, and answers to whoever waits for them.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from time import monotonic_ns
from typing import Any, TypeAlias

import gevent
import msgspec
import websocket
from gevent.event import AsyncResult

from midstream.harness.load.errors import LoadError
from midstream.mock_server.control.addresses import Served
from midstream.mock_server.control.messages import Entry as Said
from midstream.mock_server.control.messages import (
    InjectionOrder,
    News,
    Noted,
    Open,
    Order,
    Over,
    Refused,
    SessionOpened,
    Shut,
    Sync,
    Synced,
    TextPlannedAs,
    TextTable,
)
from midstream.mock_server.core.journal import Entry, TextPlanned
from midstream.mock_server.core.settings import SessionSettings

Listener: TypeAlias = Callable[[int, Entry], object]
"""Called with each journal entry, and its time in nanoseconds of our own clock."""

_ANSWER_S = 20.0
_SAME_CLOCK_NS = 50_000_000
"""Two clocks that differ by less are the same clock of one machine."""


class ChannelError(LoadError):
    """A server does not answer, or refuses an order; the message says which and why."""


class Channel:
    """The sessions of one server that this process has opened.

    Attributes:
        served: The server.
    """

    def __init__(self, served: Served) -> None:
        """Connect.

        Raises:
            ChannelError: The server does not answer.
        """
        self.served = served
        self._listeners: dict[str, Listener] = {}
        self._awaited: dict[tuple[str, str], AsyncResult[Any]] = {}
        self._texts: dict[int, tuple[str, ...]] = {}
        self._offset_ns: int | None = None
        self._early: list[Noted] = []
        self._count = 0
        self._end = ""
        url = f"{served.admin_url.replace('http', 'ws', 1)}/control"
        try:
            self._socket = websocket.create_connection(
                url,
                timeout=_ANSWER_S,
                header=[f"Authorization: Bearer {served.token}"],
                suppress_origin=True,
                skip_utf8_validation=True,
            )
        except (OSError, websocket.WebSocketException) as error:
            raise ChannelError(
                f"cannot connect to the server at {url}: {error}"
            ) from error
        self._socket.settimeout(None)
        self._hearing = gevent.spawn(self._hear)

    def open(
        self,
        key: str,
        settings: SessionSettings,
        injections: tuple[InjectionOrder, ...],
        listener: Listener,
    ) -> None:
        """Open session *key*; *listener* gets its journal from then on.

        Raises:
            ChannelError: The server refuses, or is gone.
        """
        self._listeners[key] = listener
        asked_ns = monotonic_ns()
        order = Open(key=key, settings=settings, injections=injections)
        opened: SessionOpened = self._ask(order, key, "opened")
        if self._offset_ns is None:
            between_ns = (asked_ns + monotonic_ns()) // 2
            offset_ns = between_ns - opened.t_ns
            is_same = abs(offset_ns) < _SAME_CLOCK_NS
            self._offset_ns = 0 if is_same else offset_ns
            for noted in self._early:
                self._note(noted)
            self._early.clear()

    def sync(self, key: str) -> None:
        """Wait until the session's journal so far has arrived.

        Raises:
            ChannelError: The server is gone.
        """
        self._count += 1
        order = Sync(key=key, number=self._count)
        self._ask(order, key, f"synced {self._count}")

    def shut(self, key: str) -> Mapping[str, str]:
        """Close the session; return the statuses of its runs by id.

        Raises:
            ChannelError: The server is gone.
        """
        try:
            over: Over = self._ask(Shut(key=key), key, "over")
        finally:
            self._listeners.pop(key, None)
        return over.runs

    def close(self) -> None:
        """Disconnect; the server closes the sessions, and waiting calls fail."""
        self._hearing.kill()
        self._stop(f"the channel to {self._where} is closed")
        with suppress(OSError, websocket.WebSocketException):
            self._socket.close(timeout=1)

    def _ask(self, order: Order, key: str, answer: str) -> Any:  # noqa: ANN401 (the answer's kind)
        """Send *order* and return the answer to it."""
        if self._end:
            raise ChannelError(self._end)
        awaited = self._awaited[key, answer] = AsyncResult()
        try:
            self._socket.send(msgspec.json.encode(order).decode())
            awaited.wait(_ANSWER_S)
            if not awaited.ready():
                raise ChannelError(
                    f"{self._where} did not answer within {_ANSWER_S:g} s"
                )
            return awaited.get()
        except (OSError, websocket.WebSocketException) as error:
            raise ChannelError(f"{self._where}: {error}") from error
        finally:
            self._awaited.pop((key, answer), None)

    @property
    def _where(self) -> str:
        return f"the server at {self.served.base_url}"

    def _hear(self) -> None:
        """Read the server's messages until the connection ends."""
        decoder = msgspec.json.Decoder(list[News])
        try:
            while data := self._socket.recv():
                for news in decoder.decode(data):
                    self._take(news)
            end = f"{self._where} has closed the channel"
        except (OSError, websocket.WebSocketException) as error:
            end = f"{self._where} is gone: {error}"
        except Exception as error:  # noqa: BLE001  # whoever waits must get it
            end = f"{self._where} sent a message that cannot be read: {error!r}"
        self._stop(end)

    def _stop(self, end: str) -> None:
        """Give everybody who waits, or asks later, an error that says why."""
        self._end = self._end or end
        for awaited in self._awaited.values():
            awaited.set_exception(ChannelError(end))

    def _take(self, news: News) -> None:
        match news:
            case Noted():
                self._note(news)
            case TextTable():
                self._texts[news.number] = news.texts
            case SessionOpened():
                self._answer(news.key, "opened", news)
            case Synced():
                self._answer(news.key, f"synced {news.number}", news)
            case Over():
                self._answer(news.key, "over", news)
            case Refused():
                self._refuse(news)

    def _note(self, noted: Noted) -> None:
        """Hand on what was noted, as soon as the server's clock is known."""
        if self._offset_ns is None:
            self._early.append(noted)
            return
        listener = self._listeners.get(noted.key)
        if listener is None:
            return
        t_ns = noted.t_ns + self._offset_ns
        listener(t_ns, self._spelled(noted.entry))

    def _spelled(self, said: Said) -> Entry:
        """Return *said* as a journal entry, with its texts from the table."""
        if not isinstance(said, TextPlannedAs):
            return said
        return TextPlanned(
            run=said.run,
            message=said.message,
            part=said.part,
            texts=self._texts[said.number],
        )

    def _answer(self, key: str, answer: str, news: News) -> None:
        awaited = self._awaited.get((key, answer))
        if awaited is not None:
            awaited.set(news)

    def _refuse(self, refused: Refused) -> None:
        """Give everybody who waits for an answer about the session an error."""
        error = ChannelError(f"{self._where} refuses: {refused.text}")
        for (key, _), awaited in self._awaited.items():
            if key == refused.key:
                awaited.set_exception(error)
