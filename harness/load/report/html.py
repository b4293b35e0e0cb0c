"""The result as one HTML page; `harness.reports.markup` makes it harmless."""

from collections.abc import Iterator
from datetime import UTC, datetime

from midstream.harness.load.metrics.result import LoadResult
from midstream.harness.reports.markup import link, page, safe, table, tag

from . import tables
from .chart import draw, frame_of
from .charts import charts
from .style import style
from .text import WHOLE_SYMBOLS
from .tiles import tiles
from .timeline import timeline


def render(result: LoadResult) -> bytes:
    """Return *result* as a page in UTF-8."""
    title = f"midstream: {result.storm}, {result.client.name}"
    return page(title, style(), _body(result))


def _body(result: LoadResult) -> Iterator[str]:
    """Yield the parts of the page, in reading order."""
    yield from _head(result)
    yield tiles(result)
    yield from _section("Gates", tables.gates(result))
    yield from _section("Rig", tables.health(result))
    yield from _section("The run", *_charts(result))
    yield from _section("Verdicts", tables.verdicts(result))
    yield from _section("By fault", tables.faults(result))
    yield from _section("Times", tables.metrics(result))
    yield from _section("The worst streams", tables.worst(result))
    yield from _section("About this run", *_made(result))


def _head(result: LoadResult) -> Iterator[str]:
    """Yield the settings of the run, and its verdict."""
    client = f"{result.client.name} {result.client.version}"
    yield tag("h1", f"{safe(result.storm)} · {safe(client)}")
    yield tag("p", safe(result.description), "dim")
    users = f"{result.users} users for {result.run_s:.0f} s, seed {result.seed}"
    said = f"{WHOLE_SYMBOLS[result.verdict]} {result.verdict}"
    body = tag("b", said) + tag("span", safe(users))
    if result.trouble:
        body += tag("span", safe(f"ended early: {result.trouble}"))
    yield tag("div", body, f"banner {result.verdict}")


def _section(title: str, *parts: str) -> Iterator[str]:
    yield tag("h2", title)
    yield from parts


def _charts(result: LoadResult) -> Iterator[str]:
    """Yield the timeline and the charts, all with one time axis."""
    frame = frame_of(result)
    yield timeline(result, frame)
    for chart in charts(result):
        yield draw(chart, frame)


def _made(result: LoadResult) -> Iterator[str]:
    """Yield begin, versions, and the command that repeats the run."""
    began = datetime.fromtimestamp(result.began_at_s, UTC)
    rows = [
        ("began", f"{began:%Y-%m-%d %H:%M:%S} UTC"),
        ("midstream", result.tool.version),
        *sorted(result.versions.items()),
        ("workers", str(result.workers)),
    ]
    yield table(("", ""), [[safe(cell) for cell in row] for row in rows])
    if result.command:
        yield tag("p", f"Repeat this run: {tag('code', safe(result.command))}")
    if result.locust_report:
        yield tag("p", f"Locust's own report: {link(result.locust_report)}")
