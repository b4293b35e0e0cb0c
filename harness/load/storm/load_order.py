"""The order of a load run: the one value that the master sends to its workers."""

from collections.abc import Iterator

import msgspec

from midstream.harness.load.metrics.limits import StreamLimits
from midstream.harness.load.storm.schedule import PhaseSpan, downs, spans
from midstream.harness.load.storm.storm import Storm
from midstream.harness.path.toxiproxy.running import Running
from midstream.mock_server.control.addresses import Served


class LoadOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One load run.

    Attributes:
        storm: The phases, with their faults.
        seed: The seed of all random choices.
        users: The most users at once; each has a path of its own.
        workers: How many load generators share the users.
        run_s: How long the run lasts.
        began_at_s: When it began, in seconds since the epoch, by the master's clock.
        servers: The addresses of the servers; users are spread over them.
        toxiproxy: The address of Toxiproxy; None if the storm leaves all paths alone.
        name: The name of this run; unique in its rig.
        limits: The limits of a good stream.
        out: The directory for conversations that did not pass.
    """

    storm: Storm
    seed: int
    users: int
    workers: int
    run_s: float
    began_at_s: float
    servers: tuple[Served, ...]
    toxiproxy: Running | None = None
    name: str = "run"
    limits: StreamLimits = StreamLimits()
    out: str = ""

    @property
    def proxies(self) -> str:
        """The prefix of the names of this run's proxies, and of no others."""
        return f"{self.toxiproxy.prefix if self.toxiproxy else ''}{self.name}."


class Timetable:
    """The times of an order: when each phase is on, and when whose path is down.

    Attributes:
        spans: The phases and their times.
        downs: The outages: users and times.
        changes_s: The times at which an outage begins or ends, in order.
    """

    def __init__(self, order: LoadOrder) -> None:
        """Compute the times of *order* once; each conversation looks them up."""
        self.spans = spans(order.storm, order.run_s)
        self.downs = downs(order.storm, order.run_s, order.seed, order.users)
        self.changes_s = sorted(
            {edge for down in self.downs for edge in (down.begin_s, down.end_s)}
        )
        self._downs = [(down, frozenset(down.users)) for down in self.downs]

    def span(self, at_s: float) -> PhaseSpan:
        """Return the phase *at_s* seconds from the begin; after the end, the last."""
        found = (span for span in self.spans if at_s < span.end_s)
        return next(found, self.spans[-1])

    def is_down(self, user: int, at_s: float) -> bool:
        """Say whether the path of *user* should be down at that time."""
        return any(user in users for users in self._down_at(at_s))

    def down_at(self, at_s: float) -> frozenset[int]:
        """Return all users whose path should be down at that time."""
        return frozenset().union(*self._down_at(at_s))

    def _down_at(self, at_s: float) -> Iterator[frozenset[int]]:
        for down, users in self._downs:
            if down.begin_s <= at_s < down.end_s:
                yield users


def encode(order: LoadOrder) -> str:
    """Return *order* as text, for an option of Locust's."""
    return msgspec.json.encode(order).decode()


def decode(text: str) -> LoadOrder:
    """Return the order in *text*."""
    return msgspec.json.decode(text, type=LoadOrder)
