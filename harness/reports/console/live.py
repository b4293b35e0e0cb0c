"""The live table of a terminal: counts by client, current runs, a progress bar.

A run that did not pass is printed above the table at once and stays. Colours repeat
what symbols and words say; NO_COLOR turns them off.
"""

from collections.abc import Callable, Sequence
from time import monotonic
from types import TracebackType
from typing import Final, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from midstream.harness.oracle.verdict import Grade
from midstream.harness.plain_text import neutral
from midstream.harness.reports import Outcome
from midstream.harness.reports.tally import tally
from midstream.harness.reports.terminal import run_line
from midstream.harness.reports.words import COLOURS, SYMBOLS, seconds

_BAR_WIDTH: Final = 40
_RUNNING_MAX: Final = 8


class LiveTable:
    """Shows a campaign of *total* runs of *clients* on *console*; a context manager."""

    def __init__(
        self,
        total: int,
        clients: Sequence[str],
        console: Console,
        now_s: Callable[[], float] = monotonic,
    ) -> None:
        self._total, self._console, self._now_s = total, console, now_s
        self._outcomes: dict[str, list[Outcome]] = {name: [] for name in clients}
        self._running: dict[tuple[str, str], list[float]] = {}
        self._live = Live(console=console, get_renderable=self.render, transient=True)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def started(self, client: str, scenario: str) -> None:
        """Show that *client* is at *scenario*."""
        self._running.setdefault((client, scenario), []).append(self._now_s())

    def finished(self, client: str, outcome: Outcome) -> None:
        """Count *outcome*; print its line if it did not pass."""
        said = outcome.judgement
        begun_s = self._running.get((client, said.scenario))
        if begun_s:
            begun_s.pop(0)
        self._outcomes.setdefault(client, []).append(outcome)
        if said.grade is not Grade.OK:
            name = client if len(self._outcomes) > 1 else ""
            line = run_line(self._count(), self._expected(), outcome, name)
            self._console.print(Text(line, style=COLOURS[said.grade]), soft_wrap=True)

    def render(self) -> RenderableType:
        """Return the current table; rich's thread calls this too."""
        return Group(self._counts(), *self._busy(), self._bar())

    def _count(self) -> int:
        return sum(map(len, tuple(self._outcomes.values())))

    def _expected(self) -> int:
        """Return how many runs there will be; failed golden runs are extra."""
        return max(self._total, self._count())

    def _counts(self) -> Table:
        """Return the table of counts: clients down, grades across."""
        table = Table("client", box=None, pad_edge=False)
        for grade in Grade:
            table.add_column(f"{SYMBOLS[grade]} {grade}", justify="right")
        for client, outcomes in tuple(self._outcomes.items()):
            counts = tally(outcomes)
            cells = (Text(str(counts[g]), style=_style(counts[g], g)) for g in Grade)
            table.add_row(Text(neutral(client)), *cells)
        return table

    def _busy(self) -> list[Text]:
        """Return a line for each current run, the longest first."""
        now_s = self._now_s()
        lines = [
            Text(neutral(f"  … {client}  {scenario}  {seconds(now_s - since_s)}"))
            for (client, scenario), begun_s in tuple(self._running.items())
            for since_s in tuple(begun_s)
        ]
        return lines[:_RUNNING_MAX]

    def _bar(self) -> Table:
        count, total = self._count(), self._expected()
        bar = Table.grid(padding=(0, 1))
        bar.add_row(
            ProgressBar(total=total, completed=count, width=_BAR_WIDTH),
            Text(f"{count}/{total}"),
        )
        return bar


def _style(count: int, grade: Grade) -> str:
    """Return the style of a count; zero is dim."""
    return COLOURS[grade] if count else "bright_black"
