"""Numbers of one run: times, counts, and how text compares; a fold, not a judge."""

from harness.checkers._transcript import TRANSCRIPT_RECORDS, Transcript, View

from .history import (
    ClientExit,
    Committed,
    Fired,
    Invoked,
    PathFired,
    Received,
    Record,
)
from .ops import Append, Replace
from .verdict import ServerCounts, Timing

MEASURED_RECORDS: tuple[type, ...] = tuple(
    dict.fromkeys(
        (*TRANSCRIPT_RECORDS, ClientExit, Committed, Fired, PathFired, Received)
    )
)


class Measures:
    """What can be counted and timed while the records come in."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.transcript = Transcript()
        self._began: Record | None = None
        self._shown: Record | None = None
        self._fired: Record | None = None
        self._recovered: Record | None = None
        self._ended: Record | None = None
        self._counts = {"message": 0, "run": 0}
        self._requests = 0

    def feed(self, record: Record) -> None:
        """Take note of *record*."""
        body = record.body
        if isinstance(body, Append | Replace):
            if body.text:
                self._show(record)
        elif isinstance(body, Received):
            self._requests += 1
            return
        elif isinstance(body, Fired | PathFired):
            self._fired = self._fired or record
            return
        elif isinstance(body, ClientExit):
            self._ended = self._ended or record
            return
        elif isinstance(body, Invoked):
            self._began = self._began or record
        elif isinstance(body, Committed) and body.what in self._counts:
            self._counts[body.what] += 1
        self.transcript.feed(record)

    def _show(self, record: Record) -> None:
        """Note the first text of all, and the first after the fault."""
        self._shown = self._shown or record
        if self._fired and self._recovered is None:
            self._recovered = record

    def timing(self) -> Timing:
        """Return the times; None where there is nothing to measure between."""
        return Timing(
            ttft_s=_seconds(self._began, self._shown),
            total_s=_seconds(self._began, self._ended),
            recovery_s=_seconds(self._fired, self._recovered),
        )

    def counts(self) -> ServerCounts:
        """Return how much the server was asked, and has made."""
        return ServerCounts(
            messages=self._counts["message"],
            runs=self._counts["run"],
            requests=self._requests,
        )

    def text(self, name: str) -> str:
        """Compare the view called *name* with the truth.

        "none": there is no such view, or the server said nothing.
        """
        views = [view for view in self.transcript.views if view.name == name]
        if not views or not any(self.transcript.truth.told.values()):
            return "none"
        if not all(shown.is_right for shown in views[0].parts):
            return "differs"
        return "equal" if self._is_whole(views[0]) else "prefix"

    def _is_whole(self, view: View) -> bool:
        """Say whether *view* has the whole of one run of each turn."""
        truth = self.transcript.truth
        whole = {
            key for shown in view.parts if not shown.lost() for key in shown.keys
        } | {key for key, told in truth.told.items() if not told}
        turns = {turn for run, turn in truth.runs.items() if truth.keys_of(run)}
        return all(
            any(whole.issuperset(truth.keys_of(run)) for run in truth.runs_of(turn))
            for turn in turns
        )


def _seconds(earlier: Record | None, later: Record | None) -> float | None:
    """Return the time between two records, if both are there."""
    if earlier is None or later is None:
        return None
    return (later.t_ns - earlier.t_ns) / 1_000_000_000
