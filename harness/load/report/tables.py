"""The tables of the page: verdicts, faults, times, gates, rig, the worst streams."""

from typing import Final

from midstream.harness.load.metrics.result import LoadResult, Metric
from midstream.harness.load.metrics.units import spoken
from midstream.harness.load.metrics.worst import WorstStream
from midstream.harness.oracle.verdict import Grade, Verdict
from midstream.harness.reports.markup import fold, safe, table, tag
from midstream.harness.reports.meanings import MEANINGS
from midstream.harness.reports.words import SYMBOLS

from .formulas import FORMULAS
from .text import GATE_SYMBOLS, gate_value

_PERCENT: Final = 100
_WORST_SHOWN: Final = 10


def verdicts(result: LoadResult) -> str:
    """Return the streams by verdict, and what each verdict means to a user."""
    rows = [
        (
            tag("span", f"{SYMBOLS[Grade(v.grade)]} {safe(v.verdict)}", v.grade),
            f"{v.n:,}",
            f"{_PERCENT * v.share:.1f} %",
            f"{_PERCENT * v.low:.1f} to {_PERCENT * v.high:.1f} %",
            safe(MEANINGS[Verdict(v.verdict)]),
        )
        for v in result.verdicts
    ]
    header = ("verdict", "streams", "share", "95 % interval (Wilson)", "to the user")
    return table(header, rows, "numbers worded")


def faults(result: LoadResult) -> str:
    """Return the streams by fault: sampled for, hit, and their verdicts."""
    known = {count.verdict: count.grade for count in result.verdicts}
    rows = [
        (
            safe(kind),
            str(sum(row.values())),
            str(result.struck.get(kind, "-")),
            *(tag("span", str(row.get(name, "")), known[name]) for name in known),
        )
        for kind, row in result.faults.items()
    ]
    heads = (f"{SYMBOLS[Grade(known[name])]} {safe(name)}" for name in known)
    return table(("fault", "sampled", "hit", *heads), rows, "numbers")


def metrics(result: LoadResult) -> str:
    """Return all times, each with its formula."""
    rows = [
        (
            _explained(metric),
            f"{metric.n:,}",
            *map(spoken, (metric.mean_s, metric.p50_s, metric.p90_s)),
            *map(spoken, (metric.p95_s, metric.p99_s, metric.max_s)),
        )
        for metric in result.metrics
    ]
    header = ("time", "n", "mean", "p50", "p90", "p95", "p99", "max")
    return table(header, rows, "numbers")


def _explained(metric: Metric) -> str:
    """Return a metric's title, with its formula collapsed behind it."""
    known = FORMULAS[metric.name]
    name = tag("code", safe(metric.name))
    words = f"{name} = {safe(known.formula)}<br>{safe(known.alike)}"
    return fold(safe(known.title), tag("p", words))


def gates(result: LoadResult) -> str:
    """Return every gate with its outcome and its measured value."""
    rows = [
        (
            tag("span", f"{GATE_SYMBOLS[gate.status]} {gate.status}", gate.status),
            tag("code", safe(gate.text)),
            safe(gate_value(gate)),
            f"n = {gate.n:,}",
        )
        for gate in result.gates
    ]
    return table(("", "fails the run if", "measured", ""), rows, "tight")


def health(result: LoadResult) -> str:
    """Return the problems of the rig, and what to do about each."""
    if not result.health:
        return tag("p", "✓ No problem of the rig was measured.", "OK")
    said = tag("p", "The numbers may describe the rig instead of the client:")
    items = (
        tag("b", f"! {safe(a.message)}", "INVALID") + f"<br>{safe(a.remedy)}"
        for a in result.health
    )
    return said + tag("ul", "".join(tag("li", item) for item in items))


def worst(result: LoadResult) -> str:
    """Return the streams to look at first."""
    if not result.worst:
        return tag("p", "✓ Every stream passed.", "OK")
    rows = [_worst_row(stream, result.began_at_s) for stream in result.worst]
    header = (
        "verdict",
        "phase",
        "user",
        "fault",
        "began",
        "took",
        "stall",
        "lost",
        "why",
    )
    listed = table(header, rows[:_WORST_SHOWN], "numbers worded")
    if len(rows) <= _WORST_SHOWN:
        return listed
    more = table(header, rows[_WORST_SHOWN:], "numbers worded")
    return listed + fold(f"{len(rows) - _WORST_SHOWN} more", more)


def _worst_row(stream: WorstStream, began_at_s: float) -> tuple[str, ...]:
    why = safe(stream.reason)
    if stream.directory:
        why += f"<br>{tag('code', safe(stream.directory))}"
    return (
        tag("span", f"{SYMBOLS[stream.grade]} {safe(stream.verdict)}", stream.grade),
        safe(stream.scenario.partition("/")[2] or stream.scenario),
        str(stream.user),
        safe(stream.fault or "none"),
        f"{stream.began_at_s - began_at_s:.1f} s",
        spoken(stream.total_s),
        spoken(stream.stall_s),
        str(stream.lost),
        why,
    )
