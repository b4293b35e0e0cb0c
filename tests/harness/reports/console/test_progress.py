import io

import pytest
from rich.console import Console

from midstream.harness.oracle.verdict import Grade
from midstream.harness.reports.console.live import LiveTable
from midstream.harness.reports.console.progress import Collected, Lines
from tests.harness.reports.helpers_reports import HOSTILE, failed, graded


def test_each_finished_run_is_a_line_at_once() -> None:
    """A log shows a run when it has finished, and nothing when it starts."""
    lines: list[str] = []
    shown = Lines(2, ["naive"], lines.append)
    shown.started("naive", "family/case_0")
    assert lines == []
    shown.finished("naive", graded(Grade.OK)[0])
    assert len(lines) == 1
    assert lines[0].startswith("[1/2]")


def test_more_runs_than_expected_are_counted_honestly() -> None:
    """No line says "2/1": a failed baseline comes on top."""
    lines: list[str] = []
    shown = Lines(1, ["naive"], lines.append)
    for outcome in graded(Grade.OK, Grade.INVALID):
        shown.finished("naive", outcome)
    assert lines[1].startswith("[2/2]")


def test_outcomes_are_kept_by_client_and_passed_on() -> None:
    """What has finished survives an interruption, and is shown all the same."""
    lines: list[str] = []
    kept = Collected(["a", "b"], Lines(2, ["a", "b"], lines.append))
    first, second = graded(Grade.OK, Grade.FAILED)
    kept.started("a", "x")
    kept.finished("a", first)
    kept.finished("b", second)
    assert kept.outcomes == {"a": [first], "b": [second]}
    assert len(lines) == 2


def console(width: int = 120) -> Console:
    """Return a terminal that writes into memory."""
    return Console(file=io.StringIO(), force_terminal=True, width=width)


def written(shown: Console) -> str:
    """Return all that *shown* has got."""
    assert isinstance(shown.file, io.StringIO)
    return shown.file.getvalue()


def test_the_live_table_counts_and_names_what_runs() -> None:
    """Counts by client, the runs under way and the bar are on the screen."""
    screen = console()
    table = LiveTable(3, ["naive"], screen, now_s=lambda: 1.0)
    table.started("naive", "family/busy")
    for outcome in graded(Grade.OK, Grade.OK):
        table.finished("naive", outcome)
    screen.print(table.render())
    text = written(screen)
    assert "family/busy" in text
    assert "2/3" in text
    assert "FAILED" in text


def test_a_finished_run_is_no_longer_under_way() -> None:
    """A run leaves the table of busy ones when it is done."""
    screen = console()
    table = LiveTable(1, ["naive"], screen)
    table.started("naive", "family/case_0")
    table.finished("naive", graded(Grade.OK)[0])
    screen.print(table.render())
    assert "family/case_0" not in written(screen)


def test_what_did_not_pass_is_printed_and_stays() -> None:
    """A failure is to be seen at once, neutral, above the table."""
    screen = console()
    LiveTable(1, ["naive"], screen).finished("naive", failed(HOSTILE))
    assert "SILENT_TRUNCATION" in written(screen)
    assert "\x1b[2J" not in written(screen)
    assert "\x07" not in written(screen)


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    """With NO_COLOR the words and symbols are all there, without colours."""
    monkeypatch.setenv("NO_COLOR", "1")
    screen = console()
    LiveTable(1, ["naive"], screen).finished("naive", failed())
    assert "✗ FAILED" in written(screen)
    assert "\x1b[31m" not in written(screen)
