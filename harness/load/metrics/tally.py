"""Totals of a load run, which add up over streams, workers and machines.

A worker adds its streams to a tally and sends the new part of it; the master merges
these parts into its own. Merging is adding, in any order; `worker_reports` makes sure
that nothing is added twice or lost.
"""

from collections import Counter
from typing import Any, Final

from midstream.harness.oracle.verdict import Grade, Verdict

from .histogram import Histogram
from .limits import StreamLimits
from .series import Series
from .share import Share
from .stream import StreamResult
from .worst import Worst

METRICS: Final = (
    "ttft",
    "ttft_intended",
    "itl",
    "tpot",
    "duration",
    "recovery",
    "stall",
    "late",
)
"""The measured times; docs/load.md has their formulas."""
NO_FAULT: Final = "none"
"""The row of streams without a sampled fault in tables by fault."""
LATE_S: Final = 0.1
"""A start counts as late if it is later than this; nobody notices less."""


class Tally:
    """Counts, histograms, seconds, and the worst streams of a run.

    *counts*: "streams", "good", "verdict:…", "grade:…", "fault:KIND:VERDICT",
    "struck:KIND", "said", "shown", "lost", "doubled", "moved" (tokens), "attempts",
    "intents", "retries", "late", "recovered", "unrecovered" (waits), "paced", "missed"
    (starts).
    """

    def __init__(self, limits: StreamLimits | None = None) -> None:
        """Start with zero counts; *limits* define good streams."""
        self._limits = limits or StreamLimits()
        self.counts: Counter[str] = Counter()
        self.histograms = {metric: Histogram() for metric in METRICS}
        self.series = Series()
        self.worst = Worst()

    def add(self, result: StreamResult) -> None:
        """Add *result*."""
        is_good = self._limits.are_met(result)
        self._add_counts(result, is_good=is_good)
        self._add_times(result)
        self.series.add(result, is_good=is_good)
        self.worst.add(result)

    def pace(self, missed: Share) -> None:
        """Add the paced starts, and those of them that were missed."""
        self.counts["paced"] += missed.whole
        self.counts["missed"] += missed.part

    def pack(self) -> dict[str, Any]:
        """Return everything as plain values and bytes, fit for MessagePack."""
        return {
            "counts": dict(self.counts),
            "histograms": {name: h.pack() for name, h in self.histograms.items()},
            "series": self.series.pack(),
            "worst": self.worst.pack(),
        }

    def merge(self, packed: dict[str, Any]) -> None:
        """Add another tally's `pack`.

        Raises:
            ReportLostError: It is damaged.
        """
        self.counts.update(packed["counts"])
        for name, histogram in packed["histograms"].items():
            self.histograms[name].merge(histogram)
        self.series.merge(packed["series"])
        self.worst.merge(packed["worst"])

    @property
    def streams(self) -> int:
        """How many streams were added."""
        return self.counts["streams"]

    def share(self, count: str) -> Share:
        """Return the share of *count*, such as "good", in all streams."""
        return Share(self.counts[count], self.streams)

    def goodput(self) -> Share:
        """Return the share of good streams in all that began or were missed."""
        return Share(self.counts["good"], self.streams + self.counts["missed"])

    def missed(self) -> Share:
        """Return the share of missed starts in all paced ones."""
        return Share(self.counts["missed"], self.counts["paced"])

    def verdicts(self) -> dict[Verdict, int]:
        """Return the streams per verdict, the worst first, without zeros."""
        found = {verdict: self.counts[f"verdict:{verdict}"] for verdict in Verdict}
        return {verdict: number for verdict, number in found.items() if number}

    def grades(self) -> dict[Grade, int]:
        """Return the streams per grade, zeros included."""
        return {grade: self.counts[f"grade:{grade}"] for grade in Grade}

    def faults(self) -> dict[str, dict[Verdict, int]]:
        """Return the streams per kind of fault and verdict; "none" is no fault."""
        table: dict[str, dict[Verdict, int]] = {}
        for name, number in sorted(self.counts.items()):
            word, _, rest = name.partition(":")
            if word == "fault":
                kind, _, verdict = rest.partition(":")
                table.setdefault(kind, {})[Verdict(verdict)] = number
        return table

    def struck(self) -> dict[str, Share]:
        """Return how many of the streams with a sampled fault it hit, by its kind.

        Streams that never reached the server do not count; see `stream.carried`.
        """
        return {
            kind: Share(self.counts[f"struck:{kind}"], sum(row.values()))
            for kind, row in self.faults().items()
            if kind != NO_FAULT
        }

    def amplification(self) -> float | None:
        """Return the requests per operation; None without any requests."""
        intents = self.counts["intents"]
        return self.counts["attempts"] / intents if intents else None

    def retries_peak(self) -> int:
        """Return the most retries in any one second."""
        return max((second.counts["retries"] for _, second in self.series), default=0)

    def _add_counts(self, result: StreamResult, *, is_good: bool) -> None:
        counts = self.counts
        kind = result.fault or NO_FAULT
        counts["streams"] += 1
        counts["good"] += is_good
        counts[f"verdict:{result.verdict}"] += 1
        counts[f"grade:{result.grade}"] += 1
        counts[f"fault:{kind}:{result.verdict}"] += 1
        if result.fault:
            counts[f"struck:{kind}"] += result.struck
        counts["said"] += result.tokens_said
        counts["shown"] += result.tokens_shown
        counts["lost"] += result.tokens_lost
        counts["doubled"] += result.tokens_doubled
        counts["moved"] += result.tokens_moved
        counts["attempts"] += result.attempts
        counts["intents"] += result.intents
        counts["retries"] += result.retries
        counts["late"] += result.late_s > LATE_S
        counts["recovered"] += len(result.times.recoveries)
        counts["unrecovered"] += result.unrecovered

    def _add_times(self, result: StreamResult) -> None:
        times, into = result.times, self.histograms
        into["itl"].record_us(times.gaps_us)
        into["duration"].record_s(times.total_s)
        into["stall"].record_s(times.longest_stall_s)
        into["late"].record_s(result.late_s)
        for ttft_s in times.ttfts_s:
            into["ttft"].record_s(ttft_s)
        for tpot_s in times.tpots_s:
            into["tpot"].record_s(tpot_s)
        if result.ttft_intended_s is not None:
            into["ttft_intended"].record_s(result.ttft_intended_s)
        for recovery in times.recoveries:
            into["recovery"].record_s(recovery.seconds)
        into["recovery"].record_never(result.unrecovered)
