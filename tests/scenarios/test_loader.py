from pathlib import Path

import pytest

from midstream import scenarios
from midstream.scenarios import Scenario, ScenarioFileError

GOOD = """
description = "Nothing happens."
expectation = "The whole answer is shown."
sources = ["RFC 9112, section 8"]
cassettes = ["openai_assistants/short_answer"]
phase = "none"
fault_class = "ignorable"
"""
FAULT = '[[faults]]\nkind = "stall"\n'


def written(folder: Path, text: str) -> Path:
    """Write a scenario file of the user's own."""
    path = folder / "my_case.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_users_file_is_called_by_its_name(tmp_path: Path) -> None:
    """The id of a file outside the catalogue is its name without suffix."""
    made = scenarios.load_file(written(tmp_path, GOOD))
    assert (made.id, made.phase, made.faults) == ("my_case", "none", ())


def test_defaults_are_those_of_a_plain_run(tmp_path: Path) -> None:
    """What a file leaves out is one turn at recorded pace, judged in full."""
    made = scenarios.load_file(str(written(tmp_path, GOOD)))
    assert (made.workload, made.speed, made.on_disconnect) == (
        "single_turn",
        1.0,
        "continue",
    )
    assert (made.expect.ok, made.expect.non_strict, made.waived) == (None, None, {})


def test_faults_are_read_in_order(tmp_path: Path) -> None:
    """Positions and settings come out as they were written."""
    at = 'at = { event = "done", nth = 2, byte = "end" }\nargs = { seconds = 0.5 }\n'
    first, second = scenarios.load_file(
        written(tmp_path, GOOD + FAULT + at + FAULT)
    ).faults
    assert first.args == {"seconds": 0.5}
    assert first.at is not None
    assert (first.at.event, first.at.nth, first.at.byte) == ("done", 2, "end")
    assert (second.at, second.args) == (None, {})


MISTAKES = {
    "not TOML": ("\na = x", ["not TOML", "line 2"]),
    "a field of its own": (GOOD + "speeed = 2", ["$", "'speed'"]),
    "a field like no other": (GOOD + "zzz = 2", ["known: description, "]),
    "a field missing": ("speed = 1.0", ["$", "missing required field"]),
    "an id inside": (GOOD + 'id = "x"', ["$.id", "leave the id out"]),
    "a phase that is none": (
        GOOD.replace('"none"', '"P99"'),
        ["$.phase", "P99", "one of: P0, P1, "],
    ),
    "a class that is none": (
        GOOD.replace('"ignorable"', '"harmless"'),
        ["$.fault_class", "ignorable, recoverable, unrecoverable"],
    ),
    "no source": (GOOD.replace('"RFC 9112, section 8"', ""), ["$.sources", ">= 1"]),
    "no words": (
        GOOD.replace('"Nothing happens."', '" "'),
        ["$.description", "must not be empty"],
    ),
    "time running backwards": (GOOD + "speed = -1.0", ["$.speed", ">= 0"]),
    "an event before the first": (
        GOOD + FAULT + "at = { event = 'done', nth = 0 }",
        ["$.faults[0].at.nth", ">= 1"],
    ),
    "a number in words": (
        GOOD + FAULT + "at = { nth = 'first' }",
        ["$.faults[0].at.nth", "Expected `int`, got `str`"],
    ),
    "a place misspelt": (
        GOOD + FAULT + FAULT + "at = { evnt = 'done' }",
        ["$.faults[1].at", "evnt", "did you mean 'event'?"],
    ),
    "a byte that is no place": (
        GOOD + FAULT + "at = { byte = 'middle' }",
        ["$.faults[0].at.byte", "end, mid_char"],
    ),
    "a waiver without a reason": (
        GOOD + '[waived]\nordered = ""',
        ["$.waived", "must not be empty"],
    ),
    "a verdict in small letters": (
        GOOD + '[expect]\nok = ["recovered"]',
        ["$.expect.ok[0]", "in capitals"],
    ),
    "a name with a space": (
        GOOD.replace("short_answer", "short answer"),
        ["$.cassettes[0]", "names are letters"],
    ),
    "a table in place of a list": (
        GOOD + "[faults]\nkind = 'stall'",
        ["$.faults", "Expected `array`"],
    ),
    "nested without end": ("a = " + "[" * 5000, ["nested too deeply"]),
    "larger than any scenario": ("#" * 70_000, ["larger than 65536 bytes"]),
}


@pytest.mark.parametrize(("text", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_with_its_place(
    text: str, said: list[str], tmp_path: Path
) -> None:
    """The message names the file, the place in it, and what would be right."""
    path = written(tmp_path, text)
    with pytest.raises(ScenarioFileError) as caught:
        scenarios.load_file(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert [part for part in said if part not in message] == []


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A missing file, a folder, and bytes that are no text are told, not raised."""
    binary = tmp_path / "b.toml"
    binary.write_bytes(b"\xff\xfe")
    for path in (tmp_path / "none.toml", tmp_path, binary, Path("a\0b")):
        with pytest.raises(ScenarioFileError, match=r"cannot be read|no file can"):
            scenarios.load_file(path)


def test_an_unknown_id_suggests_the_nearest() -> None:
    """A slip of the pen is answered with the id that was meant."""
    with pytest.raises(ScenarioFileError, match="mean 'baseline/short_answer'"):
        scenarios.load("baseline/short_anwser")


def test_an_id_like_no_other_says_where_to_look() -> None:
    """Where nothing is near, the message names the command that lists all."""
    with pytest.raises(ScenarioFileError, match="midstream list"):
        scenarios.load("qqqqqqqq")


@pytest.mark.parametrize("path", ["../pyproject", "/etc/passwd", "", "baseline/../x"])
def test_an_id_cannot_lead_out_of_the_catalogue(path: str) -> None:
    """An id is one of the known ones or nothing: it is never used as a path."""
    with pytest.raises(ScenarioFileError, match="no scenario is called"):
        scenarios.load(path)


def test_ids_are_sorted_and_unique() -> None:
    """The order of the catalogue is always the same."""
    known = scenarios.ids()
    assert known == sorted(set(known))


def test_a_loaded_scenario_knows_its_id() -> None:
    """The id is the path below the catalogue, without suffix."""
    made = scenarios.load("baseline/short_answer")
    assert isinstance(made, Scenario)
    assert made.id == "baseline/short_answer"
