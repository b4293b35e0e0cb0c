"""Edge: one clock for all that is due on a server under load.

A timer and a task for each stream cost more than what they time: with one timer a tick
that serves all who are due, a core holds twice the streams (docs/performance.md).
Due times are absolute, so nobody who is served late is late for good.
"""

import asyncio
import heapq
from collections import deque
from typing import Protocol

from .lateness import Lateness

TICK_S = 0.001
"""How far apart due times have to be to be served apart."""
_SLICE_S = 0.0005
"""How long those who are due are served before the loop reads its sockets again."""
_SLICE_OF_MORE_S = 0.00002
"""The same for those who have been served and want more at once, as at full speed.

Long enough for one or two of them. A turn of the loop costs less than they do, and a
request that has come waits for two or three slices until it is answered.
"""


class Timed(Protocol):
    """Somebody who has something to do at certain times."""

    def run_due(self, now_s: float) -> float | None:
        """Do a bit of what is due; return when there is more, None: never again.

        A time that is past means at once, behind all others who are due.
        """


class TimerWheel:
    """Serves riders when they are due, those who are due together in turn.

    Attributes:
        lateness: How much later than planned riders were served, of late.
    """

    def __init__(self) -> None:
        """Begin with nobody; to be used within one running event loop."""
        self.lateness = Lateness()
        self._ticks: dict[int, list[Timed]] = {}
        self._heap: list[int] = []
        self._due: deque[tuple[float, Timed]] = deque()
        self._more: deque[tuple[float, Timed]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._is_turning = False

    @property
    def is_busy(self) -> bool:
        """Whether anybody is to be served, now or later."""
        return bool(self._due or self._more or self._ticks)

    def take_lateness(self) -> Lateness:
        """Return how late riders were served since the last call."""
        taken, self.lateness = self.lateness, Lateness()
        return taken

    def add(self, rider: Timed, due_s: float) -> None:
        """Serve *rider* at *due_s* on the loop's clock."""
        loop = asyncio.get_running_loop()
        if due_s > loop.time():
            self._put(rider, due_s)
            self._set_timer(loop)
        else:
            self._due.append((due_s, rider))
            self._turn_soon(loop)

    def _put(self, rider: Timed, due_s: float) -> None:
        tick = int(due_s / TICK_S) + 1
        riders = self._ticks.get(tick)
        if riders is None:
            self._ticks[tick] = [rider]
            heapq.heappush(self._heap, tick)
        else:
            riders.append(rider)

    def _set_timer(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let the timer ring at the next tick at which anybody is due."""
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
        """Serve who is due, for a slice of time; then let the loop read its sockets."""
        loop = asyncio.get_running_loop()
        if self._timer is not None:
            self._timer.cancel()  # there is one timer at most, or none ever ends
        self._timer, self._is_turning = None, True
        now_s, due = loop.time(), self._due
        while self._heap and self._heap[0] * TICK_S <= now_s:
            tick = heapq.heappop(self._heap)
            due.extend((tick * TICK_S, rider) for rider in self._ticks.pop(tick))
        now_s = self._serve(due, now_s, now_s + _SLICE_S)
        self._serve(self._more, now_s, now_s + _SLICE_OF_MORE_S)
        self._is_turning = False
        if due or self._more:
            self._turn_soon(loop)
        else:
            self._set_timer(loop)

    def _serve(
        self, riders: deque[tuple[float, Timed]], now_s: float, stop_s: float
    ) -> float:
        """Serve riders until *stop_s*; return what time it is then."""
        time_s = asyncio.get_running_loop().time
        while riders and now_s < stop_s:
            due_s, rider = riders.popleft()
            again_s = rider.run_due(now_s)
            now_s = time_s()
            self.lateness.add(now_s - due_s)
            if again_s is None:
                continue
            if again_s > now_s:
                self._put(rider, again_s)
            else:
                self._more.append((now_s, rider))
        return now_s
