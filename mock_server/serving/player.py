"""Performs the steps of one response and journals what was truly done."""

import asyncio
import time
from collections.abc import Awaitable, Iterator, Mapping
from email.utils import formatdate
from typing import Literal, assert_never

from midstream.mock_server.core import journal
from midstream.mock_server.core.errors import MockServerError
from midstream.mock_server.core.framing import framing_of
from midstream.mock_server.core.replies import Follow, Reply, is_verbatim
from midstream.mock_server.core.roles import Role
from midstream.mock_server.core.steps import (
    Abort,
    Finish,
    Fired,
    Gate,
    Head,
    Hold,
    Pause,
    Send,
    Span,
    Step,
)

from .clock import SessionClock
from .response import ResponseWriter
from .session import Gated, Session

_HEAD_BYTES = 64
_NONE: Mapping[str, str] = {}


class Player:
    """One response to request *number* of a session, on a wire.

    Attributes:
        reply: The true one; None if a fault answers.
    """

    __slots__ = (
        "_clock", "_due", "_end", "_extra", "_is_plain", "_number", "_session",
        "_wire", "reply",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913, PLR0917 (made in one place)
        self,
        session: Session,
        clock: SessionClock,
        number: int,
        wire: ResponseWriter,
        reply: Reply | None,
        extra: Mapping[str, str],
        *,
        is_plain: bool = False,
    ) -> None:
        """*reply* is the true one, None if a fault answers; *extra* are headers.

        *is_plain*: the steps are those of the reply, and no fault looks at them.
        """
        self._session, self._clock, self._number = session, clock, number
        self._wire, self.reply, self._extra = wire, reply, extra
        self._is_plain = is_plain
        self._end: Literal["clean", "fin", "rst"] | None = None
        self._due: Span | None = None

    async def play(self, steps: Iterator[Step]) -> None:
        """Perform *steps* to the end; journal how the response ended.

        Raises:
            CancelledError: The client has gone, or the server shuts down.
            MockServerError: The steps are none that make a response.
        """
        try:
            for step in steps:
                waited_for = self._perform(step)
                if waited_for is not None:
                    await waited_for
                if self._end is not None:
                    break
            else:
                self._wire.abort_fin()
                raise MockServerError("a fault's steps stop without an end")
        except ConnectionError:
            pass
        finally:
            conn, end = self._wire.connection.number, self._wire.offset
            self._session.write(
                journal.ResponseEnd(req=self._number, conn=conn, how=self.how, end=end)
            )

    @property
    def how(self) -> Literal["clean", "fin", "rst", "gone"]:
        """How the response ended; "gone" while it has not."""
        return self._end or "gone"

    def _perform(self, step: Step) -> Awaitable[object] | None:
        """Do what one step says, or begin to; return what has to be waited for."""
        waited_for: Awaitable[object] | None = None
        match step:
            case Span():
                waited_for = self._span(step)
            case Send():
                waited_for = self._send(step)
            case Head():
                self._head(step)
            case Pause(seconds):
                waited_for = asyncio.sleep(seconds)
            case Gate(name, data):
                waited_for = self._gate(name, data)
            case Fired(fault):
                self._fired(fault)
            case Finish() | Abort():
                waited_for = self._finish(step)
            case Hold():
                waited_for = asyncio.Event().wait()
            case _:
                assert_never(step)
        return waited_for

    def _head(self, head: Head) -> None:
        dates = {
            name: formatdate(time.time() + after_s, usegmt=True)
            for name, after_s in head.dates_in_s.items()
        }
        headers = {**self._extra, **head.headers, **dates}
        self._extra = _NONE  # a stream may stay open for long
        self._wire.head(head.status, headers, is_held=self._is_begun())
        wait_s, kind = _retry_after(head)
        self._session.write(
            journal.ResponseHead(
                req=self._number,
                conn=self._wire.connection.number,
                status=head.status,
                end=self._wire.offset,
                is_stream=framing_of(headers.get("content-type", "")) is not None,
                retry_after_s=wait_s,
                retry_after_kind=kind,
            )
        )

    def _is_begun(self) -> bool:
        """Say whether an event is out that goes out with the head, in one write."""
        reply = self.reply
        if not (self._is_plain and isinstance(reply, Follow)):
            return False
        return reply.start < reply.log.published

    def _span(self, span: Span) -> Awaitable[object] | None:
        """Let the clock write the entries; do not wait for one that is out already.

        Then who reads gets a turn, event by event.
        """
        self._due = span
        if span.stop != span.start or not span.log.is_out(span.start):
            return self._clock.write(self._number, self._wire, span)
        return asyncio.sleep(0)

    def _send(self, send: Send) -> Awaitable[None] | None:
        if self._wire.connection.is_paused:
            return self._send_later(send)
        self._send_now(send)
        return None

    async def _send_later(self, send: Send) -> None:
        await self._wire.connection.drain()
        self._send_now(send)

    def _send_now(self, send: Send) -> None:
        start = self._wire.offset
        self._wire.write(send.data if send.wire is None else send.wire)
        is_true, is_last = self._compared(send)
        role, is_final = self._meant(send)
        self._session.write(
            journal.Sent(
                self._number,
                self._wire.connection.number,
                send.event,
                start,
                self._wire.offset,
                name=send.name,
                is_verbatim=is_true,
                is_last=is_last,
                head=send.data[:_HEAD_BYTES].decode(errors="replace"),
                role=role,
                is_final=is_final,
                says_truth=send.says_truth and not is_true,
            )
        )

    def _meant(self, send: Send) -> tuple[Role | None, bool]:
        """Return what an event is for, and if it is final; names may tell it."""
        reply = self.reply
        if self._session.dialect.roles or not isinstance(reply, Follow):
            return None, False
        is_known = send.event is not None
        return send.role, is_known and reply.log.is_final(send.event or 0)

    def _compared(self, send: Send) -> tuple[bool, bool]:
        """Say whether *send* is verbatim, and goes up to the end of its event."""
        if send.event is None or not isinstance(self.reply, Follow):
            return is_verbatim(self.reply, send), True
        whole = self.reply.log.data(send.event)
        if not send.start and send.data == whole:  # as nearly always: no more to ask
            return True, True
        is_last = whole is None or send.start + len(send.data) >= len(whole)
        return is_verbatim(self.reply, send), is_last

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
        name, role = self._due_event()
        self._session.write(
            journal.FaultFired(
                fault=fault,
                req=self._number,
                conn=self._wire.connection.number,
                offset=self._wire.offset,
                due=name,
                due_role=role,
            )
        )

    def _due_event(self) -> tuple[str | None, Role | None]:
        """Return name and role of the event that the log has next for this response."""
        if self._due is None:
            return None, None
        log, index = self._due.log, self._due.end()
        return log.name(index), log.role(index)

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
