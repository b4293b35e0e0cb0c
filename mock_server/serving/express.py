"""Edge: plays the runs of one session, and sends their streams, under load.

The simple way (`pacer`) has a task for each run and a task for each response that wait
for each other; here both are done by the wheel that all sessions share. The bytes are
the same.
"""

import asyncio
from typing import TypeAlias

from midstream.mock_server.core.event_log import EventLog

from .follower import Follower, Outlet
from .pacer import Expiries, Pacer
from .session import Session
from .timer_wheel import TICK_S, TimerWheel


class ExpressPacer:
    """Keeps the pace of one session's runs on a wheel shared with all others."""

    def __init__(self, session: Session, wheel: TimerWheel, join: int) -> None:
        """Begin with nothing to play; send up to *join* due events with one write."""
        self._session, self._wheel, self._join = session, wheel, join
        self._rides: dict[str, _TimedLog] = {}
        self._expiries = Expiries(session, self.attend)

    def attend(self) -> None:
        """Play every log that has something new to say."""
        now_s = asyncio.get_running_loop().time()
        for log in self._session.take_planned():
            followers: list[Follower] = []
            if (before := self._rides.get(log.run_id)) is not None:
                before.is_stopped, followers = True, before.followers
            ride = _TimedLog(log, self._session.settings.speed, now_s, followers)
            self._rides[log.run_id] = ride
            self._wheel.add(ride, now_s)
            self._expiries.limit(log.run_id)

    def follow(self, log: EventLog, start: int, outlet: Outlet) -> Follower:
        """Send what *log* has published from *start* on, at once, and publishes."""
        follower = Follower(log, start, outlet, self._join)
        follower.advance()
        ride = self._rides[log.run_id]
        ride.followers.append(follower)
        if ride.is_over:
            ride.is_over = False
            self._wheel.add(ride, asyncio.get_running_loop().time())
        return follower

    def leave(self, follower: Follower) -> None:
        """Let *follower* send nothing more."""
        ride = self._rides.get(follower.log.run_id)
        if ride is not None and follower in ride.followers:
            ride.followers.remove(follower)

    async def close(self) -> None:
        """Stop playing; what is unpublished stays so."""
        self._expiries.close()
        for ride in self._rides.values():
            ride.followers.clear()
            ride.is_stopped = True
        self._rides.clear()


AnyPacer: TypeAlias = Pacer | ExpressPacer


class _TimedLog:
    """One plan of a run on the wheel, from *start_s* on; another plan is another."""

    def __init__(
        self, log: EventLog, speed: float, start_s: float, followers: list[Follower]
    ) -> None:
        self.log, self.followers = log, followers
        self.is_over = self.is_stopped = False
        self._speed, self._start_s = speed, start_s

    def run_due(self, now_s: float) -> float | None:
        """Publish what is due and send a bit of it; return when there is more to do."""
        if self.is_stopped:
            return None
        due_s = self._publish(now_s)
        again_s = self._send(now_s)
        if again_s is None or (due_s is not None and due_s < again_s):
            again_s = due_s
        self.is_over = again_s is None
        return again_s

    def _publish(self, now_s: float) -> float | None:
        """Publish what is due; return when the next entry is, None: nothing is left."""
        log, speed = self.log, self._speed
        if not speed:
            log.announce(log.planned)
            return None
        first, act = log.act
        while log.planned:
            due_s = self._start_s + act.offset_s(log.published - first) / speed
            if due_s > now_s:
                return due_s
            log.announce(1)
        return None

    def _send(self, now_s: float) -> float | None:
        """Let followers send; return when one wants to go on, None: none does."""
        again_s = None
        for follower in tuple(self.followers):
            has_more = follower.advance()
            if follower.done.done():
                self.followers.remove(follower)
            elif has_more is None:
                again_s = again_s or now_s + TICK_S
            elif has_more:
                again_s = now_s
        return again_s
