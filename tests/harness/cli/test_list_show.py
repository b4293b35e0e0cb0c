import json
from pathlib import Path

import pytest

from midstream.harness.cli import main
from midstream.harness.reports.meanings import PHASES

OWN = """\
description = "The answer stops short of its end, \\u001b[2J and says so."
expectation = "The client fetches the rest."
sources = ["RFC 9112, section 8"]
cassettes = ["openai_assistants/short_answer"]
phase = "P5"
fault_class = "ignorable"
tags = ["mine"]

[[faults]]
kind = "comments"
"""


@pytest.fixture
def own(tmp_path: Path) -> str:
    """Return the path of a scenario of the user's own."""
    path = tmp_path / "my case.toml"
    path.write_text(OWN, encoding="utf-8")
    return str(path)


def test_a_listed_scenario_has_the_promised_shape(
    own: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Scripts find every key that the command line's contract names."""
    assert main(["list", "--json", own]) == 0
    (entry,) = json.loads(capsys.readouterr().out)
    description = entry.pop("description")
    assert description.endswith("\x1b[2J and says so.")
    assert entry == {
        "id": "my case",
        "tags": ["mine"],
        "phase": "P5",
        "kinds": ["comments"],
        "dialect": "openai_assistants",
        "fault_class": "ignorable",
        "expect": {"ok": ["UNAFFECTED", "RECOVERED"], "non_strict": []},
    }


def test_what_a_scenario_expects_itself_stands_before_the_default(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The list tells the expectation that will grade the run."""
    path = tmp_path / "own.toml"
    path.write_text(f'{OWN}\n[expect]\nok = ["DEGRADED_HONESTLY"]\n', encoding="utf-8")
    main(["list", "--json", str(path)])
    (entry,) = json.loads(capsys.readouterr().out)
    assert entry["expect"] == {"ok": ["DEGRADED_HONESTLY"], "non_strict": []}


def test_a_list_for_people_is_one_neutral_line_each(
    own: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Id, phase and description in a line; no file can act on the terminal."""
    main(["list", own])
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first.startswith("my case  P5")
    assert "\\x1b[2J" in first
    assert last == "1 scenario"


def test_a_list_explains_its_phases(
    own: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each phase that occurs has a line in words, and no other."""
    main(["list", own])
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("P")] == [f"P5: {PHASES['P5']}"]


def test_a_pattern_that_matches_nothing_is_wrong_usage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An empty list would look like an answer."""
    assert main(["list", "nowhere/*"]) == 2
    assert capsys.readouterr().err.startswith("midstream: no scenario is called")


def test_a_scenario_is_shown_with_all_that_it_means(
    own: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Faults and phase are said in words, and the command to run it is quoted."""
    assert main(["show", own]) == 0
    text = capsys.readouterr().out
    assert "\x1b" not in text
    for part in (
        "my case\n  The answer stops short",
        "expected   The client fetches the rest.",
        "passes     UNAFFECTED, RECOVERED\n",
        "f1 comments: at the head of the answer to the first generate request",
        "phase      P5: ",
        "sources    RFC 9112, section 8\n",
        f"midstream run --client reference '{own}'\n",
    ):
        assert part in text


def test_a_mistake_in_a_scenario_is_named_by_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unknown fault is said with the nearest name, without a traceback."""
    path = tmp_path / "own.toml"
    path.write_text(OWN.replace('"comments"', '"coments"'), encoding="utf-8")
    assert main(["show", str(path)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("midstream: ")
    assert "'comments'" in error
    assert len(error.splitlines()) == 1


def test_a_file_that_is_not_there_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names the file."""
    assert main(["show", str(tmp_path / "gone.toml")]) == 2
    assert "gone.toml" in capsys.readouterr().err
