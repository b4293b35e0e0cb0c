"""Reports from workers to the master, numbered, so that a lost one is noticed.

Locust sends a report every few seconds and waits half a second for the last ones; what
comes later is lost (locustio/locust#1426). So each report carries what is new, its
number, and the running totals of its worker; and the last one says that it is.
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
    """What a worker sends.

    Attributes:
        number: 1 for its first report, and so on without holes.
        is_last: Whether the worker has no more to tell.
        tally: What is new since the report before.
        totals: What the worker has counted since its begin, this report included.
    """

    number: Annotated[int, Meta(ge=1)]
    is_last: bool
    tally: dict[str, Any]
    totals: dict[str, int]


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that *worker* counted and the master does not know, in words."""

    worker: str
    message: str


class Outbox:
    """A worker's side: sums streams up, and hands out what is new."""

    def __init__(self, limits: StreamLimits | None = None) -> None:
        """Begin with nothing; *limits* say which streams are good."""
        self._limits = limits
        self._new = Tally(limits)
        self._totals: Counter[str] = Counter()
        self._number = 0

    def add(self, result: StreamResult) -> None:
        """Sum *result* up."""
        self._new.add(result)

    def pace(self, missed: Share) -> None:
        """Count the starts of paced arrivals; *missed*: nobody was free for them."""
        self._new.pace(missed)

    def report(self, *, is_last: bool = False) -> dict[str, Any]:
        """Return what is new as plain values and bytes, and begin anew."""
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
    """What the master has had from one worker.

    *told* are the numbers of its reports, each with a digest of the totals in it;
    *latest* is the report with the highest one: only its totals are kept.
    """

    told: dict[int, int] = field(default_factory=dict)
    latest: WorkerReport | None = None
    merged: Counter[str] = field(default_factory=Counter)
    is_closed: bool = False
    damaged: list[str] = field(default_factory=list)


class WorkerReports:
    """The master's side: merges reports once each, and knows what did not come."""

    def __init__(self) -> None:
        """Begin without workers."""
        self.tally = Tally()
        self._accounts: dict[str, _Account] = {}

    def expect(self, worker: str) -> None:
        """Take note that *worker* is there, and will have something to tell."""
        self._accounts.setdefault(worker, _Account())

    def take(self, worker: str, data: dict[str, Any]) -> bool:
        """Merge a report of *worker*; say whether it was new. Order does not matter."""
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
        """Return what was lost, once all workers are done; empty: nothing."""
        return tuple(
            Loss(worker, message)
            for worker, account in sorted(self._accounts.items())
            for message in _losses(account)
        )

    def _merge(self, account: _Account, report: WorkerReport) -> None:
        """Add *report* and write it down."""
        self.tally.merge(report.tally)
        account.told[report.number] = _digest(report)
        if account.latest is None or report.number > account.latest.number:
            account.latest = msgspec.structs.replace(report, tally={})
        account.merged.update(_census(report.tally))
        account.is_closed |= report.is_last


def _require_same(account: _Account, report: WorkerReport) -> None:
    """Check that a number that came before is that of the same report.

    Raises:
        ReportLostError: There are two reports of one number.
    """
    if account.told[report.number] != _digest(report):
        raise ReportLostError(f"there are two reports of number {report.number}")


def _digest(report: WorkerReport) -> int:
    return hash(frozenset(report.totals.items()))


def _losses(account: _Account) -> list[str]:
    """Return, in words, what one worker told that did not come."""
    said = [f"a report was damaged: {problem}" for problem in account.damaged]
    latest = account.latest
    if latest is None:
        return [*said, "no report came"]
    if not account.is_closed:
        said.append(f"its last report did not come; {len(account.told)} others did")
    lost = sorted({*range(1, latest.number + 1)} - account.told.keys())
    if lost:
        numbers = ", ".join(map(str, lost))
        said.append(f"report {numbers} of {latest.number} did not come")
    if lost or account.merged != Counter(latest.totals):
        streams, merged = latest.totals.get("streams", 0), account.merged["streams"]
        said.append(f"it counted {streams} streams, its reports have {merged}")
    return said


def _census(packed: dict[str, Any]) -> Counter[str]:
    """Return all that can be checked: counts, and how many values were measured."""
    counts = Counter({name: int(n) for name, n in packed["counts"].items() if n})
    for metric, histogram in packed["histograms"].items():
        if histogram:
            counts[f"n:{metric}"] += histogram["n"]
    return counts
