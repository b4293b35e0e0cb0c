"""The main numbers at the top of the page, each with a note."""

from dataclasses import dataclass

from midstream.harness.load.metrics.result import LoadResult, Metric
from midstream.harness.load.metrics.units import counted, spoken
from midstream.harness.reports.markup import safe, tag


@dataclass(frozen=True, slots=True)
class Tile:
    """A number, its name, and a note in smaller letters."""

    value: str
    name: str
    note: str
    css: str = ""


def tiles(result: LoadResult) -> str:
    """Return the tiles of *result* as markup."""
    return tag("div", "".join(map(_drawn, _tiles(result))), "tiles")


def _tiles(result: LoadResult) -> list[Tile]:
    count = result.totals.get
    streams, failed = count("streams", 0), result.grades.get("FAILED", 0)
    wrong = sum(count(name, 0) for name in ("lost", "doubled", "moved"))
    return [
        Tile(f"{streams:,}", "streams", _begun(result)),
        Tile(_goodput(result), "goodput", str(result.limits) or "passed, at any speed"),
        Tile(f"{failed:,}", "failed", f"of {streams:,}", "FAILED" if failed else "OK"),
        Tile(
            f"{wrong:,}",
            "wrong tokens",
            f"{count('lost', 0):,} lost, {count('doubled', 0):,} doubled, "
            f"{count('moved', 0):,} out of order, of {count('said', 0):,}",
            "FAILED" if wrong else "OK",
        ),
        _time(result, "ttft", "first token"),
        _time(result, "itl", "token gap"),
        _time(result, "recovery", "recovery"),
        Tile(
            _rate(result, "retries_peak"),
            "retries in one second",
            f"at most; {_rate(result, 'amplification')} requests per operation",
        ),
    ]


def _begun(result: LoadResult) -> str:
    """Return the streams per second, and the starts that were missed."""
    pace = f"{_rate(result, 'streams_per_s')} per second"
    missed = result.totals.get("missed", 0)
    return f"{pace}; {counted(missed, 'start')} missed" if missed else pace


def _time(result: LoadResult, name: str, title: str) -> Tile:
    metric = next(metric for metric in result.metrics if metric.name == name)
    return Tile(spoken(metric.p95_s), f"{title}, p95", _more(metric))


def _more(metric: Metric) -> str:
    if not metric.n:
        return "never measured"
    return f"p50 {spoken(metric.p50_s)}, p99 {spoken(metric.p99_s)}, n = {metric.n:,}"


def _goodput(result: LoadResult) -> str:
    share = result.rates.get("goodput")
    return "-" if share is None else f"{100 * share:.1f} %"


def _rate(result: LoadResult, name: str) -> str:
    value = result.rates.get(name)
    return "-" if value is None else f"{value:.3g}"


def _drawn(tile: Tile) -> str:
    body = tag("b", safe(tile.value), tile.css) + tag("span", safe(tile.name))
    return tag("div", body + tag("small", safe(tile.note)), "tile")
