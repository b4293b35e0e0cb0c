"""Edge: one response that is sent from a run's log past the steps, under load."""

import asyncio
from collections.abc import Sequence
from typing import Final, Protocol

from midstream.mock_server.core.event_log import EventLog

JOIN: Final = 8
"""How many events that are due together go out with one write, by default.

The price of an event is that of its system call, whatever it holds.
"""
_TURN = 16
"""How many events one response sends before the next one has its turn."""


class Outlet(Protocol):
    """Where a follower's chunks go; `connection.Wire` is one."""

    def push(self, chunks: Sequence[bytes], join: int) -> int:
        """Write chunks, up to *join* at once; return how many were taken.

        Raises:
            ConnectionError: The client is gone.
        """


class Follower:
    """Sends a log's entries from *start* to the end of their act.

    Attributes:
        log: Whose entries they are.
        first: The index of the first of them, and *next* that of the next.
        done: Ends when all are sent; fails with ConnectionError if the client is gone.
    """

    def __init__(
        self, log: EventLog, start: int, outlet: Outlet, join: int = JOIN
    ) -> None:
        """Send nothing yet; later up to *join* entries that are due with one write."""
        self.log, self.first, self.next = log, start, start
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._outlet, self._join = outlet, join
        self._plans = -1
        self._end = start

    def advance(self) -> bool | None:
        """Send a few of the published entries; say whether there are more.

        None: there are, but the connection takes no more for now.
        """
        log = self.log
        if log.plans != self._plans:
            self._plans, self._end = log.plans, log.segment_end(self.next)
        stop = min(log.published, self._end)
        turn = min(stop, self.next + _TURN)
        if self.next < turn:
            try:
                self.next += self._outlet.push(log.chunks(self.next, turn), self._join)
            except ConnectionError as error:
                self._finish(error)
                return False
            if self.next < turn:
                return None
        if self.next == self._end:
            self._finish(None)
        return self.next < stop

    def _finish(self, error: ConnectionError | None) -> None:
        if self.done.done():
            return
        if error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(error)
