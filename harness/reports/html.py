"""Results as one HTML page; `markup` makes what clients and servers said harmless."""

from collections.abc import Iterator
from typing import Final

from . import Outcome, Report
from .agreement import agreement_lines, all_cells, telling
from .explain import explanation, needs_explanation
from .grid import cell_text, grid, legend
from .markup import fold, page, safe, table, tag
from .meanings import GRADES
from .tally import tally
from .words import SYMBOLS

_STYLE: Final = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
.scroll { overflow-x: auto }
table { border-collapse: collapse } td, th { padding: .15rem .7rem; text-align: left }
tbody tr:nth-child(odd) { background: #8881 } th { border-bottom: 1px solid }
.FAILED { color: #c22 } .NON_STRICT { color: #a70 } .OK { color: #292 }
.INVALID, .INCONCLUSIVE { color: #a2a } .UNSUPPORTED { opacity: .6 }
pre { overflow-x: auto; background: #8882; padding: .7rem; font-size: 13px }
"""


def render(report: Report) -> bytes:
    """Return *report* as a page in UTF-8: totals, matrix, every red cell in full."""
    return page("midstream", _STYLE, _body(report))


def _body(report: Report) -> Iterator[str]:
    """Yield the parts of the page, in the order in which they are to be read."""
    yield tag("h1", "midstream")
    yield from _totals(report)
    yield from _matrix(report)
    yield from _explained(report)


def _totals(report: Report) -> Iterator[str]:
    """Yield who was tested, by what, and how it went."""
    rig = f"seed {report.seed}, Toxiproxy {report.toxiproxy_version}"
    yield tag("p", f"{safe(rig)}, runs in {tag('code', safe(report.out))}")
    lines = []
    for results in report.results:
        counts = tally(results.outcomes)
        said = ", ".join(f"{number} {grade}" for grade, number in counts.items())
        who = f"{results.client.name} {results.client.version}"
        lines.append(tag("li", f"{tag('b', safe(who))}: {safe(said)}"))
    yield tag("ul", "".join(lines))


def _matrix(report: Report) -> Iterator[str]:
    """Yield the table of scenarios and clients, and what its marks mean."""
    laid = grid(report)
    grades = {
        (cell.scenario, cell_text(cell, report)): cell.telling[0].judgement.grade.value
        for cell in all_cells(report)
    }
    rows = [
        (
            tag("code", safe(scenario)),
            *(tag("span", safe(s), grades.get((scenario, s), "")) for s in cells),
        )
        for scenario, *cells in laid.rows
    ]
    yield table([safe(name) for name in laid.header], rows)
    for line in (*_symbols(report), *legend(report), *agreement_lines(report)):
        yield tag("p", safe(line))


def _symbols(report: Report) -> list[str]:
    """Return a line for each grade that occurs: symbol, name and meaning."""
    found = {outcome.judgement.grade for outcome in report.outcomes}
    return [
        f"{SYMBOLS[grade]} {grade}: {meaning}"
        for grade, meaning in GRADES.items()
        if grade in found
    ]


def _explained(report: Report) -> Iterator[str]:
    """Yield the runs that did not pass, each folded up."""
    bad = [run for run in telling(report) if needs_explanation(run, report)]
    yield tag("h2", "What did not pass") if bad else tag("p", "Nothing failed.")
    for run in bad:
        yield _told(run, report)


def _told(outcome: Outcome, report: Report) -> str:
    """Return one run's explanation, folded up behind its headline."""
    head, *lines = map(safe, explanation(outcome, report))
    grade = outcome.judgement.grade.value
    return fold(tag("span", head, grade), tag("pre", "\n".join(lines)))
