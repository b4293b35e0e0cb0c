"""Performs the steps of one response and journals what was truly done."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from email.utils import formatdate
from typing import Literal, assert_never

from midstream.mock_server.core import journal
from midstream.mock_server.core.errors import MockServerError
from midstream.mock_server.core.replies import Follow, Reply, is_verbatim
from midstream.mock_server.core.steps import (
    Abort,
    Await,
    Finish,
    Fired,
    Gate,
    Head,
    Hold,
    Pause,
    Send,
    Step,
    Stream,
)

from .connection import ResponseWriter
from .express import ExpressPacer
from .session import Gated, Session

_HEAD_BYTES = 64


class Player:
    """One response to request *number* of a session, on a wire."""

    def __init__(  # noqa: PLR0913 (two are by keyword)
        self,
        session: Session,
        number: int,
        wire: ResponseWriter,
        reply: Reply | None,
        *,
        extra: Mapping[str, str],
        express: ExpressPacer | None = None,
    ) -> None:
        """*reply* is the true one, None if a fault answers; *extra* are headers.

        *express* sends what is streamed, if the server is under load.
        """
        self._session, self._number, self._wire = session, number, wire
        self._reply, self._extra, self._express = reply, extra, express
        self._end: Literal["clean", "fin", "rst"] | None = None
        self._due: int | None = None

    async def play(self, steps: Iterator[Step]) -> None:
        """Perform *steps* to the end; journal how the response ended.

        Raises:
            CancelledError: The client has gone, or the server shuts down.
            MockServerError: The steps are none that make a response.
        """
        try:
            for step in steps:
                await self._perform(step)
                if self._end is not None:
                    break
            else:
                self._wire.abort_fin()
                raise MockServerError("a fault's steps stop without an end")
        except ConnectionError:
            pass
        finally:
            self._wire.close_count()
            self._session.write(
                journal.ResponseEnd(
                    req=self._number,
                    conn=self._wire.connection.number,
                    how=self.how,
                    end=self._wire.offset,
                )
            )

    @property
    def how(self) -> Literal["clean", "fin", "rst", "gone"]:
        """How the response ended; "gone" while it has not."""
        return self._end or "gone"

    async def _perform(self, step: Step) -> None:
        """Do what one step says."""
        match step:
            case Head():
                await self._head(step)
            case Send():
                await self._send(step)
            case Pause(seconds):
                await asyncio.sleep(seconds)
            case Await(index):
                await self._await(index)
            case Stream(start):
                await self._stream(start)
            case Gate(name, data):
                await self._gate(name, data)
            case Fired(fault):
                self._fired(fault)
            case Finish() | Abort():
                await self._finish(step)
            case Hold():
                await asyncio.Event().wait()
            case _:
                assert_never(step)

    async def _head(self, head: Head) -> None:
        dates = {
            name: formatdate(time.time() + after_s, usegmt=True)
            for name, after_s in head.dates_in_s.items()
        }
        headers = {**self._extra, **head.headers, **dates}
        await self._wire.head(head.status, headers)
        wait_s, kind = _retry_after(head)
        self._session.write(
            journal.ResponseHead(
                req=self._number,
                conn=self._wire.connection.number,
                status=head.status,
                end=self._wire.offset,
                is_stream=headers.get("content-type", "").startswith(
                    "text/event-stream"
                ),
                retry_after_s=wait_s,
                retry_after_kind=kind,
            )
        )

    async def _send(self, send: Send) -> None:
        start = self._wire.offset
        await self._wire.send(send.data)
        self._session.write(
            journal.Sent(
                req=self._number,
                conn=self._wire.connection.number,
                event=send.event,
                name=send.name,
                start=start,
                end=self._wire.offset,
                is_verbatim=is_verbatim(self._reply, send),
                head=send.data[:_HEAD_BYTES].decode(errors="replace"),
                is_last=self._is_last(send),
            )
        )

    async def _stream(self, start: int) -> None:
        """Let the express send the followed log; journal what was sent, in one."""
        if not isinstance(self._reply, Follow) or self._express is None:
            raise MockServerError("a stream is sent of a run, by a server under load")
        begin = self._wire.offset
        follower = self._express.follow(self._reply.log, start, self._wire)
        try:
            await follower.done
        finally:
            self._express.leave(follower)
            self._session.write(
                journal.Streamed(
                    req=self._number,
                    conn=self._wire.connection.number,
                    first=start,
                    count=follower.next - start,
                    start=begin,
                    end=self._wire.offset,
                )
            )

    def _is_last(self, send: Send) -> bool:
        """Say whether *send* goes up to the end of its event, as the log has it."""
        if send.event is None or not isinstance(self._reply, Follow):
            return True
        entry = self._reply.log.entry(send.event)
        return entry is None or send.start + len(send.data) >= len(entry.data)

    async def _await(self, index: int) -> None:
        """Wait until the followed log has published entry *index*."""
        if not isinstance(self._reply, Follow):
            return
        self._due = index
        log, told = self._reply.log, asyncio.Event()
        log.listeners.add(told.set)
        try:
            while not log.is_out(index):
                told.clear()
                await told.wait()
        finally:
            log.listeners.discard(told.set)

    async def _gate(self, name: str, data: bytes) -> None:
        """Let whoever waits at the gate act, to the end even if this response ends."""
        if self._session.on_gate is None:
            return
        gated = Gated(
            name,
            self._number,
            self._wire.connection.number,
            self._wire.offset,
            self._wire.lead(data),
            data,
        )
        await asyncio.shield(asyncio.ensure_future(self._session.on_gate(gated)))

    def _fired(self, fault: str) -> None:
        conn, offset = self._wire.connection.number, self._wire.offset
        self._session.write(
            journal.FaultFired(
                fault=fault,
                req=self._number,
                conn=conn,
                offset=offset,
                due=self._due_name(),
            )
        )

    def _due_name(self) -> str | None:
        """Return the name of the event that the log has next for this response."""
        if self._due is None or not isinstance(self._reply, Follow):
            return None
        entry = self._reply.log.entry(self._due)
        return None if entry is None else entry.name

    async def _finish(self, step: Finish | Abort) -> None:
        if isinstance(step, Finish):
            self._end = "clean" if await self._wire.finish() else "fin"
            return
        self._end = step.how
        if step.how == "fin":
            self._wire.abort_fin()
        else:
            await self._wire.abort_rst()


def _retry_after(
    head: Head,
) -> tuple[float | None, Literal["seconds", "date", "ms"] | None]:
    """Return what *head* tells the client to wait, in seconds, and how it says so."""
    if "retry-after" in head.dates_in_s:
        return head.dates_in_s["retry-after"], "date"
    for name, unit_s, kind in _RETRY_HEADERS:
        if name in head.headers:
            try:
                return float(head.headers[name]) * unit_s, kind
            except ValueError:
                return None, None
    return None, None


_RETRY_HEADERS: tuple[tuple[str, float, Literal["seconds", "ms"]], ...] = (
    ("retry-after-ms", 0.001, "ms"),
    ("retry-after", 1.0, "seconds"),
)
