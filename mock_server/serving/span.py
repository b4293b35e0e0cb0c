"""Writes the entries of a log to a connection as they come out: the fast part."""

import asyncio
import os

from midstream.mock_server.core.event_log import EventLog
from midstream.mock_server.core.journal import Sent
from midstream.mock_server.core.steps import Span

from .response import ResponseWriter
from .session import Session
from .timer_wheel import TICK_S, TimerWheel

TURN = 16
"""How many events one response sends before the next one has its turn."""


class SpanWriter:
    """Writes the entries of one span; a `clock.Playhead` moves it on.

    Attributes:
        log: Whose entries they are.
        next: The index of the entry that is written next.
        stop: The index behind the last one to write, by what is planned now.
        done: Ends when all are written, and the entry behind is out if it is waited
            for; its result is False if the client is gone.
    """

    __slots__ = (
        "_is_queued", "_join", "_names", "_plans", "_span", "_waits", "_wheel",
        "done", "is_stopped", "log", "next", "number", "session", "stop", "wire",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913, PLR0917 (made in one place)
        self,
        session: Session,
        number: int,
        wire: ResponseWriter,
        span: Span,
        join: int,
        wheel: TimerWheel,
    ) -> None:
        """Write *span* in answer to request *number*, *join* due entries a write.

        What cannot be written at once is written in turns of *wheel*.
        """
        self.log: EventLog = span.log
        self.next = span.start
        self.done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.is_stopped = self._is_queued = False
        self.session, self.number, self.wire = session, number, wire
        self._span, self._join, self._wheel = span, join, wheel
        self._waits = bool(span.until) or span.stop is not None
        self._names = bool(session.injections)
        self._plans = -1
        self.stop = span.start

    def advance(self) -> None:
        """Write what is out, or a part of it now and the rest in turns of the wheel."""
        if not self._is_queued:
            now_s = asyncio.get_running_loop().time()
            again_s = self.run_due(now_s)
            if again_s is not None:
                self._is_queued = True
                self._wheel.add(self, again_s)

    def run_due(self, now_s: float) -> float | None:
        """Write a few of the published entries; return when to write more, if ever."""
        self._is_queued = False
        if self.is_stopped or self.done.done():
            return None
        log = self.log
        if log.plans != self._plans:
            self._plans, self.stop = log.plans, self._span.end()
        try:
            is_more, has_room = self.write_some()
        except ConnectionError:  # kept, it would refer to this by its traceback
            self.done.set_result(False)
            return None
        if is_more:
            self._is_queued = True
            return now_s if has_room else now_s + TICK_S
        if self.next >= self.stop and (not self._waits or log.is_out(self.stop)):
            self.done.set_result(True)
        return None

    def write_some(self) -> tuple[bool, bool]:
        """Write a few entries; say whether more are out, and whether all were taken.

        Raises:
            ConnectionError: The client is gone.
        """
        stop = min(self.log.published, self.stop)
        turn = min(stop, self.next + TURN)
        has_room = self.next >= turn or self._write(turn)
        return self.next < stop, has_room

    def _write(self, turn: int) -> bool:
        """Write the entries before *turn*; say whether all were taken.

        The inner loop is what an event costs: it is flat on purpose.
        """
        log, wire = self.log, self.wire
        connection = wire.connection
        if wire.is_bodiless:
            self.next = turn
            return True
        if not connection.can_push():
            return False
        if self._join > 1 or not wire.is_chunked:
            return self._write_joined(turn)
        index, end = self.next, connection.written
        names, chunks = log.names(index, turn), log.chunks(index, turn)
        number, conn, note = self.number, connection.number, self.session.write
        descriptor, write = connection.descriptor, os.write
        try:
            for name, chunk in zip(names, chunks, strict=True):
                start, size = end, len(chunk)
                sent = write(descriptor, chunk)
                end += size
                index += 1
                note(Sent(number, conn, index - 1, start, end, name))
                if sent < size:
                    connection.keep(chunk[sent:])
                    return index == turn
        except BlockingIOError:
            return False
        finally:
            self.next, connection.written = index, end
        return True

    def _write_joined(self, turn: int) -> bool:
        """Write the entries before *turn*, several at once, or without framing."""
        log, connection = self.log, self.wire.connection
        while self.next < turn:
            first, stop = self.next, min(turn, self.next + self._join)
            data = b"".join(self._framed(first, stop))
            start = connection.written
            if not connection.can_push() or not connection.push(data):
                return False
            self.next = stop
            names = log.names(first, stop)
            self.session.write(
                Sent(
                    self.number,
                    connection.number,
                    first,
                    start,
                    connection.written,
                    name=names[0] if stop == first + 1 else None,
                    count=stop - first,
                    names=tuple(names) if self._names and stop > first + 1 else (),
                )
            )
        return True

    def _framed(self, first: int, stop: int) -> list[bytes]:
        chunks = self.log.chunks(first, stop)
        if self.wire.is_chunked:
            return chunks
        return [chunk[chunk.index(b"\n") + 1 : -2] for chunk in chunks]
