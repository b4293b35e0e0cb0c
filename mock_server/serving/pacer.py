"""Publishes the entries of logs when they are due: the clock of all runs of a session.

A run plays whether or not anybody follows it, as at the provider.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

from midstream.mock_server.core.event_log import EventLog

from .session import Session


class Pacer:
    """Keeps the pace of one session's runs."""

    def __init__(self, session: Session) -> None:
        """Begin with nothing to play."""
        self._session = session
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._expiries = Expiries(session, self.attend)

    def attend(self) -> None:
        """Play every log that has something to say and is not playing."""
        for log in self._session.take_planned():
            task = self._tasks.get(log.run_id)
            if log.planned and (task is None or task.done()):
                playing = _play(log, self._session.settings.speed)
                self._tasks[log.run_id] = asyncio.create_task(playing)
            self._expiries.limit(log.run_id)

    async def close(self) -> None:
        """Stop playing; what is unpublished stays so.

        Raises:
            Exception: What broke a run's playing off, if anything did.
        """
        self._expiries.close()
        for task in self._tasks.values():
            task.cancel()
        ends = await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        for end in ends:
            if isinstance(end, Exception):
                raise end


class Expiries:
    """Lets the runs of one session expire when their time is over, if runs do."""

    def __init__(self, session: Session, attend: Callable[[], None]) -> None:
        """Call *attend* when a run has something new to say because of it."""
        self._session, self._attend = session, attend
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def limit(self, run_id: str) -> None:
        """Limit the life of a run; the first call counts."""
        life_s = self._session.settings.expire_after_s
        if life_s is not None and run_id not in self._timers:
            loop = asyncio.get_running_loop()
            self._timers[run_id] = loop.call_later(life_s, self._expire, run_id)

    def close(self) -> None:
        """Let no other run expire."""
        for timer in self._timers.values():
            timer.cancel()

    def _expire(self, run_id: str) -> None:
        self._session.dialect.expire(run_id, time.time())
        self._attend()


async def _play(log: EventLog, speed: float) -> None:
    """Publish what *log* has planned; each plan's clock starts when it is seen.

    Deadlines are absolute, so that delays do not add up. After each entry followers
    get their turn, also when there is nothing to wait for.
    """
    clock = asyncio.get_running_loop().time
    changed = asyncio.Event()
    log.listeners.add(changed.set)
    plan, start_s = log.plans, clock()
    try:
        while (entry := log.pending) is not None:
            if log.plans != plan:
                plan, start_s = log.plans, clock()
            wait_s = start_s + entry.offset_s / speed - clock() if speed else 0.0
            changed.clear()
            if wait_s > 0 and await _is_set(changed, wait_s):
                continue
            log.publish()
            await asyncio.sleep(0)
    finally:
        log.listeners.discard(changed.set)


async def _is_set(event: asyncio.Event, timeout_s: float) -> bool:
    """Wait for *event* at most *timeout_s* seconds; say whether it came.

    It may come in the very turn of the loop in which the time is up: it still came.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout_s):
            await event.wait()
    return event.is_set()
