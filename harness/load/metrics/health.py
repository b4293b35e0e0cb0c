"""Checks that a load run measured the client, and not the rig itself.

Pure: it judges samples that others take. If the rig was the bottleneck, the result is
INVALID, because its numbers do not describe the client.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import msgspec

from .share import Share
from .units import spoken
from .worker_reports import Loss

Role: TypeAlias = Literal["server", "worker", "master", "toxiproxy"]

SEND_LAG_S: Final = 0.020
"""How much later than planned the server may send, as p99 of a sample.

A healthy server stays below 3 ms until it is overloaded, and then far exceeds this
limit (docs/load.md, Rig health); on a noisy machine it was 10 ms.
"""
LOOP_LAG_S: Final = 0.050
"""How late the load generator may wake up, as p99 of a sample.

Its lateness is added to every measured gap and first token; a reader would not notice
less than this.
"""
STANDSTILL_S: Final = 1.0
"""The longest single delay of a process, in any sample.

A process that was paused is late once, for everything that was due meanwhile. A
percentile hides that, and one such sample is enough. A busy rig was 0.15 s late at
worst; on a machine that was shared with a browser's tests it was 0.5 s.
"""
CPU_PERCENT: Final = 90.0
"""How busy a process may be, per core that it can use.

Locust warns at the same limit. Lateness rises sharply just below it, where the lags
show it.
"""
IN_A_ROW: Final = 3
"""How many samples in a row must be bad; one alone may be a start, or other load."""
NO_VERDICT_PART: Final = 0.05
"""The share of streams that may end without a verdict.

Some always do, where the run stops or two faults meet. If there are more, the missing
verdicts could have changed the reported shares.
"""


class ProcessSample(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """The state of one process since its previous sample; None means not measured.

    Attributes:
        process: Its name, such as "server 1".
        role: What it does.
        at_s: The time of the sample, in seconds since the epoch.
        cpu_percent: Its CPU time, in percent of one core.
        cores: How many cores it can use at once; 1 for a process with one thread.
        send_lag_p99_s: Of a server: how much later than planned it sent.
        loop_lag_p99_s: Of a load generator: how much later than asked it woke up.
        lag_max_s: The longest delay of anything it did.
        is_silent: Whether it did not answer the health request.
    """

    process: str
    role: Role
    at_s: float
    cpu_percent: float | None = None
    cores: int = 1
    send_lag_p99_s: float | None = None
    loop_lag_p99_s: float | None = None
    lag_max_s: float | None = None
    is_silent: bool = False


class RigProblem(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A problem of the rig that makes the result INVALID.

    Attributes:
        kind: "send_lag", "loop_lag", "standstill", "cpu", "no_answer", "lost_report",
            "lost_worker", "no_verdict", "unwatched", "missed" or "no_effect".
        who: The process, or whatever else has the problem.
        message: What was measured, with its number and its limit.
        remedy: What to do about it.
    """

    kind: str
    who: str
    message: str
    remedy: str


def assess(
    samples: Iterable[ProcessSample],
    *,
    missing: Sequence[Loss] = (),
    lost_workers: Sequence[str] = (),
    no_verdict: Share | None = None,
) -> list[RigProblem]:
    """Return the problems of the rig; with none, the result is valid.

    Args:
        samples: The samples of all processes, in any order.
        missing: The results that workers counted and the master did not receive.
        lost_workers: The workers that disconnected during the run.
        no_verdict: The streams that were not judged, of all.
    """
    by_process: defaultdict[str, list[ProcessSample]] = defaultdict(list)
    for sample in sorted(samples, key=lambda sample: sample.at_s):
        by_process[sample.process].append(sample)
    found = [ail for group in by_process.values() for ail in _of_process(group)]
    found += _unwatched(tuple(by_process.values()))
    found += [_lost_worker(name) for name in lost_workers]
    found += [_lost_report(loss) for loss in missing]
    if no_verdict is not None and (no_verdict.value or 0.0) > NO_VERDICT_PART:
        found.append(_no_verdict(no_verdict))
    return found


def _of_process(samples: Sequence[ProcessSample]) -> list[RigProblem]:
    """Return the problems of one process."""
    who, role = samples[0].process, samples[0].role
    found = []
    for rule in _RULES:
        value = _lasting([rule.of(sample) for sample in samples], rule.in_a_row)
        if value > rule.limit:
            seen = rule.words.format(rule.shown(value), rule.shown(rule.limit))
            remedy = _RELIEF[role] if rule.kind == "cpu" else rule.remedy
            message = f"{who} {seen}"
            ail = RigProblem(kind=rule.kind, who=who, message=message, remedy=remedy)
            found.append(ail)
    if any(sample.is_silent for sample in samples):
        found.append(_no_answer(who))
    return found


