"""Measures times and counts of one run while its records come in; judges nothing."""

from midstream.harness.record.dispatch import Handlers
from midstream.harness.record.history import (
    ClientExit,
    Committed,
    FaultFired,
    Invoked,
    PathFired,
    Received,
    Record,
)
from midstream.harness.record.ops import Append, Replace

from .verdict import ServerCounts, Timing


class Measures:
    """The times and counts of one run so far."""

    def __init__(self) -> None:
        self._began: Record | None = None
        self._shown: Record | None = None
        self._fired: Record | None = None
        self._recovered: Record | None = None
        self._ended: Record | None = None
        self._counts = {"message": 0, "run": 0}
        self._requests = 0

    def handlers(self) -> Handlers:
        """Handle turns, shown text, requests, effects, faults and the client's end."""
        return {
            Append: self._show,
            Replace: self._show,
            Received: self._receive,
            Committed: self._commit,
            FaultFired: self._fire,
            PathFired: self._fire,
            Invoked: self._begin,
            ClientExit: self._end,
        }

    def _show(self, record: Record, body: Append | Replace) -> None:
        """Keep the first shown text, and the first one after the fault."""
        if not body.text:
            return
        self._shown = self._shown or record
        if self._fired and self._recovered is None:
            self._recovered = record

    def _receive(self, _record: Record, _body: Received) -> None:
        """Count a request."""
        self._requests += 1

    def _commit(self, _: Record, body: Committed) -> None:
        """Count an effect."""
        if body.what in self._counts:
            self._counts[body.what] += 1

    def _fire(self, record: Record, _: FaultFired | PathFired) -> None:
        self._fired = self._fired or record

    def _begin(self, record: Record, _: Invoked) -> None:
        self._began = self._began or record

    def _end(self, record: Record, _: ClientExit) -> None:
        self._ended = self._ended or record

    def timing(self) -> Timing:
        """Return the times; one is None if its start or end did not happen."""
        return Timing(
            ttft_s=_seconds(self._began, self._shown),
            total_s=_seconds(self._began, self._ended),
            recovery_s=_seconds(self._fired, self._recovered),
        )

    def counts(self) -> ServerCounts:
        """Return how many requests the server read, and what it made."""
        return ServerCounts(
            messages=self._counts["message"],
            runs=self._counts["run"],
            requests=self._requests,
        )


def _seconds(earlier: Record | None, later: Record | None) -> float | None:
    """Return the time between two records, or None if one is missing."""
    if earlier is None or later is None:
        return None
    return (later.t_ns - earlier.t_ns) / 1_000_000_000
