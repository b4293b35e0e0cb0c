import pytest

from midstream.harness.load.metrics.share import Share
from midstream.harness.load.report.text import render
from midstream.harness.oracle.verdict import Verdict
from tests.harness.load.helpers_results import result
from tests.harness.load.helpers_runs import (
    BROKEN,
    HOSTILE,
    IDLE,
    VAIN,
    broken,
    made,
    missed,
)

pytestmark = pytest.mark.load
LOST = result(fault="cut")
"""A stream that came to its end before its fault did."""


def test_the_last_line_is_what_came_of_it() -> None:
    """Symbol, word, storm, and how many streams it rests on."""
    assert render(broken())[-1] == "✗ FAILED  mine  2 streams"
    assert render(made(result()))[-1] == "✓ OK  mine  1 stream"


def test_everything_measured_is_told() -> None:
    """Verdicts, faults, times, tokens, requests, gates, and the worst streams."""
    said = "\n".join(render(broken()))
    for words in (
        "naive 1.2, 10 users, 2 workers, 4 s, seed 7",
        "phase wild: 2.0 to 4.0 s, 5 users",
        "down: 4 users: 1.0 to 2.0 s  4 connections ended",
        "✗ SILENT_TRUNCATION        1  50.0 %",
        "✓ UNAFFECTED               1  50.0 %",
        "2 lost, 0 doubled, 0 out of order",
        "4 for 2 operations, 2 retries, at most 2 in one second",
        "✗ FAIL     failed>0  1  (n = 2)",
        "user 7 after cut: half is missing  runs/load/7",
        "rig: no problem",
    ):
        assert words in said


def test_columns_stand_below_each_other() -> None:
    """Numbers end where the head of their column ends."""
    lines = render(broken())
    head = next(line for line in lines if line.startswith("verdict"))
    row = next(line for line in lines if "SILENT" in line)
    assert head.index("streams") + len("streams") == row.index(" 50.0") - 1


def test_what_was_never_measured_says_so() -> None:
    """A gate without a value is no pass, and a time without one is a dash."""
    said = "\n".join(render(made(result(), also=("recovery_p95>5s",))))
    assert "? UNKNOWN  recovery_p95>5s  never measured  (n = 0)" in said
    assert "! INVALID" in said


def test_a_wait_in_vain_is_told_as_never() -> None:
    """In the table of times and behind the gate, with how many waits there were."""
    lines = render(made(result(), VAIN, also=("recovery_p95>5s",)))
    (row,) = (line.split() for line in lines if line.startswith("recovery"))
    assert row == ["recovery", "1", *["never"] * 6]
    assert "  ✗ FAIL     recovery_p95>5s  never  (n = 1)" in lines
    assert any("0 recovered, 1 never recovered" in line for line in lines)


def test_a_problem_of_the_rig_is_told_with_its_remedy() -> None:
    """And an early end with its reason, an idle outage with a mark."""
    said = "\n".join(render(made(result(), bands=(IDLE,), trouble="interrupted")))
    assert "! no effect was seen" in said
    assert "down: 4 users, at 1.0 s: there is no proof" in said
    assert "use more users" in said
    assert "(ended early: interrupted)" in said


def test_hostile_text_is_harmless() -> None:
    """Nothing that a client says reaches a terminal as anything but text."""
    nasty = result(Verdict.SILENT_TRUNCATION, reason=HOSTILE, directory=HOSTILE)
    lines = render(made(nasty, trouble=HOSTILE, command=HOSTILE))
    assert all(line.isprintable() for line in lines)
    assert "\\x1b[2J" in "\n".join(lines)


def test_a_long_list_of_bad_streams_is_cut() -> None:
    """A log has the worst ones; the page and the JSON have more."""
    lines = render(made(*[BROKEN] * 30))
    assert "worst streams (10 of 30 kept):" in lines
    assert sum("after cut" in line for line in lines) == 10


def test_missed_starts_are_told_where_starts_were_paced() -> None:
    """How many there were, and how many nobody was free for."""
    said = render(missed(Share(1, 40), result()))
    assert "paced starts: 40, 1 of them missed" in said
    assert not any("paced" in line for line in render(made(result())))


def test_streams_with_a_sampled_fault_stand_beside_those_it_hit() -> None:
    """By kind of fault; streams without one have no number of hits."""
    lines = [line.split() for line in render(made(BROKEN, result(), *[LOST] * 2))]
    verdicts = ["SILENT_TRUNCATION", "UNAFFECTED"]
    assert ["fault", "sampled", "hit", *verdicts] in lines
    assert ["cut", "3", "1", "1", "2"] in lines
    assert ["none", "1", "-", "0", "1"] in lines
