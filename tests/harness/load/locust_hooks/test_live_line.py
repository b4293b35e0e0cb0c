import io

import pytest

from midstream.harness.load.locust_hooks.live_line import LiveLine


class Terminal(io.StringIO):
    """Somebody looks at it."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let terminals be thirty columns wide."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "30")


def test_a_terminal_shows_one_line_again_and_again() -> None:
    """Each takes the place of the one before, and leaves its own to what comes."""
    line = LiveLine(terminal := Terminal(), is_wanted=True)
    line.show("first")
    line.show("second")
    assert terminal.getvalue() == "\r\x1b[Kfirst\r\r\x1b[Ksecond\r"


def test_a_line_is_no_longer_than_the_terminal_is_wide() -> None:
    """Else it would be two, and stay."""
    LiveLine(terminal := Terminal(), is_wanted=True).show("x" * 100)
    assert terminal.getvalue().count("x") == 29


def test_it_leaves_nothing_behind() -> None:
    """Closed, the line is empty."""
    LiveLine(terminal := Terminal(), is_wanted=True).close()
    assert terminal.getvalue() == "\r\x1b[K"


def test_whoever_does_not_want_it_sees_nothing() -> None:
    """Locust's own tables, or a browser, show how it goes."""
    line = LiveLine(terminal := Terminal(), is_wanted=False)
    line.show("first")
    line.close()
    assert terminal.getvalue() == ""


@pytest.mark.parametrize("word", ["dumb", "xterm"])
def test_a_log_shows_nothing(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a file nor a terminal that cannot go back gets a line."""
    monkeypatch.setenv("TERM", word)
    out = Terminal() if word == "dumb" else io.StringIO()
    line = LiveLine(out, is_wanted=True)
    line.show("first")
    line.close()
    assert out.getvalue() == ""
