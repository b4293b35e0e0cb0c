"""Results as one HTML page that loads nothing and runs nothing.

Text that a client or a server said is made neutral and escaped, and the page forbids
scripts, frames and every fetch by a policy of its own (Content Security Policy Level
3, section 3.3: a ``meta`` element may carry the policy).
"""

from html import escape
from typing import Final

from midstream.harness.plain_text import neutral

from . import Outcome, Report
from .agreement import agreement_lines, all_cells, telling
from .explain import explanation, needs_explanation
from .grid import cell_text, grid, legend
from .meanings import GRADES
from .tally import tally
from .words import SYMBOLS

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'"
_STYLE: Final = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
table { border-collapse: collapse } td, th { padding: .15rem .7rem; text-align: left }
tbody tr:nth-child(odd) { background: #8881 } th { border-bottom: 1px solid }
.FAILED { color: #c22 } .NON_STRICT { color: #a70 } .OK { color: #292 }
.INVALID, .INCONCLUSIVE { color: #a2a } .UNSUPPORTED { opacity: .6 }
pre { overflow-x: auto; background: #8882; padding: .7rem; font-size: 13px }
"""


def render(report: Report) -> bytes:
    """Return *report* as a page in UTF-8: totals, matrix, explanations of failures."""
    policy = escape(POLICY)
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        f"<title>midstream</title><style>{_STYLE}</style></head><body>",
        "<h1>midstream</h1>",
        *_totals(report),
        *_matrix(report),
        *_explained(report),
        "</body></html>\n",
    ]
    return "\n".join(parts).encode()


def _text(said: object) -> str:
    """Return *said* as harmless HTML text."""
    return escape(neutral(str(said)))


def _totals(report: Report) -> list[str]:
    """Return the seed, the versions, and the counts of each client."""
    rig = f"seed {report.seed}, Toxiproxy {report.toxiproxy_version}"
    lines = [f"<p>{_text(rig)}, runs in <code>{_text(report.out)}</code></p><ul>"]
    for results in report.results:
        counts = tally(results.outcomes)
        said = ", ".join(f"{number} {grade}" for grade, number in counts.items())
        who = f"{results.client.name} {results.client.version}"
        lines.append(f"<li><b>{_text(who)}</b>: {_text(said)}</li>")
    return [*lines, "</ul>"]


def _matrix(report: Report) -> list[str]:
    """Return the table of scenarios and clients."""
    laid = grid(report)
    grades = {
        (cell.scenario, cell_text(cell, report)): cell.telling[0].judgement.grade.value
        for cell in all_cells(report)
    }
    head = "".join(f"<th>{_text(name)}</th>" for name in laid.header)
    lines = [f"<table><thead><tr>{head}</tr></thead><tbody>"]
    for scenario, *cells in laid.rows:
        tds = "".join(
            f'<td class="{grades.get((scenario, said), "")}">{_text(said)}</td>'
            for said in cells
        )
        lines.append(f"<tr><td><code>{_text(scenario)}</code></td>{tds}</tr>")
    lines_below = (*_symbols(report), *legend(report), *agreement_lines(report))
    said = (f"<p>{_text(line)}</p>" for line in lines_below)
    return [*lines, "</tbody></table>", *said]


def _symbols(report: Report) -> list[str]:
    """Return a line for each grade that occurs: symbol, name and meaning."""
    found = {outcome.judgement.grade for outcome in report.outcomes}
    return [
        f"{SYMBOLS[grade]} {grade}: {meaning}"
        for grade, meaning in GRADES.items()
        if grade in found
    ]


def _explained(report: Report) -> list[str]:
    """Return the explanations of the runs that did not pass."""
    bad = [run for run in telling(report) if needs_explanation(run, report)]
    if not bad:
        return ["<p>Nothing failed.</p>"]
    return ["<h2>What did not pass</h2>", *(_folded(run, report) for run in bad)]


def _folded(outcome: Outcome, report: Report) -> str:
    """Return one run's explanation, which opens on a click on its headline."""
    head, *lines = (escape(line) for line in explanation(outcome, report))
    grade = outcome.judgement.grade.value
    body = "\n".join(lines)
    return (
        f'<details><summary class="{grade}">{head}</summary><pre>{body}</pre></details>'
    )
