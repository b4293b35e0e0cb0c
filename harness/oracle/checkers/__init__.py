"""One invariant a file, judged over the records of one history.

A checker reads the shared projections, keeps what they lack, and is asked once, at
the end. It sees nothing else, and judges a stored history as it judges a live stream.
It never raises for what the client did. If it raises all the same, or needs a
projection that has failed, the oracle answers UNKNOWN for it.
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
        projections: The projections that all checkers share. A checker gets one from
            here at each use and stores none, so that it never uses one that has failed.
    """

    code: ClassVar[str]
    """The invariant's number: "I1", …"""
    level: ClassVar[int]
    """The level that a client needs; below it, the answer is UNSUPPORTED."""

    def __init__(self, projections: Projections) -> None:
        """Read *projections*, which handle each record before this checker does."""
        self.projections = projections

    def handlers(self) -> Handlers:
        """Return the handlers of this checker; by default there are none."""
        return {}

    @abstractmethod
    def finish(self) -> Finding:
        """Return the answer; called once, after the last record."""


CHECKERS: Registry[type[Checker]] = Registry("invariant", __name__)
