from dataclasses import replace

from msgspec import structs

from midstream.harness.oracle.verdict import Finding, Grade, Status, Verdict
from midstream.harness.reports import Report
from midstream.harness.reports.meanings import GRADES, MEANINGS
from midstream.harness.reports.terminal import ending, matrix, run_line, summary_line
from tests.harness.reports.helpers_reports import (
    HOSTILE,
    FakeOutcome,
    failed,
    graded,
    judged,
    report,
    results,
)


def test_a_finished_run_is_one_line() -> None:
    """Count, grade, verdict, scenario and time, in columns."""
    line = run_line(3, 52, failed("protocol/early_end_mid_answer"))
    assert line.split() == [
        "[", "3/52]", "✗", "FAILED", "SILENT_TRUNCATION",
        "protocol/early_end_mid_answer", "0.41s",
    ]  # fmt: skip


def test_the_client_is_named_in_a_matrix() -> None:
    """Where several clients run at once, a line says whose it is."""
    assert " naive  midstream/cut" in run_line(1, 1, FakeOutcome(judged()), "naive")


def test_the_summary_counts_every_grade() -> None:
    """The last line for a person names every grade and its count."""
    assert summary_line(graded(Grade.OK, Grade.OK, Grade.FAILED)) == (
        "3 runs: 2 OK, 0 NON_STRICT, 1 FAILED, 0 INVALID, 0 INCONCLUSIVE, 0 UNSUPPORTED"
    )


def test_a_failed_run_is_told_in_full() -> None:
    """Verdict, reason, explanation, directory and command are all there."""
    text = "\n".join(ending(report(failed())))
    for part in (
        "✗ FAILED  SILENT_TRUNCATION  protocol/early_end",
        "half is missing",
        "I1 no_silent_loss: …",
        "run:    runs/r2",
        "repeat: midstream run --client naive --seed 7 protocol/early_end",
    ):
        assert part in text


def test_a_reason_is_said_once() -> None:
    """Where the explanation has the reason in it, it is not repeated."""
    told = replace(failed(reason="half is missing"), lines=("seen: half is missing",))
    assert "\n".join(ending(report(told))).count("half is missing") == 1


def test_what_was_waived_is_said_once_of_each_scenario() -> None:
    """Also where it passed, and however often it ran."""
    codes = {"I1": Status.WAIVED, "I4": Status.WAIVED, "I2": Status.HOLDS}
    found = tuple(
        Finding(invariant="some", code=code, status=status)
        for code, status in codes.items()
    )
    (ran,) = graded(Grade.OK)
    waiving = replace(ran, judgement=structs.replace(ran.judgement, findings=found))
    lines = ending(report(waiving, waiving, *graded(Grade.OK)))
    name = ran.judgement.scenario
    assert [at for at in lines if "waived" in at] == [
        f"not compared: {name}: I1, I4 waived"
    ]


def test_what_passed_is_not_explained() -> None:
    """A reader is only told about what needs a look."""
    outcomes = graded(Grade.OK, Grade.NON_STRICT, Grade.UNSUPPORTED)
    assert "repeat:" not in "\n".join(ending(report(*outcomes)))


def test_what_proves_nothing_is_explained() -> None:
    """INVALID and INCONCLUSIVE runs say why and how to repeat them."""
    text = "\n".join(ending(report(*graded(Grade.INVALID, Grade.INCONCLUSIVE))))
    assert text.count("repeat:") == 2


def test_a_grade_that_is_no_plain_word_is_explained_once() -> None:
    """NON_STRICT has a line that says what it means; OK and FAILED have none."""
    lines = ending(report(*graded(Grade.OK, Grade.NON_STRICT, Grade.NON_STRICT)))
    assert [line for line in lines if line.startswith(("~", "✓"))] == [
        f"~ NON_STRICT: {GRADES[Grade.NON_STRICT]}"
    ]


def test_a_verdict_that_sounds_well_is_told_to_be_too_little() -> None:
    """A red DEGRADED_HONESTLY says what it means, and where to read what is asked."""
    text = "\n".join(
        ending(
            report(FakeOutcome(judged(Grade.FAILED, Verdict.DEGRADED_HONESTLY, "a/b")))
        )
    )
    assert MEANINGS[Verdict.DEGRADED_HONESTLY] in text
    assert "midstream show a/b" in text
    assert "midstream show" not in "\n".join(ending(report(failed())))


def test_a_strict_report_explains_what_is_not_strict() -> None:
    """What makes the exit code 4 is explained."""
    strict = replace(report(*graded(Grade.NON_STRICT)), is_strict=True)
    assert "repeat:" in "\n".join(ending(strict))


def test_a_scenario_of_ones_own_is_repeated_by_its_file() -> None:
    """The command names the file, quoted for the shell, for an id nobody knows."""
    own = replace(report(failed("mine")), spelled={"mine": "./my case.toml"})
    assert "--seed 7 './my case.toml'" in "\n".join(ending(own))


def test_the_last_line_says_where_the_report_is() -> None:
    """Scripts and people find the directory on the last line."""
    assert ending(report(failed()))[-1] == "report: runs"


def test_nothing_a_client_says_reaches_the_terminal_as_it_is() -> None:
    """Escapes, bells, reversed text and line breaks are shown, not performed."""
    hostile = failed(HOSTILE, HOSTILE)
    lines = [
        *ending(report(hostile)),
        *matrix(report(hostile)),
        run_line(1, 1, hostile),
    ]
    assert all(line.isprintable() for line in lines)
    assert any("\\x1b[2J" in line for line in lines)


def test_the_matrix_shows_each_clients_verdict() -> None:
    """Scenarios stand below each other, clients beside each other, totals below."""
    columns = (
        results(failed("a/x"), FakeOutcome(judged(scenario="a/y"))),
        results(FakeOutcome(judged(scenario="a/y")), name="reference"),
    )
    rows = [line.split() for line in matrix(Report(results=columns, seed=7))]
    assert rows[0] == ["scenario", "naive", "reference"]
    assert rows[2] == ["a/x", "✗", "SILENT_TRUNCATION", "not", "run"]
    assert rows[3] == ["a/y", "✓", "RECOVERED", "✓", "RECOVERED"]
    assert ["OK", "1", "1"] in rows
    assert ["FAILED", "1", "0"] in rows


def test_the_matrix_is_aligned() -> None:
    """Each column begins at the same place in every row."""
    columns = (results(failed("a/x")), results(failed("a/x"), name="b"))
    header, _, row, *_ = matrix(Report(results=columns, seed=7))
    assert header.index("naive") == row.index("✗")
    assert header.rindex("b") == row.rindex("✗")
