"""One invariant a file, judged over the records of one history.

A checker reads the shared projections, keeps what they lack, and is asked once, at
the end. One that rests on what the server cannot tell is not asked: nobody is
convicted for what we do not know. It sees nothing else, and judges a stored history as
it judges a live stream. It never raises for what the client did. If it raises all the
same, or needs a projection that has failed, the oracle answers UNKNOWN for it.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

from midstream.harness.oracle.projections.known import Need
from midstream.harness.oracle.projections.shared import Projections
from midstream.harness.oracle.verdict import Finding, Status
from midstream.harness.record.dispatch import Handlers
from midstream.mock_server.core.registry import Registry, name_of


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
    needs: ClassVar[Need | None] = None
    """What the server must tell; if it does not, the answer is UNKNOWN."""

    def __init__(self, projections: Projections) -> None:
        """Read *projections*, which handle each record before this checker does."""
        self.projections = projections

    def handlers(self) -> Handlers:
        """Return the handlers of this checker; by default there are none."""
        return {}

    def answer(self) -> Finding:
        """Return the answer, which is UNKNOWN if the server told too little.

        Called once, after the last record.
        """
        if self.needs is None or not (lack := self.projections.known.lacks(self.needs)):
            return self.finish()
        name = name_of(type(self))
        status = Status.UNKNOWN
        return Finding(invariant=name, code=self.code, status=status, message=lack)

    @abstractmethod
    def finish(self) -> Finding:
        """Return the answer, given that the server told all that this `needs`."""


CHECKERS: Registry[type[Checker]] = Registry("invariant", __name__)
