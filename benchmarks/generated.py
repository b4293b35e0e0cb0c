"""What a load generator is to do, and what it has done. No I/O.

Parent and load generator are two processes: the order goes one way as JSON, the result
the other.
"""

from typing import Final

import msgspec

from midstream.mock_server.control.addresses import Served

FOREIGN_MOST: Final = 0.10
"""The part of one core that others may use in a round that says what is too much."""
PACE_LEAST: Final = 0.97
"""The part of the pace that has to be kept."""


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One round; times are in seconds.

    Attributes:
        kind: Who reads: a name in `generating_users.KINDS`.
        streams: How many there are at once.
        warm_up_s: How long before it is measured; users begin in this time.
        seconds: How long is measured.
        served: The server.
        server_core, client_core: Where both run.
        cassette: The path of what is streamed.
        events: How many events it has, and *interval_s* how far they are apart.
        request: What the raw reader sends for each stream.
    """

    kind: str
    streams: int
    warm_up_s: float
    seconds: float
    served: Served
    server_core: int
    client_core: int
    cassette: str
    events: int
    interval_s: float
    request: bytes


class Generated(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One round of a load generator.

    Attributes:
        kind: Who read, and how many *streams* at once.
        seconds: How long was measured.
        ended: How many streams ended meanwhile.
        events: How many events a stream has.
        pace_hz: How many events a second a stream is meant to have.
        cpu_s: What the load generator used.
        server_s: What the server used.
        foreign: The part of one core that others used meanwhile.
        lag_p99_ms: How late the load generator's loop woke up.
        flaw: What was wrong; empty: nothing.
    """

    kind: str
    streams: int
    seconds: float
    ended: int
    events: int
    pace_hz: float
    cpu_s: float
    server_s: float
    foreign: float
    lag_p99_ms: float
    flaw: str = ""

    @property
    def pace(self) -> float:
        """The part of the events that came, of those that were meant to."""
        return self.ended * self.events / (self.streams * self.pace_hz * self.seconds)

    @property
    def keeps_pace(self) -> bool:
        """Whether as good as all came, and all that came was right."""
        return not self.flaw and self.pace >= PACE_LEAST

    @property
    def is_quiet(self) -> bool:
        """Whether the cores were ours."""
        return self.foreign <= FOREIGN_MOST

    @property
    def cpu_us(self) -> float:
        """Microseconds of CPU an event."""
        return 1e6 * self.cpu_s / max(1, self.ended * self.events)

    @property
    def load(self) -> float:
        """The part of its core that the load generator used."""
        return self.cpu_s / self.seconds
