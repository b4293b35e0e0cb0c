import pytest
from hypothesis import given
from hypothesis import strategies as st

from midstream.harness.plain_text import columns, neutral

CASES = {
    "a colour": ("\x1b[31mred", "\\x1b[31mred"),
    "an eight-bit control sequence": ("a\x9b2Jb", "a\\x9b2Jb"),
    "a line break": ("a\nb\r", "a\\nb\\r"),
    "a right-to-left override": ("exe.\u202egnp", "exe.\\u202egnp"),
    "a lone surrogate": ("\ud83d", "\\ud83d"),
    "a noncharacter, which XML forbids": ("\uffff", "\\uffff"),
    "a line separator": ("a\u2028b", "a\\u2028b"),
    "plain words": ("plain words", "plain words"),
    "a family emoji keeps its joiners": ("👩\u200d👧", "👩\u200d👧"),
    "Hebrew and combining marks": ("שלום e\u0301", "שלום e\u0301"),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_harmful_characters_become_visible(text: str, expected: str) -> None:
    """What could act on the reader's screen is shown as its escape."""
    assert neutral(text) == expected


@given(st.text(st.characters(exclude_categories=())))
def test_the_result_is_one_encodable_line(text: str) -> None:
    """Whatever a client says becomes one line that UTF-8 can hold."""
    result = neutral(text)
    assert len(result.splitlines()) <= 1
    assert result.encode().decode() == result


@given(st.text(st.characters(exclude_categories=())))
def test_doing_it_twice_changes_nothing(text: str) -> None:
    """Neutral text is left alone, so that a report may clean at every border."""
    assert neutral(neutral(text)) == neutral(text)


def test_columns_are_as_wide_as_they_must_be() -> None:
    """Each begins where its longest cell lets it, and no line ends with blanks."""
    assert columns([("who", "what"), ("naive", "x"), ("a", "")]) == [
        "who    what",
        "naive  x",
        "a",
    ]


def test_figures_stand_to_the_right() -> None:
    """All but the first column, which has their names."""
    rows = [("who", "n"), ("naive", "12"), ("a", "3")]
    assert columns(rows, figures=True) == ["who     n", "naive  12", "a       3"]


def test_an_empty_row_is_a_rule() -> None:
    """It is as wide as each column."""
    assert columns([("a", "bc"), ()]) == ["a  bc", "─  ──"]


def test_a_table_without_rows_is_no_line() -> None:
    """There is nothing to measure columns by."""
    assert columns([]) == []
