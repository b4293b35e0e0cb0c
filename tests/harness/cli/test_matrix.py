import json
from pathlib import Path

import pytest

from midstream.harness.cli import main
from midstream.harness.oracle.verdict import Grade
from tests.harness.cli.helpers_cli import install_runner
from tests.harness.reports.helpers_reports import failed, graded

MATRIX = ["matrix", "--clients", "fake,other"]


def test_it_ends_with_the_table_and_the_reports_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`make demo` shows the matrix last, and where everything is."""
    install_runner(monkeypatch, tmp_path, *graded(Grade.OK), failed())
    assert main(MATRIX) == 1
    lines = capsys.readouterr().out.splitlines()
    header = next(n for n, line in enumerate(lines) if line.startswith("scenario"))
    assert lines[header].split() == ["scenario", "fake", "other"]
    assert lines[header + 2].split() == [
        "family/case_0", "✓", "RECOVERED", "✓", "RECOVERED",
    ]  # fmt: skip
    assert lines[-1] == f"report: {tmp_path / 'now'}"


def test_the_documents_have_a_part_for_each_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--json and --markdown tell all clients, in the order asked for."""
    install_runner(monkeypatch, tmp_path, *graded(Grade.OK))
    files = ["--json", f"{tmp_path}/m.json", "--markdown", f"{tmp_path}/m.md"]
    assert main([*MATRIX, *files]) == 0
    document = json.loads((tmp_path / "m.json").read_bytes())
    names = [part["client"]["name"] for part in document["clients"]]
    assert names == ["fake", "other"]
    markdown = (tmp_path / "m.md").read_text(encoding="utf-8")
    assert markdown.startswith("| scenario | fake | other |\n")


def test_a_line_says_whose_run_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Runs of several clients finish among each other, so each line names one."""
    install_runner(monkeypatch, tmp_path, *graded(Grade.OK))
    main(MATRIX)
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert "  fake  family/case_0" in first
    assert "  other  family/case_0" in second


def test_repeats_are_counted_and_the_worst_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table shows how many agree, a line below it how many cells do."""
    good, bad = graded(Grade.OK)[0], failed("family/case_0")
    install_runner(monkeypatch, tmp_path, good, good, bad)
    assert main([*MATRIX, "--repeat", "3", "family/case_0"]) == 1
    told = capsys.readouterr().out
    assert "✓ 2/3 RECOVERED" in told
    assert "agreement: 0 of 2 cells agree in all 3 repeats" in told
    assert "[6/6]" in told


def test_a_client_named_twice_runs_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names are taken once, in their order."""
    install_runner(monkeypatch, tmp_path, *graded(Grade.OK))
    main(["matrix", "--clients", "fake, fake"])
    assert "[1/2]" in capsys.readouterr().out


@pytest.mark.parametrize("names", ["", "fake,,other", ","])
def test_an_empty_name_is_wrong_usage(names: str) -> None:
    """A list with a hole in it is a slip, not a request."""
    with pytest.raises(SystemExit) as ended:
        main(["matrix", "--clients", names])
    assert ended.value.code == 2


def test_a_page_is_written_with_its_notes_and_its_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--page tells people what --notes say of what was found, and how to repeat it."""
    install_runner(monkeypatch, tmp_path, failed())
    notes = tmp_path / "n.toml"
    notes.write_text(
        '[[note]]\ntitle = "Half"\nclients = ["*"]\nscenarios = ["*"]\n'
        'verdicts = ["SILENT_TRUNCATION"]\nsmallest = "a/b"\ntext = "It ends."\n',
        encoding="utf-8",
    )
    files = ["--notes", str(notes), "--page", f"{tmp_path}/p.md"]
    assert main([*MATRIX, *files]) == 1
    page = (tmp_path / "p.md").read_text(encoding="utf-8")
    assert f"midstream matrix --clients fake,other --seed 0 --notes {notes}" in page
    assert "### Half\n\nIt ends.\n" in page


def test_a_mistake_in_the_notes_is_noticed_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody waits a minute to be told of a slip."""
    runner = install_runner(monkeypatch, tmp_path, *graded(Grade.OK))
    files = ["--notes", f"{tmp_path}/absent.toml", "--page", f"{tmp_path}/p.md"]
    assert main([*MATRIX, *files]) == 2
    assert "absent.toml: cannot be read: No such file" in capsys.readouterr().err
    assert runner.settings is None
