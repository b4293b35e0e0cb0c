"""The charts of a load run, all with the same time axis."""

from collections.abc import Callable

from midstream.harness.load.metrics.result import LoadResult, SecondEntry
from midstream.harness.oracle.verdict import Grade, Verdict
from midstream.harness.reports.words import SYMBOLS

from .chart import Chart
from .plot import Layer


def charts(result: LoadResult) -> tuple[Chart, ...]:
    """Return the charts of *result*, in reading order."""
    return (
        Chart(
            title="Active streams",
            about="at the first instant of each second, by state",
            style="stack",
            layers=(
                _layer(result, "streaming", "streaming", lambda s: s.streaming),
                _layer(result, "waiting for text", "waiting", lambda s: s.waiting),
                _layer(result, "recovering", "recovering", lambda s: s.recovering),
            ),
        ),
        Chart(
            title="Streams ended",
            about="per second, by verdict",
            style="stack",
            layers=tuple(_verdict_layers(result)),
        ),
        Chart(
            title="Time to first token",
            about="of the turns whose first text was shown in each second",
            style="lines",
            unit="s",
            layers=(
                _layer(result, "p50", "p50", lambda s: s.ttft_p50_s),
                _layer(result, "p95", "p95", lambda s: s.ttft_p95_s),
            ),
        ),
        Chart(
            title="Inter-token latency, p99",
            about="of the gaps that ended in each second",
            style="lines",
            unit="s",
            layers=(_layer(result, "p99", "p95", lambda s: s.itl_p99_s),),
        ),
        Chart(
            title="Retries",
            about="repeated requests per second",
            style="stack",
            layers=(_layer(result, "retries", "recovering", lambda s: s.retries),),
        ),
        Chart(
            title="Tokens",
            about="shown per second",
            style="stack",
            layers=(_layer(result, "tokens", "streaming", lambda s: s.tokens),),
        ),
    )


def _layer(
    result: LoadResult,
    name: str,
    css: str,
    get: Callable[[SecondEntry], float | None],
) -> Layer:
    return Layer(name, css, [get(second) for second in result.series])


def _verdict_layers(result: LoadResult) -> list[Layer]:
    """Return one layer for each verdict; those that passed are at the bottom."""
    order = list(Verdict)
    counts = sorted(
        result.verdicts,
        key=lambda v: (
            list(Grade).index(Grade(v.grade)),
            -order.index(Verdict(v.verdict)),
        ),
    )
    return [
        Layer(
            f"{SYMBOLS[Grade(count.grade)]} {count.verdict}",
            f"v-{count.verdict}",
            [second.verdicts.get(count.verdict, 0) for second in result.series],
        )
        for count in counts
    ]
