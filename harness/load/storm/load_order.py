"""What a load run is, as one value that the master hands to its workers."""

from collections.abc import Iterator

import msgspec

from midstream.harness.load.metrics.limits import StreamLimits
from midstream.harness.load.storm.schedule import Span, downs, spans
from midstream.harness.load.storm.storm import Storm
from midstream.harness.path.toxiproxy.running import Running
from midstream.mock_server.control.addresses import Served


class LoadOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One load run.

    Attributes:
        storm: What happens.
        seed: All randomness.
        users: How many there are at most; each has a path of its own.
        workers: How many load generators share them.
        run_s: How long it goes on.
        began_at_s: When it began, in seconds since the epoch, by the master's clock.
        servers: Where the servers are; users are spread over them.
        toxiproxy: Where Toxiproxy is; None: no path is broken.
        name: What this run is called among those of one rig.
        limits: What makes a stream good.
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
        """What the names of the run's proxies begin with; no other's do."""
        return f"{self.toxiproxy.prefix if self.toxiproxy else ''}{self.name}."


class Timetable:
    """What an order comes to: which phase it is when, and whose path is down.

    Attributes:
        spans: The phases and their times.
        downs: Whose path is down when.
        changes_s: When that changes, in order.
    """

    def __init__(self, order: LoadOrder) -> None:
        """Reckon it up once; it is asked for every conversation."""
        self.spans = spans(order.storm, order.run_s)
        self.downs = downs(order.storm, order.run_s, order.seed, order.users)
        self.changes_s = sorted(
            {edge for down in self.downs for edge in (down.begin_s, down.end_s)}
        )
        self._downs = [(down, frozenset(down.users)) for down in self.downs]

    def span(self, at_s: float) -> Span:
        """Return the phase *at_s* seconds from the begin; behind the end, the last."""
        found = (span for span in self.spans if at_s < span.end_s)
        return next(found, self.spans[-1])

    def is_down(self, user: int, at_s: float) -> bool:
        """Say whether the path of *user* is to be down at that time."""
        return any(user in users for users in self._down_at(at_s))

    def down_at(self, at_s: float) -> frozenset[int]:
        """Return all users whose path is to be down at that time."""
        return frozenset().union(*self._down_at(at_s))

    def _down_at(self, at_s: float) -> Iterator[frozenset[int]]:
        for down, users in self._downs:
            if down.begin_s <= at_s < down.end_s:
                yield users


def encode(order: LoadOrder) -> str:
    """Return *order* as text, which Locust can hand on."""
    return msgspec.json.encode(order).decode()


def decode(text: str) -> LoadOrder:
    """Return the order that *text* holds."""
    return msgspec.json.decode(text, type=LoadOrder)
