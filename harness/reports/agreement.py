"""Whether the repeats of a cell agree, and which of them to show to a reader.

Pure functions of a report. A cell that was run once agrees with itself.
"""

from collections import Counter
from dataclasses import dataclass

from midstream.harness.oracle.grading import WORST_FIRST
from midstream.harness.oracle.verdict import SEVERITY, Verdict
from midstream.harness.plain_text import neutral

from . import ClientRuns, Outcome, Report


@dataclass(frozen=True, slots=True)
class Cell:
    """All runs of one scenario against one client, in their order."""

    client: str
    scenario: str
    runs: tuple[Outcome, ...]

    @property
    def counts(self) -> dict[Verdict, int]:
        """The number of runs by verdict: the most frequent first, then the worst."""
        counts = Counter(run.judgement.verdict for run in self.runs)
        by_rank = sorted(counts, key=lambda each: (-counts[each], SEVERITY.index(each)))
        return {verdict: counts[verdict] for verdict in by_rank}

    @property
    def telling(self) -> tuple[Outcome, ...]:
        """The first run of each verdict, in the order of `counts`."""
        firsts: dict[Verdict, Outcome] = {}
        for run in self.runs:
            firsts.setdefault(run.judgement.verdict, run)
        return tuple(firsts[verdict] for verdict in self.counts)

    @property
    def worst(self) -> Outcome:
        """The run with the worst grade."""
        return min(self.telling, key=lambda run: WORST_FIRST.index(run.judgement.grade))

    @property
    def share(self) -> str:
        """The share of the most frequent verdict, such as "97/100"; "" if all agree."""
        most = max(self.counts.values())
        return "" if most == len(self.runs) else f"{most}/{len(self.runs)}"


def cells(results: ClientRuns) -> list[Cell]:
    """Return the cells of one client, in the order in which its scenarios ran."""
    runs: dict[str, list[Outcome]] = {}
    for run in results.outcomes:
        runs.setdefault(run.judgement.scenario, []).append(run)
    name = results.client.name
    return [Cell(name, scenario, tuple(found)) for scenario, found in runs.items()]


def all_cells(report: Report) -> list[Cell]:
    """Return the cells of all clients, client by client."""
    return [cell for results in report.results for cell in cells(results)]


def telling(report: Report) -> list[Outcome]:
    """Return one run for each verdict of each cell: the others add nothing."""
    return [run for cell in all_cells(report) for run in cell.telling]


def agrees(cell: Cell, report: Report) -> bool:
    """Say whether *cell* was run as often as asked for, always with one verdict."""
    return not cell.share and len(cell.runs) == report.repeat


def agreement_lines(report: Report) -> list[str]:
    """Return how many cells agree, and the verdicts of those that do not."""
    if report.repeat == 1:
        return []
    found = all_cells(report)
    apart = [cell for cell in found if not agrees(cell, report)]
    share = f"{len(found) - len(apart)} of {len(found)}"
    return [
        f"agreement: {share} cells agree in all {report.repeat} repeats",
        *(f"  {_differing(cell)}" for cell in apart),
    ]


def _differing(cell: Cell) -> str:
    """Return the line of a cell whose runs differ."""
    counts = ", ".join(f"{count} {verdict}" for verdict, count in cell.counts.items())
    return neutral(f"{cell.client}  {cell.scenario}: {counts}")
