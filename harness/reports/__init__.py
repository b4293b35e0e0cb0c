"""Renderings of verdicts, one a file, each for one reader.

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
    """What a report needs of a finished run; `runs.campaign.RunOutcome` is one."""

    @property
    def judgement(self) -> Judgement:
        """What the oracle says of the run."""

    @property
    def directory(self) -> Path:
        """Where the run is stored."""

    @property
    def duration_s(self) -> float:
        """How long the run took, set-up included."""

    @property
    def lines(self) -> tuple[str, ...]:
        """The explanation of a verdict that did not pass."""


@dataclass(frozen=True, slots=True)
class ClientRuns:
    """The finished runs of one client, in the order of the plans, again and again."""

    client: ClientInfo
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that a command found out.

    Attributes:
        results: One entry a client, in the order asked for.
        seed: The seed all runs got theirs from; None: of several campaigns.
        toxiproxy_version: As the server said it; empty if it was never asked.
        out: The directory that holds the runs.
        is_strict: Whether NON_STRICT counts as a failure.
        spelled: What to type for a scenario whose id is not in the catalogue, by id.
        asked: The words of the command line that ask for a client, by its name;
            absent: ``--client`` and the name.
        comparison: How the cells that a baseline lists have fared.
        repeat: How often each scenario was to be run; `ClientRuns` then has as many
            outcomes of it.
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

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """All runs of all clients."""
        return tuple(run for column in self.results for run in column.outcomes)

    def is_known(self, outcome: Outcome) -> bool:
        """Say whether *outcome* is as bad as a baseline says that it is."""
        listed = self.comparison.known.get(place_of(outcome.judgement))
        return listed is not None and listed.verdict is outcome.judgement.verdict
