"""One invariant a file, judged over the records of one history.

A checker looks at the shared projections, and keeps itself what they do not;
then it is asked once. It judges a stored history and a live stream alike, holds what
it needs and no more, and sees nothing else. It never raises for what the client did;
if it does raise, or a projection that it asks for has failed, the oracle says UNKNOWN.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

from midstream.harness.oracle.projections.shared import Projections
from midstream.harness.oracle.verdict import Finding
from midstream.harness.record.dispatch import Handlers
from midstream.mock_server.core.registry import Registry


class Checker(ABC):
    """Judges one invariant; its module's docstring is the invariant in words.

    Attributes:
        projections: What all checkers look at. A checker asks for one each time that it
            looks and keeps none, so that it never judges by one that has failed.
    """

    code: ClassVar[str]
    """The invariant's number: "I1", …"""
    level: ClassVar[int]
    """The least a client must be able to tell; below it, UNSUPPORTED."""

    def __init__(self, projections: Projections) -> None:
        """Look at *projections*, which have each record before this does."""
        self.projections = projections

    def handlers(self) -> Handlers:
        """Return what it must take note of itself; by default nothing."""
        return {}

    @abstractmethod
    def finish(self) -> Finding:
        """Return the answer; called once, after the last record."""


CHECKERS: Registry[type[Checker]] = Registry("invariant", __name__)
