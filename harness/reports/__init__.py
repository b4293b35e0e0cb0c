"""Reports: one file for each format, such as terminal, HTML, JUnit and Markdown.

Functions from results to text: they judge nothing and print nothing. What writes to
files and terminals is in `console`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from midstream.harness.oracle.verdict import Judgement
from midstream.harness.record.case import ClientInfo
from midstream.harness.reports.baseline import Comparison, place_of


class Outcome(Protocol):
    """The parts of a finished run that a report needs; see `harness.runs`."""

    @property
    def judgement(self) -> Judgement:
        """The oracle's judgement of the run."""

    @property
    def directory(self) -> Path:
        """The directory in which the run is stored."""

    @property
    def duration_s(self) -> float:
        """How long the run took, set-up included."""

    @property
    def lines(self) -> tuple[str, ...]:
        """The explanation of a verdict that did not pass."""


@dataclass(frozen=True, slots=True)
class ClientRuns:
    """The finished runs of one client; repeats follow each other in order of plans."""

    client: ClientInfo
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All results of one command.

    Attributes:
        results: One entry for each client, in the order asked for.
        seed: The seed from which all runs got theirs; None if the runs come from
            several campaigns.
        toxiproxy_version: The version that the server reported; empty if none did.
        out: The directory that holds the runs.
        is_strict: Whether NON_STRICT counts as a failure.
        spelled: By scenario id, the file to type for a scenario of the user's own.
        asked: By client name, the words that ask for it on a command line; a client
            that is not listed is asked for with ``--client`` and its name.
        comparison: The listed cells of the baseline, by what became of them.
        repeat: How often each scenario was run.
        jobs: How many runs at a time, if another number than usual was asked for.
        dialect_file: The file that was given to say what the recordings mean, or "".
    """

    results: tuple[ClientRuns, ...]
    seed: int | None
    toxiproxy_version: str = ""
    out: Path = Path("runs")
    is_strict: bool = False
    spelled: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, Sequence[str]] = field(default_factory=dict)
    comparison: Comparison = field(default_factory=Comparison)
    repeat: int = 1
    jobs: int | None = None
    dialect_file: str = ""

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """All runs of all clients."""
        return tuple(run for column in self.results for run in column.outcomes)

    def is_known(self, outcome: Outcome) -> bool:
        """Say whether the baseline lists *outcome* with the same verdict."""
        listed = self.comparison.known.get(place_of(outcome.judgement))
        return listed is not None and listed.verdict is outcome.judgement.verdict
