"""Numbered reports from workers to the master, so that a lost one is noticed.

Locust sends a report every few seconds and waits half a second for the last ones; later
ones are lost (locustio/locust#1426). So each report carries the new results, its
number, and the running totals of its worker, and the last one is marked as the last.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from midstream.harness.load.errors import ReportLostError

from .limits import StreamLimits
from .share import Share
from .stream import StreamResult
from .tally import Tally


class WorkerReport(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """One report of a worker.

    Attributes:
        number: 1 for its first report, and so on without gaps.
        is_last: Whether the worker sends no further report.
        tally: The results since the previous report.
        totals: All that the worker has counted so far, this report included.
    """

    number: Annotated[int, Meta(ge=1)]
    is_last: bool
    tally: dict[str, Any]
    totals: dict[str, int]


@dataclass(frozen=True, slots=True)
class Loss:
    """Results that *worker* counted and the master did not receive."""

    worker: str
    message: str


class Outbox:
    """A worker's side: adds streams up, and makes the reports."""

    def __init__(self, limits: StreamLimits | None = None) -> None:
        """Start without streams; *limits* define good ones."""
        self._limits = limits
        self._new = Tally(limits)
        self._totals: Counter[str] = Counter()
        self._number = 0

    def add(self, result: StreamResult) -> None:
        """Add *result*."""
        self._new.add(result)

    def pace(self, missed: Share) -> None:
        """Add the paced starts, and those of them that were missed."""
        self._new.pace(missed)

    def report(self, *, is_last: bool = False) -> dict[str, Any]:
        """Return a report of the results since the previous one."""
        packed = self._new.pack()
        self._totals.update(_census(packed))
        self._number += 1
        self._new = Tally(self._limits)
        report = WorkerReport(
            number=self._number,
            is_last=is_last,
            tally=packed,
            totals=dict(self._totals),
        )
        return msgspec.structs.asdict(report)


@dataclass(slots=True)
class _Account:
    """What the master has received from one worker.

    *told* maps the number of each report to a digest of its totals; *latest* is the
    report with the highest number, without its tally.
    """

    told: dict[int, int] = field(default_factory=dict)
    latest: WorkerReport | None = None
    merged: Counter[str] = field(default_factory=Counter)
    is_closed: bool = False
    damaged: list[str] = field(default_factory=list)


class WorkerReports:
    """The master's side: merges each report once, and notices lost ones."""

    def __init__(self) -> None:
        """Start without workers."""
        self.tally = Tally()
        self._accounts: dict[str, _Account] = {}

    def expect(self, worker: str) -> None:
        """Expect reports from *worker*."""
        self._accounts.setdefault(worker, _Account())

    def take(self, worker: str, data: dict[str, Any]) -> bool:
        """Merge a report of *worker*; return whether it was new. Any order will do."""
        account = self._accounts.setdefault(worker, _Account())
        try:
            report = msgspec.convert(data, WorkerReport)
            if report.number in account.told:
                _require_same(account, report)
                return False
            self._merge(account, report)
        except (msgspec.ValidationError, ReportLostError, LookupError) as error:
            account.damaged.append(str(error))
            return False
        return True

    def missing(self) -> tuple[Loss, ...]:
        """Return what was lost; call it when all workers have ended."""
        return tuple(
            Loss(worker, message)
            for worker, account in sorted(self._accounts.items())
            for message in _losses(account)
        )

    def _merge(self, account: _Account, report: WorkerReport) -> None:
        """Add *report* to the tally and to its worker's account."""
        self.tally.merge(report.tally)
        account.told[report.number] = _digest(report)
        if account.latest is None or report.number > account.latest.number:
            account.latest = msgspec.structs.replace(report, tally={})
        account.merged.update(_census(report.tally))
        account.is_closed |= report.is_last


def _require_same(account: _Account, report: WorkerReport) -> None:
    """Check that a report whose number is known is the same report again.

    Raises:
        ReportLostError: It is another one.
    """
    if account.told[report.number] != _digest(report):
        raise ReportLostError(f"two different reports have number {report.number}")


def _digest(report: WorkerReport) -> int:
    return hash(frozenset(report.totals.items()))


def _losses(account: _Account) -> list[str]:
    """Return what was lost of one worker's reports, as sentences."""
    said = [f"a report was damaged: {problem}" for problem in account.damaged]
    latest = account.latest
    if latest is None:
        return [*said, "no report arrived"]
    if not account.is_closed:
        said.append(f"its last report did not arrive; {len(account.told)} others did")
    lost = sorted({*range(1, latest.number + 1)} - account.told.keys())
    if lost:
        numbers = ", ".join(map(str, lost))
        said.append(f"report {numbers} of {latest.number} did not arrive")
    if lost or account.merged != Counter(latest.totals):
        streams, merged = latest.totals.get("streams", 0), account.merged["streams"]
        said.append(f"it counted {streams} streams; its reports contain {merged}")
    return said


def _census(packed: dict[str, Any]) -> Counter[str]:
    """Return the counts, and the number of measured values, for comparison."""
    counts = Counter({name: int(n) for name, n in packed["counts"].items() if n})
    for metric, histogram in packed["histograms"].items():
        if histogram:
            counts[f"n:{metric}"] += histogram["n"]
    return counts
