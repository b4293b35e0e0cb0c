"""Edge: adds our tables to Locust's web page; Locust's charts show streams only."""

import json
from collections.abc import Callable
from typing import Any

from flask import Response, request

from midstream.harness.load.metrics.tally import Tally
from midstream.harness.load.metrics.units import Measured, spoken
from midstream.harness.load.report.result_of import metrics

_TABLES = (
    ("midstream-verdicts", "Verdicts", ("verdict", "streams", "share")),
    ("midstream-times", "Stream times", ("metric", "n", "p50", "p95", "p99", "max")),
    ("midstream-counts", "Stream counts", ("what", "count")),
)


def add_tabs(web_ui: Any, tally: Callable[[], Tally]) -> None:  # noqa: ANN401  # Locust's own
    """Add the tables to *web_ui*; *tally* returns the totals that they show."""
    web_ui.template_args["extended_tabs"] = [
        {"title": title, "key": key} for key, title, _ in _TABLES
    ]
    web_ui.template_args["extended_tables"] = [
        {"key": key, "structure": [{"key": c, "title": c.capitalize()} for c in cells]}
        for key, _, cells in _TABLES
    ]

    def extend(response: Response) -> Response:
        is_stats = request.path.endswith("/stats/requests")
        if is_stats and isinstance(response.json, dict):
            more = {"extended_stats": _stats(tally())}
            response.set_data(json.dumps({**response.json, **more}))
        return response

    web_ui.app.after_request(extend)


def _stats(tally: Tally) -> list[dict[str, Any]]:
    """Return the rows of each table."""
    rows = (_verdicts(tally), _times(tally), _counts(tally))
    return [
        {"key": key, "data": data}
        for (key, _, _), data in zip(_TABLES, rows, strict=True)
    ]


def _verdicts(tally: Tally) -> list[dict[str, Any]]:
    total = max(1, tally.streams)
    return [
        _row(
            verdict.value,
            streams=n,
            verdict=verdict.value,
            share=f"{100 * n / total:.1f} %",
        )
        for verdict, n in tally.verdicts().items()
    ]


def _times(tally: Tally) -> list[dict[str, Any]]:
    return [
        _row(
            metric.name,
            metric=metric.name,
            n=metric.n,
            p50=_said(metric.p50_s),
            p95=_said(metric.p95_s),
            p99=_said(metric.p99_s),
            max=_said(metric.max_s),
        )
        for metric in metrics(tally)
    ]


def _counts(tally: Tally) -> list[dict[str, Any]]:
    plain = {name: n for name, n in tally.counts.items() if ":" not in name}
    return [_row(name, what=name, count=n) for name, n in sorted(plain.items())]


def _row(name: str, **cells: object) -> dict[str, Any]:
    """Return a row in the form of Locust's page; *name* is unique in its table."""
    return {"name": name, "safe_name": name, **cells}


def _said(value: Measured) -> str:
    return "" if value is None else spoken(value)
