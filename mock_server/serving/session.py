"""One API key's part of the server: its state, its faults, its journal.

The API key names the session, as it names an account at a provider. Sessions share
nothing.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from midstream.mock_server.core.errors import SettingsError
from midstream.mock_server.core.event_log import EventLog
from midstream.mock_server.core.faults import FaultSpec, fitted
from midstream.mock_server.core.journal import (
    Entry,
    Knowledge,
    ServerFailed,
    Sink,
)
from midstream.mock_server.core.position import Position
from midstream.mock_server.core.settings import SessionSettings
from midstream.mock_server.core.shapes import Shapes
from midstream.mock_server.dialects import DIALECTS, Dialect, Route, SessionContext
from midstream.mock_server.library import load
from midstream.mock_server.recordings.cassette import Cassette

from . import ids


@dataclass(frozen=True, slots=True)
class Injection:
    """A *fault* to inject at a position; *name* is its name in the journal."""

    name: str
    at: Position
    fault: FaultSpec


@dataclass(frozen=True, slots=True)
class Gated:
    """The server waits at gate *name* of request *req* on connection *conn*.

    *offset* bytes were written on the connection so far. Next come *lead* bytes of
    HTTP framing and then *data*: byte *j* of it will be byte *offset* + *lead* + *j*.
    """

    name: str
    req: int
    conn: int
    offset: int
    lead: int
    data: bytes


OnGate: TypeAlias = Callable[[Gated], Awaitable[None]]


class Session:
    """What one API key can see and do."""

    def __init__(  # noqa: PLR0913 (all but three are by keyword)
        self,
        api_key: str,
        settings: SessionSettings,
        cassettes: Sequence[Cassette],
        *,
        injections: Sequence[Injection] = (),
        journal: Sink | None = None,
        on_gate: OnGate | None = None,
    ) -> None:
        """Start with an empty account that answers from *cassettes*.

        Raises:
            SettingsError: *cassettes* is empty or mixes dialects, or one of
                *injections* cannot act on them.
        """
        spoken = {cassette.speaks: cassette.kind for cassette in cassettes}
        if len(spoken) != 1:
            found = ", ".join(sorted(spoken)) or "none"
            raise SettingsError(
                f"a session needs cassettes of one dialect; its cassettes have: {found}"
            )
        self.api_key, self.settings = api_key, settings
        ((name, kind),) = spoken.items()
        self.on_gate = on_gate
        self.injections = tuple(_fitted(injections, DIALECTS[kind].shapes(cassettes)))
        self.requests = self.connections = 0
        self._attempts: Counter[str] = Counter()
        self.write = journal or _nowhere
        self._planned: list[EventLog] = []
        context = SessionContext(
            cassettes=tuple(cassettes),
            settings=settings,
            new_id=ids.source(settings.seed),
            journal=journal or _nowhere,
            planned=self._planned.append,
        )
        self.dialect: Dialect = DIALECTS[kind](context)
        self.write(
            Knowledge(
                dialect=name,
                tells_text=self.dialect.tells_text,
                keeps_state=self.dialect.keeps_state,
                roles=self.dialect.roles,
            )
        )

    def next_request(self) -> int:
        """Return the number of a request that was read; 1 is the first."""
        self.requests += 1
        return self.requests

    def next_connection(self) -> int:
        """Return the number of a connection not seen before; 1 is the first."""
        self.connections += 1
        return self.connections

    def next_attempt(self, route: Route) -> int:
        """Return how many such requests there were, this one included.

        Of those that generate all count, whatever they are called.
        """
        counted = route.role if route.role == "generate" else route.op
        self._attempts[counted] += 1
        return self._attempts[counted]

    def injections_for(self, route: Route, attempt: int) -> list[Injection]:
        """Return the injections that hit the *attempt*-th request of *route*."""
        return [
            one
            for one in self.injections
            if one.at.is_on(route.op, route.role) and one.at.includes(attempt)
        ]

    def fail(self, error: Exception, number: int | None = None) -> None:
        """Journal that the server failed by *error*, in answer to request *number*."""
        text = f"{type(error).__name__}: {error}"
        self.write(ServerFailed(text=text, req=number))

    def take_planned(self) -> list[EventLog]:
        """Return the logs that got a new plan since the last call."""
        taken = self._planned.copy()
        self._planned.clear()
        return taken

    def runs(self) -> Mapping[str, str]:
        """Return the status of each run by id, in order of creation."""
        return self.dialect.runs()

    def counts(self) -> Mapping[str, int]:
        """Return the dialect's counts of things by kind, and the count of requests."""
        return {**self.dialect.counts(), "requests": self.requests}


def _fitted(injections: Iterable[Injection], shapes: Shapes) -> Iterator[Injection]:
    """Yield *injections* with faults that act in an API that has *shapes*."""
    for one in injections:
        fault = fitted(one.fault, shapes, is_at_head=one.at.event is None)
        yield replace(one, fault=fault)


def _nowhere(entry: Entry) -> None:
    """Take what is journaled by a session that has no journal."""


def cassettes_of(settings: SessionSettings) -> list[Cassette]:
    """Load the cassettes that *settings* name.

    Raises:
        UnknownNameError: No cassette has such a name.
        CassetteError: A cassette cannot be used.
    """
    return [load(name, dialect=settings.dialect) for name in settings.cassettes]
