"""The client never ends by an exception that its documentation does not announce."""

from typing import ClassVar

from harness.checkers import CHECKERS
from harness.checkers._finding import holds, unknown, violated
from harness.history import ClientExit, Record
from harness.verdict import Finding, Verdict


@CHECKERS.register
class NoCrash:
    """Looks at how the client ended."""

    code: ClassVar[str] = "C1"
    level: ClassVar[int] = 0
    reads: ClassVar[tuple[type, ...]] = (ClientExit,)

    def __init__(self) -> None:
        """Begin with a client that has not ended."""
        self._exit: tuple[int, ClientExit] | None = None

    def feed(self, record: Record) -> None:
        """Take note of the client's end."""
        if isinstance(record.body, ClientExit) and self._exit is None:
            self._exit = record.seq, record.body

    def finish(self) -> Finding:
        """Report an exception that nobody announced."""
        if self._exit is None:
            return unknown(self, "the client's end was not recorded")
        seq, end = self._exit
        if end.how == "raised":
            message = f"the client crashed: {end.text}"
            return violated(self, Verdict.CRASHED, message, [seq])
        return holds(self, "the client did not crash", [seq])
