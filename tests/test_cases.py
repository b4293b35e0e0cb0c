"""What runs small inputs: `tests/cases.sh`, with cases of its own."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from midstream import scenarios
from tests.cases import TABLE, Wanted, main, mistakes, names, report, table

SCRIPT = TABLE.with_name("cases.sh")
NAME = "tape-small"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """Return a case with one file."""
    folder = tmp_path / NAME
    folder.mkdir()
    (folder / "word").write_text("kettle", encoding="utf-8")
    (folder / "word").chmod(0o444)
    return folder


RIGHT = Wanted(run="cat word; exit 3", exit=3, says=("kettle",), never=("lamp",))
STORED = "mkdir -p runs/1; echo '\"status\":200' > runs/1/history.jsonl; "
WRONG: Mapping[str, tuple[Wanted, str]] = {
    "the exit code": (Wanted(run="echo oh; echo no", exit=1), "exit 0, not 1; it"),
    "a word missing": (Wanted(run="true", exit=0, says=("x",)), "does not say 'x'"),
    "a word too many": (Wanted(run="cat word", exit=0, never=("ke",)), "says 'ke'"),
    "a traceback": (Wanted(run="echo Traceback", exit=0), "says 'Traceback'"),
    "no such record": (
        Wanted(run=STORED, exit=0, stored=('"status":500',)),
        "no history has",
    ),
}


@pytest.mark.process
@pytest.mark.parametrize(("wanted", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said(case: Path, wanted: Wanted, said: str) -> None:
    """Each condition that does not hold, and no other."""
    (found,) = mistakes(case, wanted)
    assert found.startswith(said)


@pytest.mark.process
def test_what_is_right_is_said_of_the_whole_case(case: Path) -> None:
    """A case may be run in several ways; one that is wrong makes it wrong."""
    stored = Wanted(run=STORED, exit=0, stored=('"status":200',))
    assert report(case.parent, {NAME: [RIGHT, stored]}, NAME) == f"right    {NAME}"
    lines = report(case.parent, {NAME: [RIGHT, *_first(WRONG)]}, NAME).splitlines()
    assert lines[0] == f"wrong    {NAME}"
    assert lines[2].strip() == "exit 0, not 1; it ends with: no"


def _first(wrong: Mapping[str, tuple[Wanted, str]]) -> list[Wanted]:
    return [wanted for wanted, _ in wrong.values()][:1]


@pytest.mark.process
def test_a_case_is_run_in_a_copy_that_may_be_written(case: Path) -> None:
    """The folder itself stays as it is, whatever the command does."""
    spoils = Wanted(run='echo more >> word; rm -r "$CASE"', exit=0)
    assert list(mistakes(case, spoils)) == []
    assert (case / "word").read_text("utf-8") == "kettle"


@pytest.mark.process
def test_the_commands_are_this_projects(case: Path) -> None:
    """Whatever else is installed under their names."""
    first = scenarios.ids()[0]
    shows = Wanted(run=f"midstream show {first} && python -V", exit=0, says=(first,))
    assert list(mistakes(case, shows)) == []


def test_what_is_not_there_or_not_known_is_no_pass(case: Path) -> None:
    """A case without an expectation is wrong; an expectation without a case waits."""
    (case.parent / "elsewhere").mkdir()
    assert names(case.parent, {"vcr-lost": ()}) == [NAME, "vcr-lost"]
    assert report(case.parent, {}, NAME).startswith(f"wrong    {NAME}: tests/cases")
    assert report(case.parent, {"x": ()}, "x").startswith("skipped  x: it is not in")


def test_a_folder_that_is_not_there_is_skipped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the reason, and without a failure."""
    assert main([str(tmp_path / "lost")]) == 0
    assert capsys.readouterr().out == f"skipped: there is no folder {tmp_path}/lost\n"
    assert main([]) == 2


@pytest.mark.process
def test_the_script_finds_the_project_from_anywhere(
    tmp_path: Path,
) -> None:
    """It needs an interpreter, and no particular current folder."""
    done = subprocess.run(  # noqa: S603 - ours
        [SCRIPT, tmp_path / "lost"],
        cwd=tmp_path,
        env={"PYTHON": sys.executable, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"skipped: there is no folder")


def test_the_table_says_what_is_right_of_each() -> None:
    """Each case has a command, and each of its exit codes is one of ours."""
    for wanted in table().values():
        assert wanted
        assert {one.exit for one in wanted} <= {0, 1, 2, 3}
