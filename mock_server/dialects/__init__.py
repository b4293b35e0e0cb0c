"""What the server speaks: one provider's API a folder (or a file), with its cassettes.

A dialect holds the state of one session and answers its requests. It does no I/O,
reads no clock and draws nothing at random: ids and the time are given to it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from midstream.mock_server.core.event_log import EventLog
from midstream.mock_server.core.journal import Sink
from midstream.mock_server.core.registry import Registry
from midstream.mock_server.core.replies import Reply, Request
from midstream.mock_server.core.roles import RequestRole, Role
from midstream.mock_server.core.settings import SessionSettings
from midstream.mock_server.core.shapes import Shapes
from midstream.mock_server.recordings.cassette import Cassette, Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionContext:
    """What a session gives to its dialect.

    Attributes:
        cassettes: The recordings to answer from, turn by turn.
        settings: The settings of the session.
        new_id: Makes an id that begins with a prefix.
        journal: Writes an entry to the session's journal.
        planned: Called with each log that has a new plan.
    """

    cassettes: tuple[Cassette, ...]
    settings: SessionSettings
    new_id: Callable[[str], str]
    journal: Sink
    planned: Callable[[EventLog], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Route:
    """Which operation a request asks for, what that is for, in which conversation."""

    op: str
    role: RequestRole = "other"
    scope: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


class Dialect(Protocol):
    """One session's state and answers; the class also checks recordings.

    Attributes:
        tells_text: Whether its journal tells the text and tool calls of each answer.
        keeps_state: Whether its journal tells what each request made or did.
        roles: What events are for, by their names; empty: names do not tell.
        is_keyless: Whether a request may have no key.
        key: Where else than in the usual places the key may be; see `declaration`.
    """

    tells_text: bool
    keeps_state: bool
    roles: Mapping[str, Role]
    is_keyless: ClassVar[bool]
    key: str

    def __init__(self, context: SessionContext) -> None:
        """Start with an empty account."""

    @staticmethod
    def recognises(exchange: Exchange) -> bool:
        """Say whether *exchange* was recorded from this API and no other."""

    @staticmethod
    def check(cassette: Cassette) -> None:
        """Check that *cassette* makes sense as a recording of this API.

        Raises:
            IncoherentError: The cassette contradicts itself; the error says where.
        """

    @staticmethod
    def shapes(cassettes: Sequence[Cassette]) -> Shapes:
        """Return how faults say something in this API; *cassettes* may show it."""

    def route(self, method: str, path: str) -> Route | None:
        """Return the operation of *method* on *path*, or None if there is none."""

    def respond(self, request: Request, now_s: float) -> Reply:
        """Apply *request*, or refuse it by a reply; a client's mistake never raises."""

    def logs(self) -> Iterable[EventLog]:
        """Return the logs of all runs, in order of creation."""

    def runs(self) -> Mapping[str, str]:
        """Return the status of each run by id, in order of creation."""

    def counts(self) -> Mapping[str, int]:
        """Return how many things of each kind there are, by plural noun."""

    def cancel(self, run_id: str, now_s: float) -> None:
        """Cancel a run because its client is gone; do nothing if it is over."""

    def expire(self, run_id: str, now_s: float) -> None:
        """Let a run expire; do nothing if it is over."""


DIALECTS: Registry[type[Dialect]] = Registry("dialect", __name__)
