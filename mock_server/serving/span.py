"""Writes the entries of a log to a connection as they come out: the fast part."""

import asyncio
import os

from midstream.mock_server.core.event_log import EventLog
from midstream.mock_server.core.journal import Sent
from midstream.mock_server.core.roles import Role
from midstream.mock_server.core.steps import Span

from .response import ResponseWriter
from .session import Session
from .timer_wheel import TICK_S, TimerWheel

_FIRST_TURN, _LEAST_TURN, _TURNS = 4, 8, 17
"""How many events one response sends before the next one has its turn.

When much comes out at once, the first turn is a short one: others may be new as well.
After that a response sends 8 to 24, by its number. With turns alike, all that began
together would end together, and whoever asks again would do so at the same moment: it
halves the time to a first event that they do not (docs/performance.md).
"""


class SpanWriter:
    """Writes the entries of one span; a `clock.Playhead` moves it on.

    What an event needs is kept here: a stream that waited for its next event is out of
    the processor's caches, and each further object that is touched costs a fetch.

    Attributes:
        log: Whose entries they are.
        next: The index of the entry that is written next.
        done: Ends when all are written, and the entry behind is out if it is waited
            for; its result is False if the client is gone.
        is_stopped: Whether it writes no more.
    """

    __slots__ = (
        "_connection", "_has_roles", "_is_flat", "_is_queued", "_join", "_names",
        "_note", "_number", "_plans", "_span", "_stop", "_waits", "_wheel", "_wire",
        "done", "is_stopped", "log", "next",
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
        self.next = self._stop = span.start
        self.done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.is_stopped = self._is_queued = False
        self._number, self._wire, self._connection = number, wire, wire.connection
        self._note = session.write
        self._span, self._join, self._wheel = span, join, wheel
        self._waits = bool(span.until) or span.stop is not None
        self._names = bool(session.injections)
        self._has_roles = not session.dialect.roles
        if self._has_roles:  # names do not tell, so each event is told by itself
            self._join = 1
        self._is_flat = wire.is_chunked and not wire.is_bodiless
        self._is_flat = self._is_flat and join == 1 and not self._has_roles
        self._plans = -1

    def advance(self) -> None:
        """Write what is out, or a part of it now and the rest in turns of the wheel."""
        if not self._is_queued:
            wait_s = self._run(0.0, _FIRST_TURN)
            if wait_s == 0.0:
                self._wheel.add_more(self)
            elif wait_s is not None:
                now_s = asyncio.get_running_loop().time()
                self._wheel.add(self, now_s + wait_s)

    def run_due(self, now_s: float) -> float | None:
        """Write a few of the published entries; return when to write more, if ever."""
        return self._run(now_s, _LEAST_TURN + self._number % _TURNS)

    def _run(self, now_s: float, most: int) -> float | None:
        self._is_queued = False
        if self.is_stopped:
            return None
        log = self.log
        if log.plans != self._plans:
            self._plans, self._stop = log.plans, self._span.end()
        try:
            is_more, has_room = self._write_some(most)
        except ConnectionError:  # kept, it would refer to this by its traceback
            self._end(is_well=False)
            return None
        if is_more:
            self._is_queued = True
            return now_s if has_room else now_s + TICK_S
        if self.next >= self._stop and (not self._waits or log.is_out(self._stop)):
            self._end(is_well=True)
        return None

    def _write_some(self, most: int) -> tuple[bool, bool]:
        """Write *most* entries at most; say whether more are out, and all were taken.

        Raises:
            ConnectionError: The client is gone.
        """
        index, stop = self.next, min(self.log.published, self._stop)
        turn = min(stop, index + most)
        has_room = index >= turn or self._write(turn)
        return self.next < stop, has_room

    def _end(self, *, is_well: bool) -> None:
        self.is_stopped = True
        if not self.done.done():
            self.done.set_result(is_well)

    def _write(self, turn: int) -> bool:
        """Write the entries before *turn*; say whether all were taken.

        One entry, as nearly always at a pace, and the loop over several are what an
        event costs: they are flat on purpose.
        """
        connection, log, index = self._connection, self.log, self.next
        if not connection.can_push():
            return False
        if not self._is_flat or connection.held:
            return self._write_joined(turn)
        if turn > index + 1 or index < log.first:
            return self._write_several(turn)
        segment, place = log.segment, index - log.first
        start = connection.written
        if not connection.push(segment.chunk(place)):
            return False
        self.next, end, name = turn, connection.written, segment.names[place]
        self._note(Sent(self._number, connection.number, index, start, end, name))
        return True

    def _write_several(self, turn: int) -> bool:
        """Write the entries before *turn*, one write each."""
        connection, log, index = self._connection, self.log, self.next
        end = connection.written
        names, chunks = log.names(index, turn), log.chunks(index, turn)
        number, conn, note = self._number, connection.number, self._note
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
        log, connection = self.log, self._connection
        if self._wire.is_bodiless:
            self.next = turn
        while self.next < turn:
            first, stop = self.next, min(turn, self.next + self._join)
            data = b"".join(self._framed(first, stop))
            start = connection.written
            if not connection.can_push() or not connection.push(data):
                return False
            self.next = stop
            names = log.names(first, stop)
            self._note(
                Sent(
                    self._number,
                    connection.number,
                    first,
                    start,
                    connection.written,
                    name=names[0] if stop == first + 1 else None,
                    count=stop - first,
                    names=tuple(names) if self._names and stop > first + 1 else (),
                    role=self._role(first),
                    is_final=self._is_final(first),
                )
            )
        return True

    def _role(self, index: int) -> Role | None:
        """Return what an event is for, if its name does not tell."""
        return self.log.role(index) if self._has_roles else None

    def _is_final(self, index: int) -> bool:
        """Say whether an event is the last one, if names do not tell."""
        return self._has_roles and self.log.is_final(index)

    def _framed(self, first: int, stop: int) -> list[bytes]:
        chunks = self.log.chunks(first, stop)
        if self._wire.is_chunked:
            return chunks
        return [chunk[chunk.index(b"\n") + 1 : -2] for chunk in chunks]
