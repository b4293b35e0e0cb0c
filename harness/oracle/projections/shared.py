"""What all checkers look at, kept once; no invariant.

The order is a rule to rely on: a record reaches the folds before any checker, and a
fold after those that it rests on. So a checker sees the state *behind* its record.
"""

from functools import partial

from midstream.harness.errors import FoldError
from midstream.harness.oracle.projections.requests import Requests
from midstream.harness.oracle.projections.transcript import Transcript
from midstream.harness.oracle.projections.truth import Truth
from midstream.harness.oracle.projections.turns import Turns
from midstream.harness.record.dispatch import Readers

_RESTING = {
    "turns": ("turns", "truth", "requests", "transcript"),
    "truth": ("truth", "transcript"),
    "requests": ("requests",),
    "transcript": ("transcript",),
}
"""Each fold, in the order in which they are fed, and what rests on it."""


class Folds:
    """The shared folds of one history.

    One that fails is taken away, and with it what rests on it. Whoever asks for it
    from then on fails too: nothing can be concluded from half a fold.

    Attributes:
        turns: The user's turns.
        truth: What the server said and did.
        requests: The requests, and how each was answered.
        transcript: What the user saw.
    """

    turns: Turns
    truth: Truth
    requests: Requests
    transcript: Transcript

    def __init__(self) -> None:
        """Begin before the first record."""
        self.turns = Turns()
        self.truth = Truth(self.turns)
        self.requests = Requests(self.turns)
        self.transcript = Transcript(self.truth)
        self._failures: dict[str, str] = {}

    def join(self, readers: Readers) -> None:
        """Let all folds read, each behind those that it rests on."""
        for name in _RESTING:
            readers.join(getattr(self, name).reads(), partial(self._lose, name))

    def _lose(self, name: str, error: Exception) -> None:
        """Take away the fold called *name*, which raised *error*."""
        for lost in _RESTING[name]:
            self.__dict__.pop(lost, None)
            self._failures.setdefault(lost, f"the shared fold {name} failed: {error!r}")

    def __getattr__(self, name: str) -> object:
        failures = self.__dict__.get("_failures", {})
        if name in failures:
            raise FoldError(failures[name])
        raise AttributeError(name)
