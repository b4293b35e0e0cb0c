import pytest

from midstream.harness.oracle.verdict import Grade, Verdict
from midstream.harness.reports.notes import Notes, NotesError, parse
from tests.harness.reports.helpers_reports import judged

GOOD = """
[[note]]
title = "Cut"
clients = ["naive*"]
scenarios = ["midstream/*"]
verdicts = ["DUPLICATED"]
smallest = "midstream/cut"
text = "It is shown twice."
"""


def cell(
    verdict: Verdict = Verdict.DUPLICATED,
    client: str = "naive_2",
    scenario: str = "midstream/cut",
) -> Notes:
    """Return the notes that are left over for one red cell: all, or none."""
    said = judged(Grade.FAILED, verdict, client=client, scenario=scenario)
    return Notes(tuple(n for n in parse(GOOD, "n").note if n.explains(said)))


def test_a_note_is_about_the_cells_it_names() -> None:
    """Client, scenario and verdict must all fit; names may have wildcards."""
    assert len(cell().note) == 1
    assert not cell(verdict=Verdict.HUNG).note
    assert not cell(client="reference").note
    assert not cell(scenario="protocol/cut").note


def test_a_cell_without_a_note_is_unexplained() -> None:
    """What nobody wrote about is not passed over."""
    known = judged(Grade.FAILED, Verdict.DUPLICATED)
    other = judged(Grade.FAILED, Verdict.HUNG)
    assert parse(GOOD, "n").unexplained([known, other]) == [other]


MISTAKES = {
    "not TOML": ("[[note", "n.toml: "),
    "an unknown key": (
        f"{GOOD}why = 1",
        "$.note[0]: Object contains unknown field `why`; known: title, ",
    ),
    "no text": (GOOD.replace("It is shown twice.", " "), "$.note[0].text"),
    "no such verdict": (GOOD.replace("DUPLICATED", "ODD"), "$.note[0].verdicts[0]"),
    "a misspelt verdict": (
        GOOD.replace("DUPLICATED", "DUPLICATE"),
        "did you mean 'DUPLICATED'",
    ),
}


@pytest.mark.parametrize(("text", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_by_file_and_place(text: str, message: str) -> None:
    """Whoever writes notes is told where to look."""
    with pytest.raises(NotesError) as raised:
        parse(text, "n.toml")
    assert message in str(raised.value)
    assert "n.toml: " in str(raised.value)
