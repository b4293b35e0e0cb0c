"""The style sheet: light and dark, wide and narrow. Colour is never the only sign."""

from collections.abc import Mapping
from typing import Final

from midstream.harness.oracle.verdict import Verdict

COLOURS: Final[Mapping[Verdict, str]] = {
    Verdict.UNAFFECTED: "#74b98c",
    Verdict.RECOVERED: "#2f8f5b",
    Verdict.RECOVERED_BY_RESTART: "#d9ac3c",
    Verdict.NOT_COMPARED: "#8fa86a",
    Verdict.DEGRADED_HONESTLY: "#b98521",
    Verdict.LATE: "#d39a62",
    Verdict.LEAKED: "#b07a4a",
    Verdict.ORPHANED: "#c46a3a",
    Verdict.FALSE_FAILURE: "#e0855f",
    Verdict.BACKOFF_VIOLATION: "#d66a45",
    Verdict.RETRY_STORM: "#cc4e33",
    Verdict.CRASHED: "#a8483b",
    Verdict.HUNG: "#dc5a54",
    Verdict.REORDERED: "#d8709a",
    Verdict.DUPLICATED: "#c0488a",
    Verdict.CORRUPTED: "#b33a6b",
    Verdict.FALSE_SUCCESS: "#b8323f",
    Verdict.SILENT_TRUNCATION: "#cf2f3f",
    Verdict.DUPLICATE_EFFECT: "#a33a86",
    Verdict.CROSS_TALK: "#c22f6a",
    Verdict.INVALID: "#8f77c8",
    Verdict.INCONCLUSIVE: "#ab9bd6",
    Verdict.UNSUPPORTED: "#999999",
}

_LAYERS: Final = {
    "streaming": "#5b9bd0",
    "waiting": "#a9b8c6",
    "recovering": "#e08a3c",
    "p50": "#8ab4d8",
    "p95": "#d4622a",
}

_BASE: Final = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif;
  --ink: #1c2126; --dim: #5c6670; --paper: #ffffff; --card: #f5f6f8; --rule: #d8dce1;
  --shade: #e0852e2e; --ok: #1f7a48; --warn: #8a5a00; --bad: #b3202c; --void: #6a4fb0 }
@media (prefers-color-scheme: dark) { :root {
  --ink: #e4e7ea; --dim: #9aa4ae; --paper: #15181b; --card: #1e2226; --rule: #343a41;
  --shade: #e0903a33; --ok: #63c48d; --warn: #e0b050; --bad: #f0787f;
  --void: #b7a2ee } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem 1rem 4rem;
  color: var(--ink); background: var(--paper) }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.1rem; margin: 2.2rem 0 .6rem }
p, ul { margin: .3rem 0 } ul { padding-left: 1.2rem } li b { font-weight: 500 }
code { font-size: .9em; overflow-wrap: anywhere }
a { color: inherit }
.dim, .about, small { color: var(--dim) }
.banner { display: flex; flex-wrap: wrap; gap: .2rem .8rem; align-items: baseline;
  border-left: .4rem solid; padding: .5rem .9rem; margin: 1rem 0;
  background: var(--card); border-radius: 0 .4rem .4rem 0 }
.banner b { font-size: 1.2rem }
.OK, .PASS { color: var(--ok) } .NON_STRICT { color: var(--warn) }
.FAILED, .FAIL { color: var(--bad) }
.INVALID, .INCONCLUSIVE, .UNKNOWN { color: var(--void) } .UNSUPPORTED { opacity: .6 }
.banner span { color: var(--ink) }
.tiles { display: grid; gap: .6rem;
  grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)) }
.tile { background: var(--card); border-radius: .4rem; padding: .6rem .8rem;
  display: flex; flex-direction: column }
.tile b { font-size: 1.45rem; line-height: 1.25; font-variant-numeric: tabular-nums }
.tile small { line-height: 1.3; margin-top: .15rem }
.scroll { overflow-x: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
td, th { padding: .2rem .8rem .2rem 0; text-align: left; vertical-align: top }
th { border-bottom: 1px solid var(--rule); color: var(--dim); font-weight: 500 }
tbody tr + tr td { border-top: 1px solid var(--rule) }
.numbers td, .tight td { white-space: nowrap }
.numbers td + td, .numbers th + th { text-align: right }
.worded td:last-child, .worded th:last-child { text-align: left; white-space: normal;
  min-width: 16rem }
summary { cursor: pointer } details p { color: var(--dim); white-space: normal;
  max-width: 32rem }
figure { margin: 0 0 .9rem } figcaption { display: flex; flex-wrap: wrap;
  gap: 0 .7rem; align-items: baseline; margin: 0 0 .45rem }
.legend { display: flex; flex-wrap: wrap; gap: 0 .9rem; margin-left: auto;
  font-size: .85rem }
.key { display: inline-block; width: .8rem; height: .6rem; margin-right: .35rem;
  border-radius: 2px; background: currentColor }
.key.p50 { background: none; border-radius: 0; border-top: 2px dashed; height: .3rem }
.plot, .times, .timeline { position: relative; margin-left: 3.6rem }
.plot svg { display: block; width: 100%; height: 8rem; overflow: visible }
.mark { position: absolute; right: 100%; margin-right: .5rem; font-size: .75rem;
  line-height: 0; color: var(--dim); white-space: nowrap }
.times { height: 1.1rem; font-size: .75rem; color: var(--dim) }
.times span { position: absolute; white-space: nowrap }
.grid, .edge { fill: none; stroke: var(--rule); vector-effect: non-scaling-stroke }
.edge { stroke: var(--dim); stroke-dasharray: 3 4 }
.edge.done { stroke: #d4622a; stroke-dasharray: none; stroke-opacity: .7 }
.band { fill: var(--shade) } .column { fill: transparent }
.column:hover { fill: #8882 }
.line { fill: none; stroke: currentColor; stroke-width: 2px; stroke-linecap: round;
  stroke-linejoin: round; vector-effect: non-scaling-stroke }
.line.p50 { stroke-dasharray: 5 4; stroke-linecap: butt } .area { fill: currentColor }
.timeline { margin-bottom: .4rem } .timeline + details { margin-bottom: 1.2rem }
.lane { position: relative; height: 1.45rem; margin-bottom: 2px }
.lane span { position: absolute; height: 100%; padding: 0 .35rem; font-size: .75rem;
  line-height: 1.45rem; overflow: hidden; white-space: nowrap; text-overflow: ellipsis;
  border-radius: 2px }
.phase { background: var(--card); border-left: 1px dashed var(--dim) }
.lane .shade { background: var(--shade); border-left: 2px solid #d4622a;
  overflow: visible }
.shade.idle { outline: 1px dashed var(--void); color: var(--void) }
@media (max-width: 40rem) { body { padding: .8rem .7rem 3rem }
  .plot, .times, .timeline { margin-left: 2.9rem } .legend { margin-left: 0 }
  .plot svg { height: 6.5rem } .tiles { grid-template-columns: repeat(2, 1fr) } }
"""


def style() -> str:
    """Return the style sheet."""
    verdicts = (f".v-{verdict} {{ color: {c} }}" for verdict, c in COLOURS.items())
    layers = (f".{name} {{ color: {c} }}" for name, c in _LAYERS.items())
    return "\n".join((_BASE.strip(), *layers, *verdicts))
