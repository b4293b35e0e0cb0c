"""The client never ends by an exception that its documentation does not announce."""

from typing import ClassVar

from midstream.harness.oracle.checkers import CHECKERS, Checker
from midstream.harness.oracle.checkers._finding import holds, unknown, violated
from midstream.harness.oracle.projections.shared import Projections
from midstream.harness.oracle.verdict import Finding, Verdict
from midstream.harness.record.dispatch import Handlers
from midstream.harness.record.history import ClientExit, Record


@CHECKERS.register
class NoCrash(Checker):
    """Looks at how the client ended."""

    code: ClassVar[str] = "C1"
    level: ClassVar[int] = 0

    def __init__(self, projections: Projections) -> None:
        super().__init__(projections)
        self._exit: tuple[int, ClientExit] | None = None

    def handlers(self) -> Handlers:
        """Handle the client's end."""
        return {ClientExit: self._leave}

    def _leave(self, record: Record, body: ClientExit) -> None:
        self._exit = self._exit or (record.seq, body)

    def finish(self) -> Finding:
        """Report an exception that the client's documentation does not announce."""
        if self._exit is None:
            return unknown(self, "the client's end was not recorded")
        seq, end = self._exit
        if end.how == "raised":
            message = f"the client crashed: {end.text}"
            return violated(self, Verdict.CRASHED, message, [seq])
        return holds(self, "the client did not crash", [seq])
