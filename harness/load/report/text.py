"""The result as plain lines for a terminal or a CI log: symbols, words, no colour."""

from collections.abc import Iterator
from typing import Final

from midstream.harness.load.metrics.gates import GateResult, GateStatus
from midstream.harness.load.metrics.result import LoadResult, Whole
from midstream.harness.load.metrics.units import counted, spoken
from midstream.harness.oracle.verdict import Grade
from midstream.harness.plain_text import columns, neutral
from midstream.harness.reports.words import SYMBOLS

GATE_SYMBOLS: Final = {
    GateStatus.PASS: "✓",
    GateStatus.FAIL: "✗",
    GateStatus.UNKNOWN: "?",
}
WHOLE_SYMBOLS: Final[dict[Whole, str]] = {"OK": "✓", "FAILED": "✗", "INVALID": "!"}
_WORST_SHOWN: Final = 10


def render(result: LoadResult) -> list[str]:
    """Return *result* as lines; the last one is its verdict."""
    parts = (
        _head(result),
        _verdicts(result),
        _faults(result),
        _metrics(result),
        _totals(result),
        _worst(result),
        _gates(result),
        _health(result),
        [conclusion(result)],
    )
    written = [[neutral(line) for line in part] for part in parts]
    return [line for part in written if part for line in (*part, "")][:-1]


def conclusion(result: LoadResult) -> str:
    """Return the verdict of the run, in one line."""
    symbol, streams = WHOLE_SYMBOLS[result.verdict], result.totals.get("streams", 0)
    early = f"  (ended early: {result.trouble})" if result.trouble else ""
    said = counted(streams, "stream")
    return f"{symbol} {result.verdict}  {result.storm}  {said}{early}"


def gate_line(gate: GateResult) -> str:
    """Return the outcome of a gate: "✗ FAIL  ttft_p95>800ms  1.2 s  (n = 340)"."""
    symbol = GATE_SYMBOLS[gate.status]
    return f"{symbol} {gate.status:<7}  {gate.text}  {gate_value(gate)}  (n = {gate.n})"


def gate_value(gate: GateResult) -> str:
    """Return a gate's measured value with its unit."""
    if gate.value is None:
        return "never measured"
    if gate.unit == "s" or isinstance(gate.value, str):
        return spoken(gate.value)
    return f"{gate.value:.4g}{gate.unit and ' %'}"


def _head(result: LoadResult) -> Iterator[str]:
    who = f"{result.client.name} {result.client.version}"
    crowd = f"{counted(result.users, 'user')}, {counted(result.workers, 'worker')}"
    rig = f"{crowd}, {result.run_s:.0f} s"
    yield f"{result.storm}: {result.description}"
    yield f"{who}, {rig}, seed {result.seed}"
    for phase in result.phases:
        span = f"{phase.begin_s:.1f} to {phase.end_s:.1f} s"
        yield f"  phase {phase.name}: {span}, {counted(phase.users, 'user')}"
    for band in result.bands:
        span = f"{band.begin_s:.1f} to {band.end_s:.1f} s"
        effect = band.effect or _no_effect(band.needs_effect)
        yield f"  {band.label}: {span}  {effect}".rstrip()


def _no_effect(needed: bool) -> str:
    return "! no effect was seen" if needed else ""


def _verdicts(result: LoadResult) -> list[str]:
    rows = [
        (
            f"{SYMBOLS[Grade(v.grade)]} {v.verdict}",
            f"{v.n}",
            f"{100 * v.share:.1f} %",
            f"{100 * v.low:.1f} to {100 * v.high:.1f} %",
        )
        for v in result.verdicts
    ]
    header = ("verdict", "streams", "share", "95 % interval")
    return columns([header, *rows], figures=True)


def _faults(result: LoadResult) -> list[str]:
    verdicts = [count.verdict for count in result.verdicts]
    rows = [
        (
            kind,
            str(sum(row.values())),
            str(result.struck.get(kind, "-")),
            *(str(row.get(verdict, 0)) for verdict in verdicts),
        )
        for kind, row in result.faults.items()
    ]
    header = ("fault", "sampled", "hit", *verdicts)
    return columns([header, *rows], figures=True)


def _metrics(result: LoadResult) -> list[str]:
    rows = [
        (
            metric.name,
            str(metric.n),
            *map(
                spoken,
                (
                    metric.mean_s,
                    metric.p50_s,
                    metric.p90_s,
                    metric.p95_s,
                    metric.p99_s,
                    metric.max_s,
                ),
            ),
        )
        for metric in result.metrics
    ]
    header = ("time", "n", "mean", "p50", "p90", "p95", "p99", "max")
    return columns([header, *rows], figures=True)


def _totals(result: LoadResult) -> Iterator[str]:
    count = result.totals.get
    yield (
        f"tokens: {count('said', 0)} generated, {count('shown', 0)} shown, "
        f"{count('lost', 0)} lost, {count('doubled', 0)} doubled, "
        f"{count('moved', 0)} out of order"
    )
    yield (
        f"requests: {count('attempts', 0)} for {count('intents', 0)} operations, "
        f"{count('retries', 0)} retries, at most "
        f"{_number(result.rates.get('retries_peak'))} in one second"
    )
    yield (
        f"waits after a fault: {count('recovered', 0)} recovered, "
        f"{count('unrecovered', 0)} never recovered; late starts: {count('late', 0)}"
    )
    if paced := count("paced"):
        yield f"paced starts: {paced}, {count('missed', 0)} of them missed"
    goodput = result.rates.get("goodput")
    share = "-" if goodput is None else f"{100 * goodput:.1f} %"
    limits, pace = str(result.limits), _number(result.rates.get("tokens_per_s"))
    within = f" within {limits}" if limits else ""
    yield f"goodput: {share}{within}; {pace} tokens/s"


def _worst(result: LoadResult) -> Iterator[str]:
    if not result.worst:
        return
    shown = result.worst[:_WORST_SHOWN]
    yield f"worst streams ({len(shown)} of {len(result.worst)} kept):"
    for stream in shown:
        symbol = SYMBOLS[stream.grade]
        where = f"  {stream.directory}" if stream.directory else ""
        fault = f" after {stream.fault}" if stream.fault else ""
        yield (
            f"  {symbol} {stream.verdict}  {stream.scenario}  user {stream.user}"
            f"{fault}: {stream.reason}{where}"
        )


def _gates(result: LoadResult) -> list[str]:
    return ["gates:", *(f"  {gate_line(gate)}" for gate in result.gates)]


def _health(result: LoadResult) -> Iterator[str]:
    if not result.health:
        yield "rig: no problem was measured"
        return
    yield "rig: the numbers may describe the rig instead of the client:"
    for problem in result.health:
        yield f"  ! {problem.message}"
        yield f"    {problem.remedy}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"
