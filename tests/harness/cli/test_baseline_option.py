import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from midstream.harness.cli import main
from midstream.harness.oracle.verdict import Grade, Verdict
from midstream.harness.reports.baseline import UNEXPLAINED
from midstream.harness.reports.baseline_file import Baseline, KnownCell, dumps, parse
from tests.harness.cli.helpers_cli import install_runner
from tests.harness.reports.helpers_reports import FakeOutcome, judged

RUN = ["run", "--client", "fake"]
CASE = "family/case_0"


def outcome(grade: Grade, verdict: Verdict) -> FakeOutcome:
    """Return a run of the client "fake"."""
    return FakeOutcome(judged(grade, verdict, scenario=CASE, client="fake"))


FAILED = outcome(Grade.FAILED, Verdict.HUNG)


def baseline(
    folder: Path, verdict: Verdict, scenario: str = CASE, client: str = "fake"
) -> str:
    """Write a baseline of one cell and return its path."""
    cell = KnownCell(
        client=client, scenario=scenario, verdict=verdict, reason="bug 7 upstream"
    )
    path = folder / "b.toml"
    path.write_text(dumps(Baseline(known=(cell,))), encoding="utf-8")
    return str(path)


CODES = {
    "known": (FAILED, Verdict.HUNG, 0),
    "changed": (FAILED, Verdict.LATE, 1),
    "fixed": (outcome(Grade.OK, Verdict.RECOVERED), Verdict.HUNG, 0),
    "proves nothing": (outcome(Grade.INVALID, Verdict.INVALID), Verdict.HUNG, 3),
}


