"""One invariant a file: a fold over the records of one history.

A checker looks at the shared folds, and takes note itself of what they do not keep;
then it is asked once. It judges a stored history and a live stream alike, holds what
it needs and no more, and sees nothing else. It never raises for what the client did;
if it does raise, or a fold that it asks for has failed, the oracle says UNKNOWN.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

from midstream.harness.oracle.projections.shared import Folds
from midstream.harness.oracle.verdict import Finding
from midstream.harness.record.dispatch import Reads
from midstream.mock_server.core.registry import Registry


class Checker(ABC):
    """Judges one invariant; its module's docstring is the invariant in words.

    Attributes:
        folds: What all checkers look at. A checker asks for a fold each time that it
            looks and keeps none, so that it never judges by one that has failed.
    """

    code: ClassVar[str]
    """The invariant's number: "I1", …"""
    level: ClassVar[int]
    """The least a client must be able to tell; below it, UNSUPPORTED."""

    def __init__(self, folds: Folds) -> None:
        """Look at *folds*, which take note of each record before this does."""
        self.folds = folds

    def reads(self) -> Reads:
        """Return what it must take note of itself; by default nothing."""
        return {}

    @abstractmethod
    def finish(self) -> Finding:
        """Return the answer; called once, after the last record."""


CHECKERS: Registry[type[Checker]] = Registry("invariant", __name__)
