"""The projections that all checkers share; no invariant.

Checkers may rely on the order: a record reaches the projections before any checker, and
a projection after those that it needs. So a checker sees the state *after* its record.
"""

from functools import partial
from typing import TypeVar

from midstream.harness.errors import ProjectionError
from midstream.harness.oracle.projections.known import Known
from midstream.harness.oracle.projections.requests import Requests
from midstream.harness.oracle.projections.transcript import ShownTranscript
from midstream.harness.oracle.projections.truth import Truth
from midstream.harness.oracle.projections.turns import Turns
from midstream.harness.record.dispatch import Dispatcher

T = TypeVar("T")

_DEPENDENTS = {
    "known": ("known", "truth", "transcript"),
    "turns": ("turns", "truth", "requests", "transcript"),
    "truth": ("truth", "transcript"),
    "requests": ("requests",),
    "transcript": ("transcript",),
}
"""Each projection, and all that is lost with it: itself, and what rests on it."""


class Projections:
    """The shared projections of one history.

    One that fails is lost, and with it what rests on it: nothing can be concluded from
    half of one. Each attribute raises ProjectionError from then on.
    """

    def __init__(self) -> None:
        """Begin before the first record."""
        self._known = Known()
        self._turns = Turns()
        self._truth = Truth(self._turns, self._known)
        self._requests = Requests(self._turns)
        self._transcript = ShownTranscript(self._truth)
        self._failures: dict[str, str] = {}

    @property
    def known(self) -> Known:
        """What the server's journal can tell."""
        return self._sound("known", self._known)

    @property
    def turns(self) -> Turns:
        """The user's turns."""
        return self._sound("turns", self._turns)

    @property
    def truth(self) -> Truth:
        """What the server said and did."""
        return self._sound("truth", self._truth)

    @property
    def requests(self) -> Requests:
        """The requests, and how each was answered."""
        return self._sound("requests", self._requests)

    @property
    def transcript(self) -> ShownTranscript:
        """What the user saw."""
        return self._sound("transcript", self._transcript)

    def join(self, dispatcher: Dispatcher) -> None:
        """Join all projections, each behind those that it rests on."""
        for name, projection in (
            ("known", self._known),
            ("turns", self._turns),
            ("truth", self._truth),
            ("requests", self._requests),
            ("transcript", self._transcript),
        ):
            dispatcher.join(projection.handlers(), partial(self._lose, name))

    def _lose(self, name: str, error: Exception) -> None:
        """Note that the projection called *name* raised *error*."""
        for failed in _DEPENDENTS[name]:
            self._failures.setdefault(
                failed, f"the shared projection {name} failed: {error!r}"
            )

    def _sound(self, name: str, projection: T) -> T:
        """Return *projection* unless the one called *name* is lost."""
        if name in self._failures:
            raise ProjectionError(self._failures[name])
        return projection