def _busy(sample: ProcessSample) -> float | None:
    """Return how busy a process was, in percent of all cores that it can use."""
    if sample.cpu_percent is None:
        return None
    return sample.cpu_percent / sample.cores


def _percent(value: float) -> str:
    return f"{value:.0f} %"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """A limit that a process must not exceed in *in_a_row* samples in a row.

    *words* is a format string with places for the value and the limit.
    """

    kind: str
    of: Callable[[ProcessSample], float | None]
    limit: float
    shown: Callable[[float], str]
    words: str
    remedy: str = ""
    in_a_row: int = IN_A_ROW


_RULES: Final = (
    _Rule(
        kind="send_lag",
        of=lambda sample: sample.send_lag_p99_s,
        limit=SEND_LAG_S,
        shown=spoken,
        words="sent {} late (p99); the limit is {}",
        remedy="use fewer users, a lower speed, or more servers: --servers",
    ),
    _Rule(
        kind="loop_lag",
        of=lambda sample: sample.loop_lag_p99_s,
        limit=LOOP_LAG_S,
        shown=spoken,
        words="woke up {} late (p99); the limit is {}",
        remedy="use fewer users per worker, or more workers: --processes",
    ),
    _Rule(
        kind="standstill",
        of=lambda sample: sample.lag_max_s,
        limit=STANDSTILL_S,
        shown=spoken,
        words="stood still for {}; the limit is {}",
        remedy="make sure that no other program pauses it or takes its CPU time",
        in_a_row=1,
    ),
    _Rule(
        kind="cpu",
        of=_busy,
        limit=CPU_PERCENT,
        shown=_percent,
        words="was {} busy; the limit is {}",
    ),
)
_RELIEF: Final[dict[Role, str]] = {
    "server": "use more servers (--servers), or fewer users",
    "worker": "use more workers (--processes, or more machines), or fewer users each",
    "master": "give the master no users of its own",
    "toxiproxy": "use fewer users, a lower speed, or a storm that breaks fewer paths",
}


def _lasting(values: Sequence[float | None], in_a_row: int) -> float:
    """Return the highest value that *in_a_row* samples in a row all reached.

    A run with fewer samples counts as one row.
    """
    known = [value for value in values if value is not None]
    width = min(in_a_row, len(known))
    windows = (known[i : i + width] for i in range(len(known) - width + 1))
    return max((min(window) for window in windows if window), default=0.0)


_LAGS: Final[dict[Role, tuple[str, Callable[[ProcessSample], float | None]]]] = {
    "server": ("the servers' send lag", lambda sample: sample.send_lag_p99_s),
    "worker": ("the load generators' loop lag", lambda sample: sample.loop_lag_p99_s),
}
"""The lag that must have been measured, by role."""


def _unwatched(groups: Sequence[Sequence[ProcessSample]]) -> Iterator[RigProblem]:
    """Yield a problem for each lag that was not measured: no rig is healthy by default.

    A server that had nothing to send has no send lag; its other samples are enough.
    """
    for role, (what, lag) in _LAGS.items():
        of_role = [group for group in groups if group[0].role == role]
        if all(lag(sample) is None for group in of_role for sample in group):
            yield _not_measured(what)
            continue
        for group in of_role:
            if all(lag(each) is None and each.lag_max_s is None for each in group):
                yield _not_measured(f"{what} of {group[0].process}")


def _not_measured(what: str) -> RigProblem:
    return RigProblem(
        kind="unwatched",
        who=what,
        message=f"{what} was not measured, so the rig may have been too slow",
        remedy="run for at least a few seconds",
    )


def _no_answer(who: str) -> RigProblem:
    return RigProblem(
        kind="no_answer",
        who=who,
        message=f"{who} did not answer a health request",
        remedy="read its log; make sure that no other program takes its CPU time",
    )


def _lost_worker(name: str) -> RigProblem:
    return RigProblem(
        kind="lost_worker",
        who=name,
        message=f"{name} went away during the run, and its users with it",
        remedy="read its log; Locust also drops a worker that is too busy to answer",
    )


def _lost_report(loss: Loss) -> RigProblem:
    return RigProblem(
        kind="lost_report",
        who=loss.worker,
        message=f"{loss.worker}: {loss.message}",
        remedy="use fewer users per worker; check its network to the master",
    )


def _no_verdict(share: Share) -> RigProblem:
    percent = 100 * (share.value or 0.0)
    return RigProblem(
        kind="no_verdict",
        who="streams",
        message=f"{share.part} of {share.whole} streams ({percent:.1f} %) have no "
        f"verdict; the limit is {100 * NO_VERDICT_PART:g} %",
        remedy="read the reasons of the worst streams",
    )
