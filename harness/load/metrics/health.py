"""Whether a load run measured the client, or the rig that was to measure it.

Pure: whoever runs things takes samples, this looks through them. A rig that was the
bottleneck makes the result INVALID: its numbers are true of nobody.
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
"""How late the server may send, p99 of a sample, against its own plan.

A healthy one is below 3 ms up to its knee, and jumps far beyond this behind it
(docs/load.md, Rig health); on a noisy machine it was 10 ms.
"""
LOOP_LAG_S: Final = 0.050
"""How late the load generator may wake up, p99 of a sample.

What it is late by, each gap and each first token is said to be late by, and below
this nobody who reads would notice.
"""
STANDSTILL_S: Final = 1.0
"""How late any process that tells of it may be at once, in any sample.

Who stands still is late once, for all that was due meanwhile: a percentile hides that,
and it needs no second sample. A busy rig is 0.15 s late at worst; on a machine that was
shared with a browser's tests it was 0.5 s.
"""
CPU_PERCENT: Final = 90.0
"""How busy a process may be, per core that it can use.

Locust warns at the same point. Lateness jumps a little below it: what is above cannot
be trusted, what is just below shows in the lags.
"""
IN_A_ROW: Final = 3
"""How many samples in a row must be bad: one alone is a start, or a neighbour."""
NO_VERDICT_PART: Final = 0.05
"""Which part of the streams may end without a verdict.

Some do wherever a run stops or two faults meet. Beyond this, who was left out could
have changed the shares that are reported.
"""


class ProcessSample(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """How one process was at one moment; None: not measured there.

    Attributes:
        process: Its name, such as "server 1".
        role: What it does.
        at_s: When, in seconds since the epoch.
        cpu_percent: Of one core, since the sample before.
        cores: How many cores it can use at once; 1 for a process with one thread.
        send_lag_p99_s: Of a server: sent against planned.
        loop_lag_p99_s: Of a load generator: woken up against asked.
        lag_max_s: The latest that it was with anything, since the sample before.
        is_silent: Whether it did not answer when it was asked how it is.
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
    """Something about the rig that voids the result.

    Attributes:
        kind: "send_lag", "loop_lag", "standstill", "cpu", "no_answer", "lost_report",
            "lost_worker", "no_verdict", "unwatched", "missed" or "no_effect".
        who: The process, or what else it is about.
        message: What was seen, with its number and its limit.
        remedy: What to do.
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
    """Return what ails the rig; empty: the result stands.

    *missing*: what the ledger did not get. *lost_workers*: who went away in the middle.
    *no_verdict*: the streams that were not judged.
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
    """Return what ails one process."""
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
    """Return how busy a process was, of all that it could be."""
    if sample.cpu_percent is None:
        return None
    return sample.cpu_percent / sample.cores


def _percent(value: float) -> str:
    return f"{value:.0f} %"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """What a process must not exceed, in samples *in_a_row*.

    *words* have places for value and limit.
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
        words="sent {} late (p99), above {}",
        remedy="fewer users, a lower speed, or more servers: --servers",
    ),
    _Rule(
        kind="loop_lag",
        of=lambda sample: sample.loop_lag_p99_s,
        limit=LOOP_LAG_S,
        shown=spoken,
        words="woke up {} late (p99), above {}",
        remedy="fewer users a worker, or more workers: --processes",
    ),
    _Rule(
        kind="standstill",
        of=lambda sample: sample.lag_max_s,
        limit=STANDSTILL_S,
        shown=spoken,
        words="stood still for {} at once, above {}",
        remedy="see that nothing pauses or starves it, such as other programs",
        in_a_row=1,
    ),
    _Rule(
        kind="cpu",
        of=_busy,
        limit=CPU_PERCENT,
        shown=_percent,
        words="was {} busy, above {}",
    ),
)
_RELIEF: Final[dict[Role, str]] = {
    "server": "more servers (--servers), or fewer users",
    "worker": "more workers (--processes, or more machines), or fewer users each",
    "master": "leave the master without users of its own",
    "toxiproxy": "fewer users, a lower speed, or a storm that breaks fewer paths",
}


def _lasting(values: Sequence[float | None], in_a_row: int) -> float:
    """Return what was reached or exceeded in that many samples in a row, at most.

    In a run so short that it has fewer of them, all must be as bad.
    """
    known = [value for value in values if value is not None]
    width = min(in_a_row, len(known))
    windows = (known[i : i + width] for i in range(len(known) - width + 1))
    return max((min(window) for window in windows if window), default=0.0)


_LAGS: Final[dict[Role, tuple[str, Callable[[ProcessSample], float | None]]]] = {
    "server": ("the servers' send lag", lambda sample: sample.send_lag_p99_s),
    "worker": ("the load generators' loop lag", lambda sample: sample.loop_lag_p99_s),
}
"""What has to be known of which role."""


def _unwatched(groups: Sequence[Sequence[ProcessSample]]) -> Iterator[RigProblem]:
    """Yield what nobody looked at, in general or of one: nothing is healthy by default.

    A server at which nothing was due has no send lag; that it told of itself is enough.
    """
    for role, (what, lag) in _LAGS.items():
        of_role = [group for group in groups if group[0].role == role]
        if all(lag(sample) is None for group in of_role for sample in group):
            yield _not_measured(what)
            continue
        for group in of_role:
            if all(lag(each) is None and each.lag_max_s is None for each in group):
                yield _not_measured(f"{what}, of {group[0].process},")


def _not_measured(what: str) -> RigProblem:
    return RigProblem(
        kind="unwatched",
        who=what.strip(","),
        message=f"{what} was not measured, so that nobody knows who was late",
        remedy="run for some seconds at least",
    )


def _no_answer(who: str) -> RigProblem:
    return RigProblem(
        kind="no_answer",
        who=who,
        message=f"{who} did not answer when it was asked how it is",
        remedy="see its log, and that nothing pauses or starves it",
    )


def _lost_worker(name: str) -> RigProblem:
    return RigProblem(
        kind="lost_worker",
        who=name,
        message=f"{name} went away during the run, and its users with it",
        remedy="see its log; a worker that is too busy to answer is given up, too",
    )


def _lost_report(loss: Loss) -> RigProblem:
    return RigProblem(
        kind="lost_report",
        who=loss.worker,
        message=f"{loss.worker}: {loss.message}",
        remedy="fewer users a worker; the network between workers and master",
    )


def _no_verdict(share: Share) -> RigProblem:
    percent = 100 * (share.value or 0.0)
    return RigProblem(
        kind="no_verdict",
        who="streams",
        message=f"{share.part} of {share.whole} streams ({percent:.1f} %) have no "
        f"verdict, more than {100 * NO_VERDICT_PART:g} %",
        remedy="see the reasons of the worst streams",
    )