@pytest.mark.parametrize(("run", "listed", "code"), CODES.values(), ids=CODES)
def test_only_what_is_listed_may_be_bad(
    run: FakeOutcome,
    listed: Verdict,
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A known failure passes and another one fails; INVALID stays INVALID."""
    install_runner(monkeypatch, tmp_path, run)
    assert main([*RUN, "--baseline", baseline(tmp_path, listed), CASE]) == code


LINES = {
    "known": (
        outcome(Grade.FAILED, Verdict.LATE),
        ("known: ", "LATE: bug 7 upstream"),
    ),
    "changed": (
        outcome(Grade.FAILED, Verdict.HUNG),
        ("changed: ", "LATE"),
    ),
    "fixed": (
        outcome(Grade.OK, Verdict.RECOVERED),
        ("fixed: ", "LATE"),
    ),
}


@pytest.mark.parametrize(("run", "facts"), LINES.values(), ids=LINES)
def test_what_became_of_a_listed_cell_is_said(
    run: FakeOutcome,
    facts: tuple[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One line each, so that a line that is no longer needed can go.

    What became of it begins the line, and what was listed is in it.
    """
    install_runner(monkeypatch, tmp_path, run)
    main([*RUN, "--baseline", baseline(tmp_path, Verdict.LATE), CASE])
    what, listed = facts
    cell = f"{what}fake  family/case_0  "
    said = capsys.readouterr().out.splitlines()
    (line,) = (each for each in said if each.startswith(cell))
    assert listed in line.removeprefix(cell)


def test_a_failure_that_is_not_listed_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another scenario's line, or another client's, excuses nothing."""
    install_runner(monkeypatch, tmp_path, FAILED)
    elsewhere = baseline(tmp_path, Verdict.HUNG, "family/case_1")
    assert main([*RUN, "--baseline", elsewhere]) == 1
    absent = baseline(tmp_path, Verdict.HUNG, client="absent")
    assert main([*RUN, "--baseline", absent]) == 1


def test_a_known_failure_is_marked_in_every_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """JSON says known, JUnit skips it with the reason, nobody is told it in full."""
    install_runner(monkeypatch, tmp_path, FAILED)
    files = ["--json", f"{tmp_path}/r.json", "--junit", f"{tmp_path}/r.xml"]
    main([*RUN, "--baseline", baseline(tmp_path, Verdict.HUNG), *files])
    (run,) = json.loads((tmp_path / "r.json").read_bytes())["runs"]
    assert (run["grade"], run["known"]) == ("FAILED", True)
    (skipped,) = ET.parse(tmp_path / "r.xml").getroot().iter("skipped")  # noqa: S314 - ours
    assert skipped.get("message") == "known: HUNG: bug 7 upstream"
    assert "repeat:" not in capsys.readouterr().out


PASSED = outcome(Grade.OK, Verdict.RECOVERED)
REPEATS = {
    "as bad or better": ([FAILED, PASSED], 0),
    "bad in two ways": ([FAILED, outcome(Grade.FAILED, Verdict.LATE)], 1),
    "always better": ([PASSED, PASSED], 0),
}


@pytest.mark.parametrize(("runs", "code"), REPEATS.values(), ids=REPEATS)
def test_a_repeat_that_is_bad_in_another_way_than_listed_fails(
    runs: list[FakeOutcome], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each repeat is held against what is known of its cell."""
    install_runner(monkeypatch, tmp_path, *runs)
    options = ["--repeat", "2", "--baseline", baseline(tmp_path, Verdict.HUNG), CASE]
    assert main([*RUN, *options]) == code


def test_a_cell_that_passed_only_once_is_not_fixed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever removed its line would see the next campaign fail."""
    install_runner(monkeypatch, tmp_path, PASSED, FAILED)
    listed = baseline(tmp_path, Verdict.HUNG)
    files = ["--baseline", listed, "--write-baseline", listed]
    assert main([*RUN, "--repeat", "2", *files, CASE]) == 0
    told = capsys.readouterr().out
    assert f"known: fake  {CASE}  HUNG: bug 7 upstream" in told
    assert "fixed:" not in told
    assert "bug 7 upstream" in Path(listed).read_text(encoding="utf-8")


def test_the_matrix_says_which_cell_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A known cell is still red, and says that it is known."""
    install_runner(monkeypatch, tmp_path, FAILED)
    listed = baseline(tmp_path, Verdict.HUNG)
    assert main(["matrix", "--clients", "fake", "--baseline", listed]) == 0
    assert "✗ HUNG (known)" in capsys.readouterr().out


def test_a_scenario_that_does_not_exist_is_wrong_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A misspelt line would never be missed, so it is noticed before anything runs."""
    runner = install_runner(monkeypatch, tmp_path, FAILED)
    listed = baseline(tmp_path, Verdict.HUNG, "familly/case_0")
    assert main([*RUN, "--baseline", listed]) == 2
    said = capsys.readouterr().err
    assert f"{listed}: $.known[0].scenario: no scenario is called" in said
    assert "did you mean 'family/case_0'?" in said
    assert runner.settings is None


UNREADABLE = {
    "not there": (None, "cannot be read: No such file"),
    "not text": (b"\xff", "not UTF-8 text"),
    "too large": (b"#" * 1_048_577, "larger than 1048576 bytes"),
}


@pytest.mark.parametrize(("data", "message"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_cannot_be_read_is_wrong_usage(
    data: bytes | None,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A baseline that is not there must not mean that nothing is known."""
    install_runner(monkeypatch, tmp_path, FAILED)
    path = tmp_path / "b.toml"
    if data is not None:
        path.write_bytes(data)
    assert main([*RUN, "--baseline", str(path)]) == 2
    assert f"b.toml: {message}" in capsys.readouterr().err


def test_what_is_bad_is_written_for_a_person_to_explain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writing excuses nothing by itself; the next run with the file passes."""
    install_runner(monkeypatch, tmp_path, FAILED)
    file = str(tmp_path / "new.toml")
    assert main([*RUN, "--write-baseline", file]) == 1
    (cell,) = parse((tmp_path / "new.toml").read_text(encoding="utf-8"), file).known
    assert (cell.place, cell.verdict) == (("fake", CASE), Verdict.HUNG)
    assert cell.reason == UNEXPLAINED
    assert main([*RUN, "--baseline", file]) == 0


def test_rewriting_a_file_keeps_its_reasons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a person wrote outlives the next --write-baseline."""
    install_runner(monkeypatch, tmp_path, FAILED)
    file = baseline(tmp_path, Verdict.HUNG)
    main([*RUN, "--write-baseline", file])
    (cell,) = parse(Path(file).read_text(encoding="utf-8"), file).known
    assert cell.reason == "bug 7 upstream"
