"""Edge: one timer for everything that is due on a server under load.

A timer and a task for each stream cost more than the work that they time. With one
timer a tick, which serves all entries that are due, a core holds twice the streams
(docs/performance.md). Due times are absolute, so an entry that is served late once does
not stay late.
"""

import asyncio
import heapq
from collections import deque
from typing import Protocol, TypeAlias

from .lateness import Lateness

TICK_S = 0.001
"""Entries whose due times are closer than this are served together."""
_SLICE_S = 0.0005
"""How long due entries are served before the loop reads its sockets again."""
_SLICE_OF_MORE_S = 0.0001
"""The same for entries that want to be served again at once, as at full speed.

It is long enough for one or two of them. A new request waits for two or three slices
until it is answered; a turn of the loop after each entry would cost 1 us an event more.
"""


_TOGETHER = 8
"""How many entries that are due together are served by one look at the clock."""


class Timed(Protocol):
    """An entry of the wheel: something that has work to do at certain times."""

    def run_due(self, now_s: float) -> float | None:
        """Do some of the work that is due; return when to be called again.

        A time in the past means at once, after all other due entries. None means never.
        """


Due: TypeAlias = tuple[float, list[Timed]]
"""Who is due at the same time."""


class TimerWheel:
    """Serves its entries when they are due; entries due together take turns.

    Attributes:
        lateness: How late entries were served since `take_lateness` was called.
    """

    def __init__(self) -> None:
        """Start without entries; use it within one running event loop."""
        self.lateness = Lateness()
        self._running: asyncio.AbstractEventLoop | None = None
        self._ticks: dict[int, list[Timed]] = {}
        self._heap: list[int] = []
        self._due: deque[Due] = deque()
        self._more: deque[Due] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._is_turning = False

    @property
    def is_busy(self) -> bool:
        """Whether an entry is to be served, now or later."""
        return bool(self._due or self._more or self._ticks)

    def take_lateness(self) -> Lateness:
        """Return how late entries were served since the last call."""
        taken, self.lateness = self.lateness, Lateness()
        return taken

    def add(self, entry: Timed, due_s: float) -> None:
        """Serve *entry* at *due_s* on the loop's clock."""
        loop = self._loop()
        if due_s > loop.time():
            self._put(entry, int(due_s / TICK_S) + 1)
            self._set_timer(loop)
        else:
            self._due.append((due_s, [entry]))
            self._turn_soon(loop)

    def add_more(self, entry: Timed) -> None:
        """Serve *entry* soon, after all that are due."""
        loop = self._loop()
        self._more.append((loop.time(), [entry]))
        self._turn_soon(loop)

    def _loop(self) -> asyncio.AbstractEventLoop:
        """Return the loop, asked for once: in Python 3.11 that is a system call."""
        if self._running is None:
            self._running = asyncio.get_running_loop()
        return self._running

    def _put(self, entry: Timed, tick: int) -> None:
        entries = self._ticks.get(tick)
        if entries is None:
            self._ticks[tick] = [entry]
            heapq.heappush(self._heap, tick)
        else:
            entries.append(entry)

    def _set_timer(self, loop: asyncio.AbstractEventLoop) -> None:
        """Set the timer to the next tick at which an entry is due."""
        if self._is_turning or not self._heap:
            return
        at_s = self._heap[0] * TICK_S
        if self._timer is not None:
            if self._timer.when() <= at_s:
                return
            self._timer.cancel()
        self._timer = loop.call_at(at_s, self._turn)

    def _turn_soon(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self._is_turning:
            self._is_turning = True
            loop.call_soon(self._turn)

    def _turn(self) -> None:
        """Serve due entries for a slice of time; then let the loop read its sockets."""
        loop = self._loop()
        if self._timer is not None:
            self._timer.cancel()  # there is one timer at most, or none ever ends
        self._timer, self._is_turning = None, True
        now_s, due = loop.time(), self._due
        while self._heap and self._heap[0] * TICK_S <= now_s:
            tick = heapq.heappop(self._heap)
            due.append((tick * TICK_S, self._ticks.pop(tick)))
        now_s = self._serve(due, now_s, now_s + _SLICE_S)
        self._serve(self._more, now_s, now_s + _SLICE_OF_MORE_S)
        self._is_turning = False
        if due or self._more:
            self._turn_soon(loop)
        else:
            self._set_timer(loop)

    def _serve(self, waiting: deque[Due], now_s: float, stop_s: float) -> float:
        """Serve who is *waiting* until *stop_s*; return the time after the last one.

        The clock is read, and the delay counted, once for some who are due together.
        The inner loop is paid for each event: it is flat on purpose.
        """
        loop, ticks, more = self._loop(), self._ticks, self._more
        while waiting and now_s < stop_s:
            due_s, entries = waiting.popleft()
            if len(entries) > _TOGETHER:
                waiting.appendleft((due_s, entries[_TOGETHER:]))
                entries = entries[:_TOGETHER]
            for entry in entries:
                again_s = entry.run_due(now_s)
                if again_s is None:
                    continue
                if again_s <= now_s:
                    more.append((now_s, [entry]))
                elif (tick := int(again_s / TICK_S) + 1) in ticks:
                    ticks[tick].append(entry)
                else:
                    self._put(entry, tick)
            now_s = loop.time()
            self.lateness.add(now_s - due_s, len(entries))
        return now_s
