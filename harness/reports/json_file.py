"""Results as JSON, for programs. The format is stable, since scripts depend on it.

The records of a run are not in it: they stay in the run's directory.
"""

from typing import Any

import msgspec

from midstream.harness import __version__
from midstream.harness.oracle.verdict import (
    FaultReport,
    Finding,
    Resent,
    ServerCounts,
    Timing,
)

from . import ClientRuns, Outcome, Report
from .agreement import agrees, all_cells
from .tally import tally


class Tool(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The program that wrote the file."""

    name: str
    version: str


class ToxiproxyEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The Toxiproxy that was used; its version is empty if none was."""

    version: str


class ClientEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The client that was tested."""

    name: str
    version: str
    level: int


class RunEntry(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    omit_defaults=True,
):
    """One run; *dir* is its directory.

    *known* is present if a baseline lists the run with this verdict, *resent* if the
    transport below the client sent a request again by itself.
    """

    scenario: str
    seed: int
    verdict: str
    grade: str
    reason: str
    live: str
    final: str
    flicker: int
    duration_s: float
    findings: tuple[Finding, ...]
    faults: tuple[FaultReport, ...]
    timing: Timing
    server: ServerCounts
    dir: str
    known: bool = False
    resent: tuple[Resent, ...] = ()


class Apart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A cell whose repeats do not agree: the number of runs by verdict."""

    client: str
    scenario: str
    verdicts: dict[str, int]


class Agreement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The agreement of repeats: in *agreeing* of *cells* all *repeats* agree."""

    repeats: int
    cells: int
    agreeing: int
    apart: tuple[Apart, ...]


class RunDocument(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """The document of ``run --json``; only repeated runs have an *agreement*."""

    format: int = 1
    tool: Tool
    toxiproxy: ToxiproxyEntry
    client: ClientEntry
    seed: int | None
    runs: tuple[RunEntry, ...]
    summary: dict[str, int]
    agreement: Agreement | msgspec.UnsetType = msgspec.UNSET


class ClientResults(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """One client's part of a matrix."""

    client: ClientEntry
    runs: tuple[RunEntry, ...]
    summary: dict[str, int]


class MatrixDocument(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """The document of ``matrix --json``; only repeated runs have an *agreement*."""

    format: int = 1
    tool: Tool
    toxiproxy: ToxiproxyEntry
    seed: int | None
    clients: tuple[ClientResults, ...]
    agreement: Agreement | msgspec.UnsetType = msgspec.UNSET


def run_document(report: Report) -> RunDocument:
    """Return the document of a report on exactly one client."""
    (results,) = report.results
    part = _part(results, report)
    return RunDocument(
        tool=Tool("midstream", __version__),
        toxiproxy=ToxiproxyEntry(report.toxiproxy_version),
        client=part.client,
        seed=report.seed,
        runs=part.runs,
        summary=part.summary,
        agreement=_agreement(report),
    )


def matrix_document(report: Report) -> MatrixDocument:
    """Return the document of a report on any number of clients."""
    return MatrixDocument(
        tool=Tool("midstream", __version__),
        toxiproxy=ToxiproxyEntry(report.toxiproxy_version),
        seed=report.seed,
        clients=tuple(_part(results, report) for results in report.results),
        agreement=_agreement(report),
    )


def encode(document: Any) -> bytes:  # noqa: ANN401 - whatever msgspec can encode
    """Return *document* as indented JSON that ends with a newline."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _agreement(report: Report) -> Agreement | msgspec.UnsetType:
    """Return the agreement of the repeats, if there are any."""
    if report.repeat == 1:
        return msgspec.UNSET
    cells = all_cells(report)
    apart = [cell for cell in cells if not agrees(cell, report)]
    return Agreement(
        repeats=report.repeat,
        cells=len(cells),
        agreeing=len(cells) - len(apart),
        apart=tuple(
            Apart(
                cell.client,
                cell.scenario,
                {str(verdict): count for verdict, count in cell.counts.items()},
            )
            for cell in apart
        ),
    )


def _part(results: ClientRuns, report: Report) -> ClientResults:
    """Return one client's results."""
    info = results.client
    return ClientResults(
        client=ClientEntry(info.name, info.version, info.level),
        runs=tuple(_entry(outcome, report) for outcome in results.outcomes),
        summary=tally(results.outcomes),
    )


def _entry(outcome: Outcome, report: Report) -> RunEntry:
    """Return one run."""
    said = outcome.judgement
    return RunEntry(
        scenario=said.scenario,
        seed=said.seed,
        verdict=said.verdict,
        grade=said.grade,
        reason=said.reason,
        live=said.live,
        final=said.final,
        flicker=said.flicker,
        duration_s=round(outcome.duration_s, 3),
        findings=said.findings,
        faults=said.faults,
        timing=said.timing,
        server=said.server,
        dir=str(outcome.directory),
        known=report.is_known(outcome),
        resent=said.resent,
    )
