"""Shows a campaign while it runs: a line for each finished run.

`Collected` keeps what has finished, so that an interrupted campaign can still be
reported. The live table of a terminal is in `live`.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from midstream.harness.reports import Outcome
from midstream.harness.reports.terminal import run_line


class Progress(Protocol):
    """Listens to the start and end of runs; `harness.runs.campaign` calls it."""

    def started(self, client: str, scenario: str) -> None:
        """*client* starts *scenario*."""

    def finished(self, client: str, outcome: Outcome) -> None:
        """A run of *client* ended with *outcome*."""


class Quiet:
    """Shows nothing while runs go on."""

    def started(self, client: str, scenario: str) -> None:
        """Show nothing."""

    def finished(self, client: str, outcome: Outcome) -> None:
        """Show nothing."""


class Lines:
    """Writes one line for each finished run; *total* runs of *clients* are expected."""

    def __init__(
        self, total: int, clients: Sequence[str], write: Callable[[str], object]
    ) -> None:
        """Call *write* for each line, which names the client if there are several."""
        self._total, self._write = total, write
        self._is_matrix = len(clients) > 1
        self._count = 0

    def started(self, client: str, scenario: str) -> None:
        """Write nothing: a log needs results only."""

    def finished(self, client: str, outcome: Outcome) -> None:
        """Write the run's line; a golden run that failed raises the total."""
        self._count += 1
        total = max(self._total, self._count)
        name = client if self._is_matrix else ""
        self._write(run_line(self._count, total, outcome, name))


class Collected:
    """Keeps the outcomes of each of *clients* as they come, and passes them on."""

    def __init__(self, clients: Sequence[str], shown: Progress) -> None:
        self.outcomes: dict[str, list[Outcome]] = {name: [] for name in clients}
        self._shown = shown

    def started(self, client: str, scenario: str) -> None:
        """Pass it on."""
        self._shown.started(client, scenario)

    def finished(self, client: str, outcome: Outcome) -> None:
        """Keep *outcome* and pass it on."""
        self.outcomes.setdefault(client, []).append(outcome)
        self._shown.finished(client, outcome)
