"""Edge: one load generator process: what its users share, and a slot for each.

They share the control channels to the servers, the connections to Toxiproxy's API, the
order of the run, and the totals of its results. A slot's number is unique among the
users of all processes.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final, TypeAlias

import gevent
from gevent.event import Event

from midstream.harness.errors import HarnessError
from midstream.harness.load.generator.arrivals import Starts
from midstream.harness.load.generator.control_channel import Channel
from midstream.harness.load.generator.conversation import LoadTalk, Meeting
from midstream.harness.load.generator.failures import Kept
from midstream.harness.load.generator.toxiproxy_pool import ToxiproxyPool
from midstream.harness.load.generator.user_proxy import OpenPath, UserPath
from midstream.harness.load.metrics.stream import StreamResult
from midstream.harness.load.metrics.worker_reports import Outbox
from midstream.harness.load.storm.load_order import LoadOrder, Timetable
from midstream.harness.load.storm.path_fault import PathCut
from midstream.harness.load.storm.sampling import draws, path_of
from midstream.harness.load.storm.storm import StormPhase
from midstream.harness.load.storm.storm_check import expect_of
from midstream.harness.plan.workloads import WORKLOADS
from midstream.harness.record.case import ClientInfo
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.ops import Op

Converse: TypeAlias = Callable[[Conversation], Iterable[Op]]
Done: TypeAlias = Callable[[StreamResult], object]
_REST_S: Final = 0.5
"""How long a user who has nothing to do sleeps."""


class Generator:
    """One process's part of a load run.

    Attributes:
        order: The run.
        outbox: The results that were not reported yet.
        trouble: The first failure of the rig; empty if there was none.
    """

    def __init__(
        self, order: LoadOrder, *, index: int, now_s: Callable[[], float]
    ) -> None:
        """Be load generator *index*; *now_s* is the time by the master's clock.

        Raises:
            ChannelError: A server does not answer.
        """
        self.order, self.outbox, self.trouble = order, Outbox(order.limits), ""
        self._timetable = Timetable(order)
        self._index, self._now_s = index, now_s
        self._channels = [Channel(served) for served in order.servers]
        self._pool = ToxiproxyPool() if order.toxiproxy else None
        self._kept = Kept(Path(order.out) / f"worker-{index}")
        self._over = Event()
        self._starts = Starts(order, self._timetable, index, self._over.wait)
        self._free: list[int] = []
        self._next = count()
        self._active = 0
        self._idle = Event()
        self._idle.set()

    @property
    def at_s(self) -> float:
        """How many seconds ago the run began."""
        return self._now_s() - self.order.began_at_s

    def take_slot(self, done: Done) -> "UserSlot":
        """Return a free slot; *done* receives each result of its user.

        Raises:
            ToxiproxyError: The user's path cannot be made. It is noted in `trouble`.
        """
        place = heapq.heappop(self._free) if self._free else next(self._next)
        try:
            return UserSlot(self, place, self._index + place * self.order.workers, done)
        except HarnessError as error:
            self.free(place)
            self.note_failure(f"{type(error).__name__}: {error}")
            raise

    def free(self, place: int) -> None:
        """Make the slot at *place* free for another user."""
        heapq.heappush(self._free, place)

    def drain(self, timeout_s: float) -> int:
        """Start no further conversation; return how many have not ended in time."""
        if not self._over.is_set():
            self._over.set()
            self.outbox.pace(self._starts.paced(self.at_s))
        self._idle.wait(timeout_s)
        return self._active

    def close(self) -> None:
        """Close all connections."""
        for channel in self._channels:
            channel.close()
        if self._pool is not None:
            self._pool.close()

    def serve(self, slot: "UserSlot", client: ClientInfo, converse: Converse) -> None:
        """Wait until the next conversation of *slot*'s user is due, and hold it."""
        if self._over.is_set() or self.trouble:
            gevent.sleep(_REST_S)
            return
        late_s = self._starts.wait(slot.user, lambda: self.at_s)
        if late_s is None or self._over.is_set():
            return
        self._active += 1
        self._idle.clear()
        try:
            result = self._hold(slot, client, converse, late_s)
            if not result.times.tokens_us:
                self._starts.show_nothing(slot.user)
            slot.done(result)
        except HarnessError as error:
            self.note_failure(f"{type(error).__name__}: {error}")
        finally:
            self._active -= 1
            if not self._active:
                self._idle.set()

    def note_failure(self, trouble: str) -> None:
        """Record the first failure; no further conversation begins."""
        self.trouble = self.trouble or trouble

    def path_for(self, user: int) -> UserPath | None:
        """Return the path of *user* to a server, or None in a run without Toxiproxy.

        Raises:
            ToxiproxyError: It cannot be made.
        """
        if self._pool is None:
            return None
        served = self._channel(user).served
        upstream = served.base_url.partition("//")[2].partition("/")[0]
        return UserPath(self.order.proxies, user, upstream, self._pool)

    def _channel(self, user: int) -> Channel:
        return self._channels[user % len(self._channels)]

    def _hold(
        self, slot: "UserSlot", client: ClientInfo, converse: Converse, late_s: float
    ) -> StreamResult:
        """Hold the conversation that is sampled for this user at this time."""
        order, at_s = self.order, self.at_s
        storm, phase = order.storm, self._timetable.span(at_s).phase
        number = slot.number_in(phase)
        drawn = draws(order.seed, phase, slot.user, number)
        with self._path(slot, phase, drawn.path, at_s) as path:
            meeting = Meeting(
                run=order.name,
                scenario=f"{storm.name}/{phase.name}",
                user=slot.user,
                number=number,
                storm=storm,
                workload=WORKLOADS[storm.workload],
                expect=expect_of(storm),
                drawn=drawn.on(path.cut if path else None),
                began_at_s=order.began_at_s + at_s,
                late_s=late_s,
            )
            channel = self._channel(slot.user)
            version = order.toxiproxy.version if order.toxiproxy else ""
            talk = LoadTalk(meeting, client, channel, version)
            return talk.hold(converse, path, self._kept)

    @contextmanager
    def _path(
        self, slot: "UserSlot", phase: StormPhase, cut: PathCut | None, at_s: float
    ) -> Iterator[OpenPath | None]:
        """Give the path of a user's conversation; None in a run without Toxiproxy."""
        if slot.path is None:
            yield None
            return
        member = slot.user % self.order.users  # workers need not have equally many
        if self._timetable.is_down(member, at_s):
            yield slot.path.as_it_is()
            return
        toxics = path_of(self.order.seed, phase, member, self.order.users)
        with slot.path.open(toxics, cut) as path:
            yield path


class UserSlot:
    """The place of one user; *user* is its number, unique over all processes."""

    def __init__(self, generator: Generator, place: int, user: int, done: Done) -> None:
        """Take *place* at *generator*.

        Raises:
            ToxiproxyError: The user's path cannot be made.
        """
        self.user, self.done = user, done
        self._generator, self._place = generator, place
        self._numbers: dict[str, int] = {}
        self.path = generator.path_for(user)

    def serve(self, client: ClientInfo, converse: Converse) -> None:
        """Wait until the next conversation is due, and hold it."""
        self._generator.serve(self, client, converse)

    def number_in(self, phase: StormPhase) -> int:
        """Return the number of the user's next conversation in *phase*; 0 first."""
        number = self._numbers.get(phase.name, 0)
        self._numbers[phase.name] = number + 1
        return number

    def leave(self) -> None:
        """Remove the user's path and free the slot."""
        try:
            if self.path is not None:
                self.path.close()
        finally:
            self._generator.free(self._place)
