from dataclasses import replace

import msgspec

from midstream.harness.oracle.verdict import Grade, Verdict
from midstream.harness.record.case import Profile
from midstream.harness.reports import Report
from midstream.harness.reports.clients_page import render
from midstream.harness.reports.meanings import MEANINGS
from midstream.harness.reports.notes import Note, Notes
from tests.harness.reports.helpers_reports import (
    FakeOutcome,
    failed,
    graded,
    judged,
    report,
    results,
)

COMMAND = "midstream matrix --clients naive --page p.md"
NOTE = Note(
    title="Half is missing",
    clients=("na*",),
    scenarios=("protocol/*",),
    verdicts=(Verdict.SILENT_TRUNCATION,),
    smallest="protocol/early_end",
    text="\nThe user reads half a sentence.\n",
)


def test_the_page_says_who_was_tested_and_how() -> None:
    """Versions, counts and the command stand above the table."""
    page = render(report(failed()), Notes(), COMMAND)
    assert f"\n    {COMMAND}\n" in page
    assert "with Toxiproxy 2.12.0" in page
    assert "| naive | 1.2 | 2 | 0 | 0 | 1 | 0 | 0 | 0 |" in page
    assert "| protocol/early_end | ✗ SILENT_TRUNCATION |" in page


def test_the_page_says_what_clients_say_of_themselves() -> None:
    """Retries, timeouts and display stand beside the client's name."""
    honest = Profile(
        recovery=("poll", "restart"),
        display="may_replace",
        attempts_max=5,
        retry_after_cap_s=10.0,
        timeouts=("head", "idle"),
    )
    told = results(failed())
    careful = replace(told, client=msgspec.structs.replace(told.client, profile=honest))
    page = render(Report(results=(told, careful), seed=7), Notes(), COMMAND)
    assert "| naive | 6 | nothing | any time | none | append_only |" in page
    assert "| naive | 5 | poll, restart | 10 s | head, idle | may_replace |" in page


def test_only_what_occurs_is_explained() -> None:
    """Symbols and verdicts that are not in the table need no words."""
    page = render(report(failed()), Notes(), COMMAND)
    assert MEANINGS[Verdict.SILENT_TRUNCATION] in page
    assert MEANINGS[Verdict.HUNG] not in page
    assert "| ✗ | failed |" in page
    assert "| ✓ |" not in page


def test_every_verdict_has_a_meaning() -> None:
    """Whatever the oracle says, a reader can look it up."""
    assert set(MEANINGS) == set(Verdict)


def test_a_note_stands_with_its_cells_and_a_command() -> None:
    """What the user would see, where it was seen, and how to see it."""
    page = render(report(failed()), Notes((NOTE,)), COMMAND)
    _, _, told = page.partition("### Half is missing\n\n")
    assert told.startswith("The user reads half a sentence.\n\nSeen with `naive` under")
    assert "`protocol/early_end`" in told
    assert "    midstream run --client naive protocol/early_end\n" in told
    assert "without a word" not in page


def test_a_note_that_is_no_longer_true_is_left_out() -> None:
    """The page claims what was found, not what was once written."""
    fixed = FakeOutcome(judged(Grade.OK, scenario="protocol/early_end"))
    assert "Half is missing" not in render(report(fixed), Notes((NOTE,)), COMMAND)


def test_a_red_cell_that_no_note_is_about_is_listed() -> None:
    """A failure that nobody has looked into is not passed over in silence."""
    page = render(report(failed("a/b")), Notes((NOTE,)), COMMAND)
    _, _, rest = page.partition("## Red cells without a word\n\n")
    assert rest == "- naive, `a/b`: SILENT_TRUNCATION\n"


def test_the_page_is_the_same_wherever_the_runs_took_place() -> None:
    """Neither times nor folders are on it: it changes only when a verdict does."""
    slow = [
        FakeOutcome(run.judgement, run.directory / "elsewhere", duration_s=9.9)
        for run in graded(Grade.OK)
    ]
    quick = Report(results=(results(*graded(Grade.OK)),), seed=7)
    other = Report(results=(results(*slow),), seed=7)
    assert render(quick, Notes(), COMMAND) == render(other, Notes(), COMMAND)


def test_a_long_list_is_cut_short() -> None:
    """A note about half the catalogue names a few scenarios and counts the others."""
    many = [failed(f"protocol/case_{number:02}") for number in range(15)]
    page = render(report(*many), Notes((NOTE,)), COMMAND)
    assert "`protocol/case_11` and 3 more." in page
