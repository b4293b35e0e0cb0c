import io
import sys

import pytest

from midstream.harness.commands._campaign import _progress
from midstream.harness.reports.console.live import LiveTable
from midstream.harness.reports.console.progress import Lines


class Terminal(io.StringIO):
    """Standard output that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def shown(monkeypatch: pytest.MonkeyPatch, out: io.StringIO, term: str) -> object:
    """Return what shows the progress on *out*."""
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr(sys, "stdout", out)
    with _progress(1, ["naive"]) as progress:
        return progress


def test_a_terminal_gets_the_live_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who can see a table move is shown one, and the cursor is given back."""
    out = Terminal()
    assert isinstance(shown(monkeypatch, out, "xterm"), LiveTable)
    assert out.getvalue().rindex("\x1b[?25h") > out.getvalue().rindex("\x1b[?25l")


@pytest.mark.parametrize(
    ("out", "term"),
    [(io.StringIO(), "xterm"), (Terminal(), "dumb")],
    ids=["a file or pipe", "a terminal that cannot move its cursor"],
)
def test_anything_else_gets_lines(
    out: io.StringIO, term: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Logs and simple terminals get plain lines without a single escape."""
    assert isinstance(shown(monkeypatch, out, term), Lines)
    assert "\x1b" not in out.getvalue()
