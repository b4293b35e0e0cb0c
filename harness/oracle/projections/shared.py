"""The projections that all checkers share; no invariant.

Checkers may rely on the order: a record reaches the projections before any checker, and
a projection after those that it needs. So a checker sees the state *after* its record.
"""

from functools import partial

from midstream.harness.errors import ProjectionError
from midstream.harness.oracle.projections.requests import Requests
from midstream.harness.oracle.projections.transcript import ShownTranscript
from midstream.harness.oracle.projections.truth import Truth
from midstream.harness.oracle.projections.turns import Turns
from midstream.harness.record.dispatch import Dispatcher

_DEPENDENTS = {
    "turns": ("turns", "truth", "requests", "transcript"),
    "truth": ("truth", "transcript"),
    "requests": ("requests",),
    "transcript": ("transcript",),
}
"""Each projection, in the order in which they are fed, and those that need it."""


class Projections:
    """The shared projections of one history.

    A projection that fails is removed, together with those that need it. Getting it
    then raises ProjectionError: nothing can be concluded from half a projection.

    Attributes:
        turns: The user's turns.
        truth: What the server said and did.
        requests: The requests, and how each was answered.
        transcript: What the user saw.
    """

    turns: Turns
    truth: Truth
    requests: Requests
    transcript: ShownTranscript

    def __init__(self) -> None:
        self.turns = Turns()
        self.truth = Truth(self.turns)
        self.requests = Requests(self.turns)
        self.transcript = ShownTranscript(self.truth)
        self._failures: dict[str, str] = {}

    def join(self, dispatcher: Dispatcher) -> None:
        """Join all projections, each after those that it needs."""
        for name in _DEPENDENTS:
            dispatcher.join(getattr(self, name).handlers(), partial(self._lose, name))

    def _lose(self, name: str, error: Exception) -> None:
        """Remove the projection called *name*, which raised *error*."""
        for failed in _DEPENDENTS[name]:
            self.__dict__.pop(failed, None)
            self._failures.setdefault(
                failed, f"the shared projection {name} failed: {error!r}"
            )

    def __getattr__(self, name: str) -> object:
        failures = self.__dict__.get("_failures", {})
        if name in failures:
            raise ProjectionError(failures[name])
        raise AttributeError(name)
