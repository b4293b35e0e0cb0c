"""Edge: what the users of one load generator process share.

Channels to the servers, the ways through Toxiproxy, the order of the run, and the sums
of what came of it. A user takes a seat, which has a number among all users everywhere.
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
from midstream.harness.load.generator.toxiproxy_pool import Clerk
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
"""How long a user who has nothing to do waits before looking again."""


class Desk:
    """One process's part of a load run.

    Attributes:
        order: What the run is.
        outbox: What is to be told of it.
        trouble: What of ours went wrong first; empty: nothing did.
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
        self._clerk = Clerk() if order.toxiproxy else None
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

    def take_seat(self, done: Done) -> "Seat":
        """Return a seat that nobody has; *done* is told of each of its results.

        Raises:
            ToxiproxyError: There is no path from there. It is in `trouble`, too.
        """
        place = heapq.heappop(self._free) if self._free else next(self._next)
        try:
            return Seat(self, place, self._index + place * self.order.workers, done)
        except HarnessError as error:
            self.free(place)
            self.note_failure(f"{type(error).__name__}: {error}")
            raise

    def free(self, place: int) -> None:
        """Let another user have the seat at *place*."""
        heapq.heappush(self._free, place)

    def drain(self, timeout_s: float) -> int:
        """Let no conversation begin any more; return how many do not end in time."""
        if not self._over.is_set():
            self._over.set()
            self.outbox.pace(self._starts.paced(self.at_s))
        self._idle.wait(timeout_s)
        return self._active

    def close(self) -> None:
        """Let go of everything."""
        for channel in self._channels:
            channel.close()
        if self._clerk is not None:
            self._clerk.close()

    def serve(self, seat: "Seat", client: ClientInfo, converse: Converse) -> None:
        """Let the user at *seat* hold the next conversation, when it is to begin."""
        if self._over.is_set() or self.trouble:
            gevent.sleep(_REST_S)
            return
        late_s = self._starts.wait(seat.user, lambda: self.at_s)
        if late_s is None or self._over.is_set():
            return
        self._active += 1
        self._idle.clear()
        try:
            result = self._hold(seat, client, converse, late_s)
            if not result.times.tokens_us:
                self._starts.show_nothing(seat.user)
            seat.done(result)
        except HarnessError as error:
            self.note_failure(f"{type(error).__name__}: {error}")
        finally:
            self._active -= 1
            if not self._active:
                self._idle.set()

    def note_failure(self, trouble: str) -> None:
        """Take note of the first thing that went wrong; nothing begins any more."""
        self.trouble = self.trouble or trouble

    def path_for(self, user: int) -> UserPath | None:
        """Return the path of *user* to a server; None: it is not broken anywhere.

        Raises:
            ToxiproxyError: It cannot be made.
        """
        if self._clerk is None:
            return None
        served = self._channel(user).served
        upstream = served.base_url.partition("//")[2].partition("/")[0]
        return UserPath(self.order.proxies, user, upstream, self._clerk)

    def _channel(self, user: int) -> Channel:
        return self._channels[user % len(self._channels)]

    def _hold(
        self, seat: "Seat", client: ClientInfo, converse: Converse, late_s: float
    ) -> StreamResult:
        """Hold the conversation that is drawn for this user at this time."""
        order, at_s = self.order, self.at_s
        storm, phase = order.storm, self._timetable.span(at_s).phase
        number = seat.number_in(phase)
        drawn = draws(order.seed, phase, seat.user, number)
        with self._path(seat, phase, drawn.path, at_s) as path:
            meeting = Meeting(
                run=order.name,
                scenario=f"{storm.name}/{phase.name}",
                user=seat.user,
                number=number,
                storm=storm,
                workload=WORKLOADS[storm.workload],
                expect=expect_of(storm),
                drawn=drawn.on(path.cut if path else None),
                began_at_s=order.began_at_s + at_s,
                late_s=late_s,
            )
            channel = self._channel(seat.user)
            version = order.toxiproxy.version if order.toxiproxy else ""
            talk = LoadTalk(meeting, client, channel, version)
            return talk.hold(converse, path, self._kept)

    @contextmanager
    def _path(
        self, seat: "Seat", phase: StormPhase, cut: PathCut | None, at_s: float
    ) -> Iterator[OpenPath | None]:
        """Give the path of a user's conversation; None: there is none to break."""
        if seat.path is None:
            yield None
            return
        member = seat.user % self.order.users  # workers need not have equally many
        if self._timetable.is_down(member, at_s):
            yield seat.path.as_it_is()
            return
        toxics = path_of(self.order.seed, phase, member, self.order.users)
        with seat.path.open(toxics, cut) as path:
            yield path


class Seat:
    """The place of one user: *user* is a number among all, in all processes."""

    def __init__(self, desk: Desk, place: int, user: int, done: Done) -> None:
        """Take *place* at *desk*.

        Raises:
            ToxiproxyError: There is no path from here.
        """
        self.user, self.done = user, done
        self._desk, self._place = desk, place
        self._numbers: dict[str, int] = {}
        self.path = desk.path_for(user)

    def serve(self, client: ClientInfo, converse: Converse) -> None:
        """Hold the next conversation, when it is to begin."""
        self._desk.serve(self, client, converse)

    def number_in(self, phase: StormPhase) -> int:
        """Return which conversation this is for the user in *phase*; 0 first."""
        number = self._numbers.get(phase.name, 0)
        self._numbers[phase.name] = number + 1
        return number

    def leave(self) -> None:
        """Let another user have it."""
        try:
            if self.path is not None:
                self.path.close()
        finally:
            self._desk.free(self._place)
