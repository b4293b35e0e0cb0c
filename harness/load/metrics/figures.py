"""Single numbers of a tally, by the names under which gates ask for them.

A number that was never measured is None, not 0: nothing passes by default.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from midstream.harness.oracle.verdict import Grade, Verdict

from .share import Share
from .tally import METRICS, Tally

Kind: TypeAlias = Literal["time", "count", "share", "ratio"]
"""A time in seconds; a count; a count that may also be asked for as a share of all
streams; a number without a unit."""

_PERCENTILE: Final = re.compile(r"p(\d{1,2}(?:\.\d+)?|100)")
_STATS: Final = ("p50", "p90", "p95", "p99", "mean", "max")
_TOKENS: Final = ("lost", "doubled", "moved")
_WAITS: Final = ("recovered", "unrecovered")
_FAILED: Final = f"grade:{Grade.FAILED}"
_PART: Final[Mapping[str, Callable[[Tally], Share]]] = {
    "failed": lambda tally: tally.share(_FAILED),
    "good": Tally.goodput,
    "goodput": Tally.goodput,
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A *value*, None if never measured, and *n*, the number of things it is based on.

    The time of a wait that did not end is infinite.
    """

    value: float | None
    n: int


def names() -> list[str]:
    """Return the names of all numbers, with the usual percentiles only."""
    return [
        *(f"{metric}_{stat}" for metric in METRICS for stat in _STATS),
        *(f"verdict:{verdict}" for verdict in Verdict),
        *(f"grade:{grade}" for grade in Grade),
        *_PART,
        *_COUNTS,
        *_RATIOS,
    ]


def kind_of(name: str) -> Kind | None:
    """Return the kind of the number called *name*, or None if there is none."""
    if _time(name):
        return "time"
    if name in _RATIOS:
        return "ratio"
    if name in _COUNTS:
        return "count"
    return "share" if name in names() else None


def figure(tally: Tally, name: str, *, as_share: bool = False) -> Figure:
    """Return the number called *name*, which must exist.

    Times are in seconds. With *as_share*, a share is in percent of all streams; that
    of good streams also counts those that were due and never began.
    """
    asked = _time(name)
    if asked:
        return _of_time(tally, *asked)
    if name in _RATIOS:
        return _RATIOS[name](tally)
    if name in _COUNTS:
        return _COUNTS[name](tally, name)
    share = _PART[name](tally) if name in _PART else tally.share(name)
    if not as_share:
        return Figure(float(share.part) if share.whole else None, share.whole)
    percent = None if share.value is None else 100 * share.value
    return Figure(percent, share.whole)


def _time(name: str) -> tuple[str, str] | None:
    """Return metric and statistic of a name such as "ttft_p95"."""
    metric, _, stat = name.rpartition("_")
    is_known = stat in ("mean", "max") or _PERCENTILE.fullmatch(stat)
    return (metric, stat) if metric in METRICS and is_known else None


def _of_time(tally: Tally, metric: str, stat: str) -> Figure:
    histogram = tally.histograms[metric]
    if stat == "mean":
        return Figure(histogram.mean_s, histogram.n)
    if stat == "max":
        return Figure(histogram.max_s, histogram.n)
    (value,) = histogram.percentiles_s(float(stat.removeprefix("p")))
    return Figure(value, histogram.n)


def _streams(tally: Tally, name: str) -> Figure:
    """Count streams, or something that is known of every stream."""
    n = tally.streams
    return Figure(float(tally.counts[name]) if n else None, n)


def _missed(tally: Tally, _: str) -> Figure:
    """Count the starts that were missed, out of all that were due."""
    share = tally.goodput()
    return Figure(float(tally.counts["missed"]) if share.whole else None, share.whole)


def _tokens(tally: Tally, name: str) -> Figure:
    """Count tokens, out of all that the server generated."""
    said = tally.counts["said"]
    return Figure(float(tally.counts[name]) if said else None, said)


def _requests(tally: Tally, name: str) -> Figure:
    """Count requests; without any, the number was not measured."""
    attempts = tally.counts["attempts"]
    return Figure(float(tally.counts[name]) if attempts else None, attempts)


def _retries_peak(tally: Tally) -> Figure:
    attempts = tally.counts["attempts"]
    return Figure(float(tally.retries_peak()) if attempts else None, attempts)


def _amplification(tally: Tally) -> Figure:
    return Figure(tally.amplification(), tally.counts["intents"])


_COUNTS: Final[Mapping[str, Callable[[Tally, str], Figure]]] = {
    **dict.fromkeys(("streams", "late", *_WAITS), _streams),
    "missed": _missed,
    **dict.fromkeys(_TOKENS, _tokens),
    **dict.fromkeys(("attempts", "retries"), _requests),
}
_RATIOS: Final[Mapping[str, Callable[[Tally], Figure]]] = {
    "retries_peak": _retries_peak,
    "amplification": _amplification,
}
