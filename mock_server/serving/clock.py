"""Publishes the entries of a session's logs when they are due, and has them written.

One timer wheel serves all sessions. A generation plays whether or not anybody follows
it, as at the provider. Due times are absolute, so that delays do not add up.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from midstream.mock_server.core.event_log import EventLog
from midstream.mock_server.core.steps import Span

from .recorded import RecordedWriter
from .response import ResponseWriter
from .session import Session
from .span import SpanWriter
from .timer_wheel import TimerWheel


class SessionClock:
    """Keeps the pace of one session's logs on a wheel shared with all others."""

    def __init__(self, session: Session, wheel: TimerWheel, join: int) -> None:
        """Begin with nothing to play; write up to *join* due entries at once."""
        self._session, self._wheel, self._join = session, wheel, join
        self._playheads: dict[EventLog, Playhead] = {}
        self._expiries = Expiries(session)

    def attend(self) -> None:
        """Play every log that has something new to say."""
        now_s = asyncio.get_running_loop().time()
        for log in self._session.take_planned():
            writers: list[SpanWriter] = []
            if (before := self._playheads.get(log)) is not None:
                writers = before.stop()
            speed = self._session.settings.speed
            playhead = Playhead(log, speed, now_s, writers, self._session)
            self._playheads[log] = playhead
            # At a pace the first entries need no turn of the wheel.
            due_s = playhead.run_due(now_s) if speed else now_s
            if due_s is not None:
                self._wheel.add(playhead, due_s)
            self._expiries.limit(log.run_id, self.attend)

    async def write(self, number: int, wire: ResponseWriter, span: Span) -> int:
        """Write *span* in answer to request *number*; return where it ended.

        Raises:
            ConnectionError: The client is gone.
            CancelledError: The same, or the server shuts down.
        """
        kind = RecordedWriter if span.log.segment.pieces else SpanWriter
        writer = kind(self._session, number, wire, span, self._join, self._wheel)
        writer.advance()
        if not writer.done.done():
            playhead = self._playheads.get(span.log)
            if playhead is None:
                writer.is_stopped = True
                raise ConnectionResetError("the session is closed")
            writers = playhead.writers
            writers.append(writer)
            try:
                await writer.done
            finally:
                writer.is_stopped = True
                if writer in writers:
                    writers.remove(writer)
        if not writer.done.result():
            raise ConnectionResetError("the client is gone")
        return writer.next

    def forget(self, log: EventLog) -> None:
        """Play *log* no more: it was for one response, which is over."""
        playhead = self._playheads.pop(log, None)
        if playhead is not None:
            playhead.stop()

    def flush(self) -> None:
        """Publish at once all that the session's logs still have to say."""
        for playhead in self._playheads.values():
            playhead.log.publish_rest()
            playhead.advance_writers()

    def close(self) -> None:
        """Stop playing; what is unpublished stays so."""
        self._expiries.close()
        for playhead in self._playheads.values():
            playhead.stop()
        self._playheads.clear()


class Failing(Protocol):
    """Who is told that the server failed."""

    def fail(self, error: Exception) -> None:
        """Note a failure."""


class Playhead:
    """Moves over one plan of a log: publishes what is due, and has it written."""

    __slots__ = ("_session", "_speed", "_start_s", "log", "writers")

    def __init__(
        self,
        log: EventLog,
        speed: float,
        start_s: float,
        writers: list[SpanWriter],
        session: Failing,
    ) -> None:
        """Play *log* from *start_s* on, *speed* times as fast as planned.

        0 means without any waiting. *writers* follow the log. *session* is told of a
        failure of ours, which ends the log.
        """
        self.log, self.writers = log, writers
        self._speed, self._start_s = speed, start_s
        self._session: Failing | None = session

    def stop(self) -> list[SpanWriter]:
        """Publish no more, and let go of who is told of failures; return the writers.

        The wheel may keep this for as long as the next entry would have been due.
        """
        self._session = None
        return self.writers

    def run_due(self, now_s: float) -> float | None:
        """Publish what is due; return when the next entry is, None if none is left."""
        if self._session is None:
            return None
        try:
            return self._publish(now_s)
        except Exception as error:  # noqa: BLE001  # the wheel serves other sessions
            self._session.fail(error)
            for writer in self.stop():
                if not writer.done.done():
                    writer.done.set_exception(error)
            return None

    def _publish(self, now_s: float) -> float | None:
        """Publish what is due; return when the next entry is, None if none is left."""
        log, speed = self.log, self._speed
        published, size = log.published, log.size
        if not speed:
            log.publish_rest()
            self.advance_writers()
            return None
        if log.segment.pieces:
            return self._run_pieces(now_s)
        offsets_s, first, due_s = log.segment.offsets_s, log.first, None
        while published < size:
            due_s = self._start_s + offsets_s[published - first] / speed
            if due_s > now_s:
                break
            published, due_s = published + 1, None
        log.publish_to(published)
        for writer in self.writers:
            writer.advance()
        return due_s

    def _run_pieces(self, now_s: float) -> float | None:
        """Publish the recorded pieces that are due; return when the next one is."""
        log, out = self.log, self.log.pieces_out
        due_s = None
        for piece in log.segment.pieces[out:]:
            due_s = self._start_s + piece.offset_s / self._speed
            if due_s > now_s:
                break
            out, due_s = out + 1, None
        if out > log.pieces_out:
            log.publish_pieces(out)
        self.advance_writers()
        return due_s

    def advance_writers(self) -> None:
        """Let the writers write what is out."""
        for writer in self.writers:
            writer.advance()


class Expiries:
    """Lets the generations of one session expire when their time is over."""

    def __init__(self, session: Session) -> None:
        """Begin with none that has a limited life."""
        self._session = session
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def limit(self, run_id: str, attend: Callable[[], None]) -> None:
        """Limit the life of a generation if the session does; the first call counts.

        *attend* is called when it has something new to say because of it.
        """
        life_s = self._session.settings.expire_after_s
        if life_s is not None and run_id not in self._timers:
            loop = asyncio.get_running_loop()
            self._timers[run_id] = loop.call_later(life_s, self._expire, run_id, attend)

    def close(self) -> None:
        """Let no other one expire."""
        for timer in self._timers.values():
            timer.cancel()

    def _expire(self, run_id: str, attend: Callable[[], None]) -> None:
        self._session.dialect.expire(run_id, time.time())
        attend()
