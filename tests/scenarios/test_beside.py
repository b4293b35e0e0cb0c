"""Where a recording that a file names is looked for."""

from pathlib import Path

import pytest

from midstream.scenarios import ScenarioFileError, load_file
from midstream.scenarios.beside import beside
from tests.scenarios.test_loader import GOOD

NAME = "openai_assistants/short_answer"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where a file may be that names recordings; we are in another folder."""
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    (there / "below").mkdir(parents=True)
    monkeypatch.chdir(here)
    return there / "case.toml"


@pytest.mark.parametrize("name", ["a.jsonl", "below/a.jsonl", "../a.jsonl"])
def test_a_path_starts_at_the_file_that_names_it(file: Path, name: str) -> None:
    """From whatever folder it is read; a file of that name here is another one."""
    (file.parent / name).touch()
    Path("a.jsonl").touch()
    (found,) = beside(file, [name])
    assert Path(found).samefile(file.parent / name)


def test_what_is_not_beside_it_may_be_here(file: Path) -> None:
    """Paths that start at the current folder go on to be found."""
    Path("a.jsonl").touch()
    assert beside(file, [NAME, "a.jsonl"]) == (NAME, "a.jsonl")


def test_names_and_whole_paths_are_as_they_are(file: Path, tmp_path: Path) -> None:
    """The collection has names, and a path from the root on starts nowhere else."""
    names = (NAME, str(tmp_path / "lost.jsonl"))
    assert beside(file, names) == names


def test_what_is_nowhere_is_said_with_both_folders(file: Path) -> None:
    """And with the place of the name in the file."""
    with pytest.raises(ScenarioFileError) as raised:
        beside(file, [NAME, "below/a.jsonl"])
    assert str(raised.value) == (
        f"$.cassettes[1]: there is no a.jsonl in {file.parent / 'below'}"
        f" or {Path.cwd() / 'below'}"
    )


def test_a_scenario_finds_its_own(file: Path) -> None:
    """A user's file is read with its recordings found; a mistake names the file."""
    file.write_text(GOOD.replace(NAME, "a.jsonl"), encoding="utf-8")
    with pytest.raises(ScenarioFileError) as raised:
        load_file(file)
    assert str(raised.value).startswith(f"{file}: $.cassettes[0]: there is no a.jsonl")
    file.with_name("a.jsonl").touch()
    assert load_file(file).cassettes == (str(file.with_name("a.jsonl")),)
